"""What the parser asks of the nodes that it has made."""

from __future__ import annotations

from dataclasses import replace

from telelens_schemas.templates.nodes import Body, Comment, Definition, Node, Pipe, Text


def clipped(pipe: Pipe, end: int) -> Pipe:
    """The pipe without what stands behind ``end``."""
    kept = (tuple(argument for argument in command.arguments if argument.end <= end) for command in pipe.commands)
    commands = tuple(
        replace(command, arguments=arguments, end=arguments[-1].end)
        for command, arguments in zip(pipe.commands, kept, strict=True)
        if arguments
    )
    return replace(pipe, commands=commands, end=commands[-1].end if commands else min(pipe.end, end))


def is_blank(node: Node) -> bool:
    """Nothing but space, comments and definitions."""
    if isinstance(node, Body):
        return all(is_blank(inner) for inner in node.nodes)
    if isinstance(node, Definition):
        return node.keyword == "define"
    return isinstance(node, Comment) or (isinstance(node, Text) and not node.text.strip())
