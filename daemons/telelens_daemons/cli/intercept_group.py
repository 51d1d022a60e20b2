"""``intercept NAME`` without ``create``, as completion meets it: before ``prepare`` has seen the words."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem
from typer.core import TyperGroup

from telelens_daemons.cli.arguments import HELP_FLAGS, INTERCEPT_WORDS
from telelens_daemons.cli.completion import complete_workload

CREATE = INTERCEPT_WORDS[0]


class InterceptGroup(TyperGroup):
    """The commands under ``intercept``, of which the first may be left out."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """With ``create`` where the words are its own."""
        if args and args[0] not in (*self.commands, *HELP_FLAGS):
            args = [CREATE, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, and what may stand in place of one: a workload, an option of ``create``."""
        items = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("-"):
            return items + [CompletionItem(name) for name in complete_workload(incomplete)]
        create = self.commands[CREATE]
        there = {item.value for item in items}
        with create.make_context(CREATE, [], parent=ctx, resilient_parsing=True) as inner:
            return items + [item for item in create.shell_complete(inner, incomplete) if item.value not in there]
