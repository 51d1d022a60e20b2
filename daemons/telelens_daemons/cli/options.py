"""The options that every command has: output format, kubectl's connection flags, detail."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from telelens_daemons.absolute_paths import absolute
from telelens_daemons.cli.callers_environment import callers_environment
from telelens_daemons.cli.completion import complete_context
from telelens_daemons.errors import UserError
from telelens_daemons.kube.flags import KubeFlags

if TYPE_CHECKING:
    from telelens_schemas.wire.daemon_pb2 import ConnectRequest

DEBUG_VARIABLE = "TELELENS_DEBUG"
KUBERNETES_PANEL = "Kubernetes"


class Format(StrEnum):
    """How results are written."""

    DEFAULT = "default"
    JSON = "json"
    YAML = "yaml"
    JSON_STREAM = "json-stream"
    SARIF = "sarif"
    """Of findings alone: what code scanning services read."""


@dataclass(frozen=True, slots=True)
class KubectlFlags(KubeFlags):
    """kubectl's connection flags as they were given, except the namespace."""

    context: str = ""
    kubeconfig: str = ""


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """What stood on the command line for every command."""

    format: Format = Format.DEFAULT
    debug: bool = False
    kubectl: KubectlFlags = KubectlFlags()
    program: tuple[str, ...] | None = None
    """The words after ``--``."""

    def connect_request(self, *, namespace: str = "", manager_namespace: str = "", name: str = "") -> ConnectRequest:
        """What the daemon needs to connect as this caller: flags and environment."""
        from telelens_schemas.wire import daemon_pb2

        flags = self.kubectl
        return daemon_pb2.ConnectRequest(
            kubeconfig=absolute(flags.kubeconfig),
            context=flags.context,
            namespace=namespace,
            manager_namespace=manager_namespace,
            name=name,
            environment=callers_environment(os.environ),
            flags=daemon_pb2.KubeFlags(
                server=flags.server,
                cluster=flags.cluster,
                user=flags.user,
                token=flags.token,
                certificate_authority=absolute(flags.certificate_authority),
                client_certificate=absolute(flags.client_certificate),
                client_key=absolute(flags.client_key),
                tls_server_name=flags.tls_server_name,
                insecure_skip_tls_verify=flags.insecure_skip_tls_verify,
                as_user=flags.as_user,
                as_groups=flags.as_groups,
                request_timeout=flags.request_timeout,
            ),
        )

    @property
    def connect(self) -> ConnectRequest:
        """The request without namespaces, for whoever adds them."""
        return self.connect_request()


Command = Callable[..., int | None]


def _kubectl(*names: str, help: str, **more: Any) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=KUBERNETES_PANEL, **more)


_FOR_RESULTS = [one for one in Format if one is not Format.SARIF]


def _format(*formats: Format) -> Any:
    choice = click.Choice([one.value for one in formats])
    return typer.Option("--format", "--output", click_type=choice, help="How to write the result.")


COMMON: dict[str, tuple[Any, Any]] = {
    "output_format": (Annotated[str, _format(*_FOR_RESULTS)], Format.DEFAULT.value),
    "debug_detail": (Annotated[bool, typer.Option("--debug", help="Show the detail of errors.")], False),
}
KUBECTL: dict[str, tuple[Any, Any]] = {
    "context": (
        Annotated[str, _kubectl("--context", help="Context of the kubeconfig.", autocompletion=complete_context)],
        "",
    ),
    "kubeconfig": (Annotated[str, _kubectl("--kubeconfig", help="Kubeconfig file.")], ""),
    "cluster": (Annotated[str, _kubectl("--cluster", help="Cluster of the kubeconfig.")], ""),
    "user": (Annotated[str, _kubectl("--user", help="User of the kubeconfig.")], ""),
    "server": (Annotated[str, _kubectl("--server", help="Address of the API server.")], ""),
    "token": (Annotated[str, _kubectl("--token", help="Bearer token.")], ""),
    "certificate_authority": (Annotated[str, _kubectl("--certificate-authority", help="CA file.")], ""),
    "client_certificate": (
        Annotated[str, _kubectl("--client-certificate", help="Client certificate file.")],
        "",
    ),
    "client_key": (Annotated[str, _kubectl("--client-key", help="Client key file.")], ""),
    "tls_server_name": (
        Annotated[str, _kubectl("--tls-server-name", help="Name in the server's certificate.")],
        "",
    ),
    "insecure_skip_tls_verify": (
        Annotated[bool, _kubectl("--insecure-skip-tls-verify", help="Do not check the server's certificate.")],
        False,
    ),
    "as_user": (Annotated[str, _kubectl("--as", help="User to impersonate.")], ""),
    "as_groups": (Annotated[list[str] | None, _kubectl("--as-group", help="Group to impersonate.")], None),
    "request_timeout": (Annotated[str, _kubectl("--request-timeout", help="Of one request, like 5s; 0: none.")], ""),
}


def with_options(*, kubectl: bool = True, debug: bool = True, findings: bool = False) -> Callable[[Command], Command]:
    """Make a command of a function that takes ``options``: adds the common options, shows errors, sets the status.

    ``debug`` False where the command has a ``--debug`` of its own meaning; ``findings`` where its result are findings.
    """

    def decorate(command: Command) -> Command:
        added = dict(COMMON) | (KUBECTL if kubectl else {})
        if not debug:
            del added["debug_detail"]
        if findings:
            added["output_format"] = (Annotated[str, _format(*Format)], Format.DEFAULT.value)
        own = inspect.signature(command, eval_str=True)
        parameters = [item for name, item in own.parameters.items() if name != "options"]
        keyword = inspect.Parameter.KEYWORD_ONLY
        common = [
            inspect.Parameter(name, keyword, default=default, annotation=annotation)
            for name, (annotation, default) in added.items()
        ]
        context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)

        @functools.wraps(command)
        def run(ctx: typer.Context, **given: Any) -> None:
            values = {name: given.pop(name) for name in added}
            options = _options(ctx, values)
            raise typer.Exit(_guarded(command, options, given))

        signature = inspect.Signature([context, *(p.replace(kind=keyword) for p in parameters), *common])
        run.__signature__ = signature  # type: ignore[attr-defined]
        run.__annotations__ = {name: item.annotation for name, item in signature.parameters.items()}
        return run

    return decorate


def _options(ctx: typer.Context, values: dict[str, Any]) -> GlobalOptions:
    given = {name: values[name] for name in KUBECTL if name in values}
    given["as_groups"] = tuple(given.get("as_groups") or ())
    root = ctx.find_root().params
    return GlobalOptions(
        format=Format(values["output_format"]),
        debug=bool(values.get("debug_detail") or root.get("debug") or os.environ.get(DEBUG_VARIABLE)),
        kubectl=KubectlFlags(**given),
        program=ctx.obj,
    )


def _guarded(command: Command, options: GlobalOptions, given: dict[str, Any]) -> int:
    import signal

    from telelens_daemons.cli.entry import INTERRUPTED, end_at_once
    from telelens_daemons.cli.output import Output

    begun = signal.getsignal(signal.SIGINT) is end_at_once
    try:
        if begun:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return command(**given, options=options) or 0
    except UserError as error:
        Output(options).error(error)
        return 2 if error.code == "usage" else 1
    except KeyboardInterrupt:
        Output(options).progress("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    finally:
        if begun:
            signal.signal(signal.SIGINT, end_at_once)
