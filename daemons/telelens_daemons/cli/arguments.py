"""What no option parser does: the words of the command line, put into the form that ours reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

INTERCEPT_WORDS = ("create", "run", "validate")
HELP_FLAGS = ("--help", "-h")
ANY_HANDLER = "*"
MATCH_FLAGS = ("-m", "--match")
PREVIEW_FLAG = "--preview-url"
RUN_VALUE_OPTIONS = (
    "--format",
    "--output",
    "--context",
    "--kubeconfig",
    "--cluster",
    "--user",
    "--server",
    "--token",
    "--certificate-authority",
    "--client-certificate",
    "--client-key",
    "--tls-server-name",
    "--as",
    "--as-group",
    "--request-timeout",
    "--namespace",
    "-n",
)
"""Options of ``intercept run`` that are followed by a value."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The arguments for the parser, and the program that stands after ``--``."""

    arguments: tuple[str, ...]
    program: tuple[str, ...] | None


def prepare(arguments: Sequence[str]) -> CommandLine:
    """Take the program off; add what may be left out: ``intercept NAME``, ``--debug [HANDLER]``, ``--preview-url``."""
    words = list(arguments)
    program: tuple[str, ...] | None = None
    at = next((index for index, word in enumerate(words) if not word.startswith("-")), None)
    if at is None:
        return CommandLine(tuple(words), None)
    command = words[at]
    if _takes_program(command, words[at + 1 :]) and "--" in words:
        split = words.index("--")
        words, program = words[:split], tuple(words[split + 1 :])
    if command == "intercept":
        rest = words[at + 1 :]
        if not rest or rest[0] not in INTERCEPT_WORDS:
            rest = ["create", *(rest or ["--help"])]
        if rest[0] == "run":
            rest = ["run", *with_debug_value(rest[1:])]
        if rest[0] == "create":
            rest = [f"{word}=true" if word == PREVIEW_FLAG else word for word in with_joined_matches(rest)]
        words = [*words[: at + 1], *rest]
    return CommandLine(tuple(words), program)


def _takes_program(command: str, rest: Sequence[str]) -> bool:
    """Elsewhere ``--`` is for the parser: what follows are no options."""
    return command == "connect" or (command == "intercept" and rest[:1] not in (["run"], ["validate"]))


def with_joined_matches(words: Sequence[str]) -> list[str]:
    """``-m NAME REGEX`` → ``--match=NAME=REGEX``: one option that takes two words."""
    result: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word in MATCH_FLAGS and len(left) >= 2:
            word = f"--match={left.pop(0)}={left.pop(0)}"
        result.append(word)
    return result


def with_debug_value(words: Sequence[str]) -> list[str]:
    """``run FILE --debug`` → ``run FILE --debug=*``; ``run FILE --debug NAME`` → ``run FILE --debug=NAME``.

    A word after ``--debug`` is a handler only when the file was named before or is named after it.
    """
    result: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word != "--debug":
            result.append(word)
            continue
        has_value = index < len(words) and not words[index].startswith("-")
        others = [*words[: index - 1], *words[index + 1 :]]
        if has_value and _has_positional(others):
            result.append(f"--debug={words[index]}")
            index += 1
        else:
            result.append(f"--debug={ANY_HANDLER}")
    return result


def _has_positional(words: Sequence[str]) -> bool:
    before = ""
    for word in words:
        if not word.startswith("-") and before not in RUN_VALUE_OPTIONS:
            return True
        before = word
    return False
