"""How the kubelet expands ``$(NAME)`` in a container's environment, command and arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def expand(value: str, lookup: Callable[[str], str | None]) -> str:
    """``value`` with every ``$(NAME)`` replaced by ``lookup(NAME)``.

    ``$$`` is a literal ``$``; a name that ``lookup`` answers with ``None`` stays as it was written, and so does
    everything that is not a whole reference. Results are not expanded again. The rule is Kubernetes'
    ``third_party/forked/golang/expansion/expand.go``.
    """
    parts: list[str] = []
    position = 0
    while True:
        dollar = value.find("$", position)
        if dollar < 0 or dollar + 1 == len(value):
            parts.append(value[position:])
            return "".join(parts)
        parts.append(value[position:dollar])
        following = value[dollar + 1]
        closing = value.find(")", dollar + 2) if following == "(" else -1
        if closing >= 0:
            name = value[dollar + 2 : closing]
            found = lookup(name)
            parts.append(f"$({name})" if found is None else found)
            position = closing + 1
        else:
            # ``$$`` is one ``$``; of ``$x`` and an unclosed ``$(`` both characters stay.
            parts.append("$" if following == "$" else f"${following}")
            position = dollar + 2


def in_order(*environments: Mapping[str, str]) -> Callable[[str], str | None]:
    """A lookup that asks each mapping in turn, as the kubelet asks declared variables, then those of services."""

    def lookup(name: str) -> str | None:
        return next((environment[name] for environment in environments if name in environment), None)

    return lookup


def escape(value: str) -> str:
    """The text that the kubelet expands to ``value``."""
    return value.replace("$", "$$")
