"""The reference page: every key of the language, and every finding."""

from __future__ import annotations

from collections.abc import Iterator

from telelens_schemas.specification.language import GROUP, KIND, SPECIFICATION, VERSION, VERSIONS
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.published.descriptions import support
from telelens_schemas.specification.published.meanings import MEANINGS
from telelens_schemas.specification.shapes import Either, Key, Keyed, Many, Shape, Struct, Text

_HEAD = f"""\
# The InterceptSpecification

<!-- Made by `python -m telelens_schemas.specification.published`; edit the table of the language. -->

What a specification may say. Its editor knows all of this: completion, hover, fixes.

* **File form:** the keys of a *specification* stand at the root of a YAML file (`*.ispec.yaml`).
* **CRD form:** `apiVersion: {GROUP}/{VERSION}`, `kind: {KIND}`, `metadata`, and these keys under `spec`. Who is
  connected runs a stored one by its name, `telelens intercept run NAME`; `kubectl get ispecs` lists them. Older ones
  ({", ".join(name for name in VERSIONS if name != VERSION)}) are read, and reported as deprecated; nothing
  converts a stored one: in every version it is read as it was written.
* A file may hold several documents, among other Kubernetes objects.
* **Templates:** any value may hold actions of Go's `text/template` with the functions of sprig, but names that refer to
  something of the specification. They are expanded before the text is read as YAML. `.Telepresence.Username` is who
  runs it; `env "NAME"` reads their environment.
"""
_FINDINGS = """\
# Findings

What `telelens intercept validate` and the editor say, by code.
"""


def reference() -> str:
    """The page, as Markdown."""
    parts = [_HEAD]
    parts += ["\n".join(_section(struct)) for struct in _structs(SPECIFICATION)]
    lines = [f"## {code.value}\n\n{MEANINGS[code]}\n" for code in Code]
    return "\n".join((*parts, _FINDINGS, *lines))


def anchor(code: Code) -> str:
    """Where the page speaks of a finding."""
    return f"docs/specification.md#{code.value}"


def _structs(root: Struct) -> Iterator[Struct]:
    """Each once, in the order in which a reader meets them."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    waiting: list[Shape] = [root]
    while waiting:
        shape = waiting.pop(0)
        match shape:
            case Struct():
                identity = (shape.title, tuple(shape.by_name))
                if identity not in seen:
                    seen.add(identity)
                    yield shape
                    waiting += [key.shape for key in shape.keys]
            case Many() | Keyed():
                waiting.append(shape.item)
            case Either():
                waiting += shape.shapes


def _section(struct: Struct) -> Iterator[str]:
    yield f"## {struct.title}\n"
    yield "| key | type | meaning |"
    yield "|---|---|---|"
    for key in struct.keys:
        yield f"| `{key.name}` | {_cell(_type(key.shape))} | {_cell(_meaning(key))} |"
    yield ""
    for group in struct.exclusive:
        needed = "Exactly one" if group in struct.at_least_one else "At most one"
        yield f"{needed} of {_names(group)}.\n"
    for group in struct.at_least_one:
        if group not in struct.exclusive:
            yield f"At least one of {_names(group)}.\n"
    if struct.is_open:
        yield "Other keys may stand there, too.\n"


def _meaning(key: Key) -> str:
    parts = ["**Required.**"] if key.required else []
    parts.append(key.about)
    if key.default:
        parts.append(f"Default: {key.default}.")
    if key.support.name != "YES":
        parts.append(f"*{support(key)}*")
    return " ".join(parts)


def _type(shape: Shape) -> str:
    match shape:
        case Struct():
            return f"[{shape.title}](#{shape.title.replace(' ', '-').lower()})"
        case Many():
            inner = _type(shape.item)
            return f"{inner}, or a list of them" if shape.or_one else f"list of {inner}"
        case Keyed():
            return f"names with {_type(shape.item)}"
        case Either():
            return " or ".join(_type(one) for one in shape.shapes)
        case Text() if shape.pattern is not None:
            return f"{shape.what}: `{shape.pattern.pattern}`"
    return shape.what


def _names(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " and ".join((", ".join(quoted[:-1]), quoted[-1]))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
