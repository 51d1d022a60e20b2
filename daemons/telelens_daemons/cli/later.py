"""Words that users of intercepts know, and that this version does not have yet: said so, and no other word guessed."""

from __future__ import annotations

from typing import Any

import click
from typer.core import TyperGroup

COMMANDS = frozenset(
    {
        "compose",
        "config",
        "curl",
        "docker-run",
        "gather-logs",
        "ingest",
        "list-contexts",
        "list-namespaces",
        "login",
        "loglevel",
        "logout",
        "preview",
        "replace",
        "revoke",
        "uninstall",
        "whoami",
        "wiretap",
    }
)
OPTIONS = frozenset(
    {
        "--allow-conflicting-subnets",
        "--also-proxy",
        "--docker",
        "--docker-build",
        "--docker-debug",
        "--docker-mount",
        "--docker-run",
        "--expose",
        "--host",
        "--hostname",
        "--local-mount-port",
        "--mapped-namespaces",
        "--mount",
        "--never-proxy",
        "--no-restart",
        "--proxy-via",
        "--replace",
        "--to-pod",
        "--wait-message",
    }
)
WHERE = ("create", "connect")
"""The commands that have them."""


class Commands(TyperGroup):
    """The commands there are."""

    def invoke(self, ctx: click.Context) -> Any:
        """As it is, but for what is said of an option."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            if error.option_name not in OPTIONS or error.ctx is None or error.ctx.info_name not in WHERE:
                raise
            raise click.UsageError(f"{error.option_name} is not in this version yet.", error.ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As it is, but for what is said of a command that there is not."""
        if args and args[0] in COMMANDS and not ctx.resilient_parsing:  # which completion does
            ctx.fail(f"{ctx.command_path} {args[0]} is not in this version yet.")
        return super().resolve_command(ctx, args)
