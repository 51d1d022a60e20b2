"""``helm install|upgrade|uninstall``: the traffic manager's chart, by the helm program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from telelens_schemas.names import MANAGER_NAME, MANAGER_NAMESPACE

from telelens_daemons.cli.completion import complete_namespace
from telelens_daemons.cli.options import GlobalOptions, KubectlFlags, with_options
from telelens_daemons.cli.output import Output
from telelens_daemons.errors import UserError

Namespace = Annotated[
    str,
    typer.Option(
        "--namespace",
        "-n",
        "--manager-namespace",
        help="Where the manager is installed.",
        autocompletion=complete_namespace,
    ),
]
SetValues = Annotated[list[str] | None, typer.Option("--set", help="A value of the chart: KEY=VALUE.")]
ValueFiles = Annotated[list[Path] | None, typer.Option("--values", "-f", help="A file of values.")]
Crds = Annotated[bool, typer.Option("--crds/--no-crds", help="Install or upgrade the CRDs as well.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until the manager is ready.")]


class HelmError(UserError):
    """helm is missing or has failed."""

    code = "helm"


@with_options()
def install(
    *,
    namespace: Namespace = MANAGER_NAMESPACE,
    set_values: SetValues = None,
    values: ValueFiles = None,
    crds: Crds = True,
    wait: Wait = True,
    options: GlobalOptions,
) -> int:
    """Install the traffic manager.

    Example: telelens helm install --set logLevel=DEBUG
    """
    if crds:
        _apply_crds(options)
    release = helm(options, ["install", MANAGER_NAME, str(chart()), *_placed(namespace, set_values, values, wait)])
    return _done(options, "installed", namespace, notes=_notes(release))


@with_options()
def upgrade(
    *,
    namespace: Namespace = MANAGER_NAMESPACE,
    set_values: SetValues = None,
    values: ValueFiles = None,
    crds: Crds = True,
    wait: Wait = True,
    options: GlobalOptions,
) -> int:
    """Upgrade the traffic manager, or install it where it is not. Sessions and intercepts go on.

    Example: telelens helm upgrade -f values.yaml
    """
    if crds:
        _apply_crds(options)
    placed = _placed(namespace, set_values, values, wait)
    release = helm(options, ["upgrade", "--install", MANAGER_NAME, str(chart()), *placed])
    return _done(options, "upgraded", namespace, notes=_notes(release))


@with_options()
def uninstall(
    *,
    namespace: Namespace = MANAGER_NAMESPACE,
    crds: Annotated[
        bool, typer.Option("--crds", help="Delete the CRDs too, and with them every session and intercept.")
    ] = False,
    options: GlobalOptions,
) -> int:
    """Remove the traffic manager.

    Example: telelens helm uninstall
    """
    helm(options, ["uninstall", MANAGER_NAME, "--namespace", namespace, "--wait"])
    if crds:
        _delete_crds(options)
    return _done(options, "uninstalled", namespace)


def chart() -> Path:
    """The chart: in a wheel inside the package, in a checkout where it is written."""
    package = Path(__file__).parent.parent
    for place in (package / "chart", package.parent.parent / "cluster" / "chart"):
        if (place / "Chart.yaml").is_file():
            return place
    raise HelmError("the chart is missing in this installation", hint="install telelens again")


def helm(options: GlobalOptions, arguments: Sequence[str]) -> str:
    """Run helm; return what it prints. Raises HelmError with its last line."""
    program = shutil.which("helm")
    if program is None:
        raise HelmError("the program helm is not on PATH", hint="install it: https://helm.sh/docs/intro/install/")
    try:
        ended = subprocess.run(
            [program, *arguments, *helm_flags(options.kubectl)],
            env=os.environ | helm_secrets(options.kubectl),
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise HelmError(f"cannot run {program}: {error.strerror}") from error
    if ended.returncode != 0:
        lines = [line for line in ended.stderr.strip().splitlines() if line] or ["it said nothing"]
        said = lines[-1].removeprefix("Error: ")
        raise HelmError(f"helm {arguments[0]}: {said}", hint=_what_to_do(ended.stderr), detail=ended.stderr)
    return ended.stdout


def helm_flags(flags: KubectlFlags) -> list[str]:
    """kubectl's connection flags as helm calls them. Raises HelmError for one that it does not have."""
    foreign = {
        "--cluster": flags.cluster,
        "--user": flags.user,
        "--client-certificate": flags.client_certificate,
        "--client-key": flags.client_key,
    }
    if unknown := [name for name, value in foreign.items() if value]:
        raise HelmError(
            f"helm has no option {unknown[0]}, and would speak to another cluster, or as another user",
            hint="name a context of the kubeconfig that has it: --context",
        )
    named = {
        "--kube-context": flags.context,
        "--kubeconfig": flags.kubeconfig,
        "--kube-apiserver": flags.server,
        "--kube-ca-file": flags.certificate_authority,
        "--kube-tls-server-name": flags.tls_server_name,
        "--kube-as-user": flags.as_user,
    }
    words = [word for name, value in named.items() if value for word in (name, value)]
    words += [word for group in flags.as_groups for word in ("--kube-as-group", group)]
    if flags.insecure_skip_tls_verify:
        words.append("--kube-insecure-skip-tls-verify")
    return words


def helm_secrets(flags: KubectlFlags) -> dict[str, str]:
    """What nobody may read in the list of processes, as variables that helm knows."""
    return {"HELM_KUBETOKEN": flags.token} if flags.token else {}


def _what_to_do(said: str) -> str:
    """What helps against the failures that people meet."""
    if "cannot re-use a name" in said:
        return "it is installed already: telelens helm upgrade"
    if "release: not found" in said:
        return "is it in another namespace? (--namespace)"
    if "values don't meet the specifications" in said:
        return f"the chart's values are explained in {chart() / 'values.yaml'}"
    return "see all that helm said: --debug"


def _placed(namespace: str, set_values: list[str] | None, values: list[Path] | None, wait: bool) -> list[str]:
    words = ["--namespace", namespace, "--create-namespace", "--skip-crds", "--output", "json"]
    for path in values or ():
        words += ["--values", str(path)]
    for value in set_values or ():
        words += ["--set", value]
    if wait:
        words += ["--wait", "--timeout", "2m"]
    return words


def _apply_crds(options: GlobalOptions) -> None:
    helm_flags(options.kubectl)  # what helm would refuse is refused before anything is done
    # helm leaves definitions alone that are there, also those that an older release left behind.
    import asyncio

    from telelens_daemons.cli.crds import apply_crds

    asyncio.run(apply_crds(options.connect, sorted((chart() / "crds").glob("*.yaml"))))


def _delete_crds(options: GlobalOptions) -> None:
    import asyncio

    from telelens_daemons.cli.crds import delete_crds

    asyncio.run(delete_crds(options.connect, sorted((chart() / "crds").glob("*.yaml"))))


def _notes(release: str) -> str:
    """What the chart has to say of a release that helm describes in JSON."""
    notes: str = json.loads(release)["info"].get("notes", "")
    return notes.strip()


def _done(options: GlobalOptions, what: str, namespace: str, *, notes: str = "") -> int:
    output = Output(options)
    output.line(f"Traffic manager {what} in namespace {namespace}")
    if notes:
        output.line(f"\n{notes}")
    output.data({"result": what, "namespace": namespace, **({"notes": notes} if notes else {})})
    return 0
