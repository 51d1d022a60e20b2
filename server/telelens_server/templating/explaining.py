"""What stands at a place in an action: its function or field, and what the whole action expands to now."""

from __future__ import annotations

from lsprotocol import types
from telelens_schemas.specification.template_data import about_field

from telelens_server.documents import Document
from telelens_server.templating.actions import Inside, inside
from telelens_server.templating.expansion import Expansions

_LONGEST = 1000
_MOST = 5
_UNTRUSTED = "*What it expands to is shown in workspaces that are trusted.*"


def explained(document: Document, offset: int, values: Expansions | None) -> types.Hover | None:
    """``None`` between actions. ``values`` is absent where the workspace is not trusted."""
    place = inside(document.text.source, offset)
    if place is None:
        return None
    start, end, about = _at(place)
    said = [*([about] if about else []), _value(document, place, values)]
    text = document.text
    where = types.Range(text.position_at(place.start + start), text.position_at(place.start + end))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(one for one in said if one)), where)


def _at(place: Inside) -> tuple[int, int, str]:
    """The word at the place and what it is; the whole action where nothing is known of it."""
    token = place.token
    if token is not None and token.kind == "identifier":
        function = place.template.functions.get(token.text)
        if function is not None:
            return token.start, token.end, f"```go\n{function.signature}\n```\n\n{function.documentation}"
        return token.start, token.end, f"There is no function `{token.text}`."
    if token is not None and token.kind == "field":
        start, path = _chain(place)
        about = about_field(path)
        return start, token.end, f"`.{'.'.join(path)}`: {about}" if about else ""
    return 0, len(place.template.text), ""


def _chain(place: Inside) -> tuple[int, tuple[str, ...]]:
    """The fields up to the one at the place, and where the first of them begins."""
    fields = [token for token in place.before if token.kind == "field"]
    chain = [fields[-1]]
    for token in reversed(fields[:-1]):
        if token.end != chain[0].start:
            break
        chain.insert(0, token)
    return chain[0].start, tuple(name for token in chain for name in token.text.strip(".").split("."))


def _value(document: Document, place: Inside, values: Expansions | None) -> str:
    if values is None:
        return _UNTRUSTED
    template = document.template
    expanded = values.of(template) if template is not None else ()
    found = next((one for one in expanded if one.start == place.start), None)
    if found is None:
        return ""
    shown = "\n".join(value[:_LONGEST] for value in found.values[:_MOST])
    fence = "````" if "```" in shown else "```"
    more = f"\n… {len(found.values) - _MOST} more" if len(found.values) > _MOST else ""
    return f"The whole action writes now:\n{fence}text\n{shown}{more}\n{fence}"
