"""``intercept run`` and ``intercept validate``: the flags; the work is done in ``telelens_daemons.run``."""

from __future__ import annotations

from typing import Annotated

import typer

from telelens_daemons.cli.completion import complete_namespace
from telelens_daemons.cli.names import namespace_name
from telelens_daemons.cli.options import GlobalOptions, with_options


@with_options(debug=False)
def run(
    *,
    file: Annotated[
        str, typer.Argument(help="The specification's file, or the name of a stored one.", metavar="FILE|NAME")
    ],
    namespace: Annotated[
        str,
        typer.Option(
            "--namespace",
            "-n",
            help="Where a specification is stored that is given by its name.",
            autocompletion=complete_namespace,
        ),
    ] = "",
    debug: Annotated[
        str, typer.Option("--debug", metavar="[HANDLER]", help="Run this handler, or all, under a debugger.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be run.")] = False,
    options: GlobalOptions,
) -> int:
    """Run a specification until Ctrl-C.

    Example: telelens intercept run echo.ispec.yaml --debug
    """
    from telelens_daemons.run.command import run_specification

    return run_specification(
        file=file,
        debug_handler=debug or None,
        dry_run=dry_run,
        options=options,
        namespace=namespace_name(namespace),
    )


@with_options(kubectl=False, findings=True)
def validate(
    *,
    files: Annotated[
        list[str],
        typer.Argument(
            help="Specifications; of a folder all *.ispec.yaml in it; - is standard input.", metavar="FILE..."
        ),
    ],
    cluster: Annotated[
        bool, typer.Option("--cluster", help="Ask the clusters that are meant whether names and ports are there.")
    ] = False,
    options: GlobalOptions,
) -> int:
    """Check specifications; exit status 1 when there are errors.

    Example: telelens intercept validate *.ispec.yaml --format json
    """
    from telelens_daemons.run.command import validate_specifications

    return validate_specifications(files, with_cluster=cluster, options=options)


@with_options()
def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end.")] = False,
    options: GlobalOptions,
) -> int:
    """Show an intercept from beginning to end on a real cluster.

    Example: telelens demo --keep
    """
    from telelens_daemons.demo.command import demo as run_demo

    return run_demo(options=options, keep=keep)
