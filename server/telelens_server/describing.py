"""What a key means, as Markdown: hovers and completion show the same."""

from __future__ import annotations

from telelens_schemas.specification.shapes import Either, Key, Shape, Support, Text

from telelens_server.documentation import reference


def described(key: Key, *, with_link: bool = False) -> str:
    """Its meaning, what may stand there, its default, and what this version does of it."""
    lines = [key.about]
    choices = _choices(key.shape)
    if choices:
        lines += ["", "One of: " + ", ".join(f"`{one}`" for one in choices)]
    if key.default:
        lines += ["", f"Default: {key.default}."]
    if key.deprecated:
        lines += ["", f"*Deprecated: write `{key.deprecated}`.*"]
    if key.support is not Support.YES:
        lines += ["", _support(key)]
    page = reference() if with_link else None
    if page is not None:
        lines += ["", f"[Reference]({page})"]
    return "\n".join(lines)


def _choices(shape: Shape) -> tuple[str, ...]:
    match shape:
        case Text():
            return shape.choices
        case Either():
            return tuple(choice for one in shape.shapes for choice in _choices(one))
    return ()


def _support(key: Key) -> str:
    if key.support is Support.IGNORED:
        return "*This version of Telelens ignores it.*"
    instead = f": {key.instead}" if key.instead else ""
    return f"*This version of Telelens cannot run it yet{instead}.*"
