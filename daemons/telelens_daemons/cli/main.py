"""The program ``telelens``: one table of commands."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from telelens_daemons.cli import connecting, genyaml, helm, intercepting, listing, specifications, status
from telelens_daemons.cli.arguments import prepare
from telelens_daemons.cli.intercept_group import InterceptGroup
from telelens_daemons.cli.later import Commands
from telelens_daemons.cli.lazy_grpc import defer_grpc_aio

HELP = {"help_option_names": ["-h", "--help"]}


def make_app() -> typer.Typer:
    """Every command, in the order in which help shows them."""
    app = typer.Typer(
        name="telelens",
        cls=Commands,
        help="Put one service of a Kubernetes cluster under the debugger on your desk.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings=HELP,
        callback=_root,
        suggest_commands=False,  # Click itself does
    )
    app.command("connect")(connecting.connect)
    app.command("quit")(connecting.quit_)
    app.command("status")(status.status)
    app.command("list")(listing.list_)
    app.add_typer(_intercept(), name="intercept")
    app.command("leave")(intercepting.leave)
    app.command("detach", hidden=True)(intercepting.leave)
    app.add_typer(_helm(), name="helm")
    app.add_typer(_genyaml(), name="genyaml")
    app.command("demo")(specifications.demo)
    app.command("version")(status.version)
    return app


def main() -> None:
    """What the console script runs."""
    # Collecting garbage while modules are loaded finds none and costs a fifth of the time of a short command.
    gc.set_threshold(100_000)
    defer_grpc_aio()
    line = prepare(sys.argv[1:])
    make_app()(args=list(line.arguments), obj=line.program)


def _intercept() -> typer.Typer:
    group = typer.Typer(
        cls=InterceptGroup,
        help="Send the traffic of a workload to this workstation.",
        context_settings=HELP,
        suggest_commands=False,
    )
    group.command("create")(intercepting.create)
    group.command("run")(specifications.run)
    group.command("validate")(specifications.validate)
    return group


def _helm() -> typer.Typer:
    group = typer.Typer(
        help="Install the traffic manager in a cluster.",
        context_settings=HELP,
        no_args_is_help=True,
        suggest_commands=False,
    )
    group.command("install")(helm.install)
    group.command("upgrade")(helm.upgrade)
    group.command("uninstall")(helm.uninstall)
    return group


def _genyaml() -> typer.Typer:
    group = typer.Typer(
        help="Print what other programs read.", context_settings=HELP, no_args_is_help=True, suggest_commands=False
    )
    group.command("schema")(genyaml.schema)
    group.command("crd")(genyaml.crd)
    return group


def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the detail of errors.")] = False,
) -> None:
    """Put one service of a Kubernetes cluster under the debugger on your desk."""


if __name__ == "__main__":
    main()
