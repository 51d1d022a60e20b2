"""A specification whose templates nobody expands: what is wrong with it whatever they write.

The text as it stands shows every arm of every branch at once. What is wrong with it is believed only where it is wrong
in other readings, too: without anything that templates decide on, and with one arm of each branch at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, Self

from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.parts import FoundKey
from telelens_schemas.specification.problems import Code, Problem
from telelens_schemas.specification.reading import Reading, read_specification
from telelens_schemas.specification.source import Range
from telelens_schemas.specification.templates import alone, find_actions
from telelens_schemas.templates import Template
from telelens_schemas.templates import nodes as tree

_MOST_ARMS: Final = 4
"""Readings with one arm of each branch. Only what is wrong in all that came before asks for another one."""
_ABSENT: Final = frozenset(
    {
        Code.YAML_SYNTAX,
        Code.UNDEFINED_ALIAS,
        Code.NO_SPECIFICATION,
        Code.NOT_A_SPECIFICATION,
        Code.UNKNOWN_VERSION,
        Code.MISSING_KEY,
        Code.WRONG_TYPE,
        Code.BAD_VALUE,
    }
)
"""May be mended by a line that a template writes: something is not there, or nothing is."""
_CLUSTER: Final = frozenset(
    {
        Code.UNKNOWN_CONTEXT,
        Code.UNKNOWN_NAMESPACE,
        Code.UNKNOWN_WORKLOAD,
        Code.UNKNOWN_SERVICE,
        Code.UNKNOWN_PORT,
        Code.UNKNOWN_CONTAINER,
        Code.PORT_NOT_SERVED,
    }
)
_TOGETHER: Final = _CLUSTER | frozenset(
    {
        Code.DUPLICATE_NAME,
        Code.UNDEFINED_HANDLER,
        Code.UNUSED_HANDLER,
        Code.UNDEFINED_CONNECTION,
        Code.UNDEFINED_PREREQUISITE,
        Code.UNDEFINED_COMPOSE_SERVICE,
        Code.DEBUG_WITHOUT_SCRIPT,
        Code.SUPERFLUOUS_PREFIX,
        Code.MISSING_PREFIX,
        Code.HANDLER_NOT_ISOLATED,
        Code.SAME_TRAFFIC,
        Code.SAME_LOCAL_PORT,
        Code.NOTHING_TO_INTERCEPT,
    }
)
"""Is wrong with one part because of another."""
_PORTS: Final = frozenset({Code.SAME_LOCAL_PORT})
_FILTERS: Final = frozenset({Code.SAME_LOCAL_PORT, Code.SAME_TRAFFIC})
_TRAFFIC: Final = _FILTERS | _CLUSTER
_BEARING: Final = {
    "localPort": _PORTS,
    **dict.fromkeys(("port", "service"), _TRAFFIC),
    "container": _CLUSTER,
    **dict.fromkeys(("headers", "pathPrefix", "pathEqual", "pathRegexp"), _FILTERS),
    **dict.fromkeys(
        (
            *("run", "shell", "image", "command", "args", "options", "outputFormat", "outputPath"),
            *("environment", "mountPoint", "replace", "previewURL", "banner", "host", "tls", "l5host"),
            *("hostname", "managerNamespace", "mappedNamespaces", "expose"),
        ),
        frozenset[Code](),
    ),
}
"""By key, what depends on its value beyond itself; on that of any other key all of ``_TOGETHER`` may."""
_UNREADABLE: Final = frozenset({"syntax", "unclosed"})
_BESIDE: Final = _CLUSTER | {Code.UNDEFINED_COMPOSE_SERVICE}
"""What only others know, who see what is beside the text."""
_MOST_KEPT: Final = 200_000
"""Characters: of longer texts nobody keeps several readings, so that nothing is said of what is beside them."""
_Judge = Callable[[Reading], Iterable[Problem]]


class Unexpanded:
    """The readings of one template's text. Each is made when it is needed first, and kept: others judge them, too.

    The ``earlier`` ones of the same file are used up: of each, only what has changed is read.
    """

    def __init__(self, reading: Reading, template: Template, file: str, earlier: Unexpanded | None = None) -> None:
        self._reading = reading
        self._file = file
        self._others: list[Reading] = []
        self._earlier = earlier._others if earlier is not None else []
        self._texts = _other_texts(template)
        self._doubtful = _doubtful(reading, template)
        self._is_kept = len(template.text) <= _MOST_KEPT
        self._is_judged_by_others = self._is_kept and not self._doubtful >= _BESIDE

    def certain_problems(self) -> list[Problem]:
        """Those problems that no expansion mends; others may have more."""
        # A name that refers to something must not be a template, whatever that writes.
        references = [one for one in self._reading.problems if one.code is Code.TEMPLATED_REFERENCE]
        return [*references, *self._common(lambda one: one.problems, self._read())]

    def common_problems(self, judge: _Judge) -> list[Problem]:
        """What somebody else, beside the text, says of every reading. Reads nothing."""
        return self._common(judge, self._others) if self._is_judged_by_others else []

    def read_all(self) -> Self:
        """Read all that it takes to say what is wrong beside the text."""
        if self._is_judged_by_others:
            for _ in self._read():
                pass
        return self

    def _common(self, judge: _Judge, others: Iterable[Reading]) -> list[Problem]:
        found = [one for one in judge(self._reading) if one.code not in self._doubtful]
        for other in others if found else ():
            said = {_key(one) for one in judge(other)}
            found = [one for one in found if _key(one) in said]
            if not found:
                break
        return found

    def _read(self) -> Iterator[Reading]:
        yield from self._others
        for text in self._texts:
            # Each is used up once.
            before = self._earlier.pop(0) if self._earlier else None
            reading = read_specification(text, self._file, before)
            if self._is_kept:
                self._others.append(reading)
            yield reading


def _key(problem: Problem) -> tuple[Range, Code]:
    """The message may name what one arm has and the other has not."""
    return problem.range, problem.code


def _doubtful(reading: Reading, template: Template) -> frozenset[Code]:
    """What cannot be known here of anything."""
    if any(one.code in _UNREADABLE for one in template.problems) or _writes_lines(reading, template):
        return _ABSENT | _TOGETHER
    found: frozenset[Code] = frozenset()
    for part in (part for root in reading.parts for part in root.walk()):
        if any(_is_open(one.node) for one in part.structs):
            return _TOGETHER | {Code.MISSING_KEY}
        for key in part.keys:
            if _is_open(key.value):
                found |= _bearing(key)
    return found


def _bearing(key: FoundKey) -> frozenset[Code]:
    path = key.trail.path
    if path in ("$.name", "$.spec.name") or path.startswith("$.metadata") or ".environment" in path:
        return frozenset()
    if ".headers" in path:
        return _FILTERS
    return _BEARING.get(key.about.name, _TOGETHER)


def _is_open(node: Node) -> bool:
    """Whether it is, or holds at once, what a template writes."""
    match node:
        case Scalar():
            return node.templated
        case Items():
            return any(isinstance(one, Scalar) and one.templated for one in node.items)
        case Entries():
            return any(isinstance(key, Scalar) and _is_written(key, value) for key, value in node.pairs)


def _is_written(key: Scalar, value: Node) -> bool:
    return key.templated or (key.plain and key.value == "<<" and isinstance(value, Scalar) and value.templated)


def _writes_lines(reading: Reading, template: Template) -> bool:
    """Whether an action that has a line to itself writes into it. Inside of a text it writes only text."""
    text, whole = template.text, reading.tree.whole if reading.tree is not None else Fragment(template.text)
    hidden = {one.start for one in alone(text, find_actions(text))}
    mark = len(text) - len(whole.text)
    writing = (one for one in tree.walk(template.root) if _is_writing(one) and one.start in hidden)
    lines = {bisect_right(whole.starts, one.start - mark) for one in writing}
    if not lines:
        return False
    values = [key.value.range for key in reading.index if isinstance(key.value, Scalar) and key.value.templated]
    return not lines <= {line for one in values for line in range(one.line, one.end_line + 1)}


def _is_writing(node: tree.Node) -> bool:
    return isinstance(node, tree.Invocation) or (isinstance(node, tree.Action) and not node.pipe.variables)


def _other_texts(template: Template) -> Iterator[str]:
    """Each as long as the template's: what is left out is blank."""
    text = template.text
    arms = 0
    bodies = []
    for node in tree.walk(template.root):
        if isinstance(node, tree.Branch):
            arms = max(arms, len(_options(node)))
        if isinstance(node, tree.Branch | tree.Definition):
            bodies.append((node.start, node.end))
    yield _blank(text, [*bodies, *((one.start, one.end) for one in find_actions(text))])
    for number in islice(range(arms), _MOST_ARMS):
        yield _blank(text, list(_left_out(template.root, number, text)))


def _options(branch: tree.Branch) -> list[tree.Body]:
    """What it may write; none of them, where it has no else."""
    return [*(arm.body for arm in branch.arms), *((branch.otherwise,) if branch.otherwise is not None else ())]


def _left_out(root: tree.Node, number: int, text: str) -> Iterator[tuple[int, int]]:
    """Stretches that are not in the reading in which each branch takes that one of its arms, or its last."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.Definition):
            yield node.start, node.end
        elif isinstance(node, tree.Branch):
            options = _options(node)
            taken = options[min(number, len(options) - 1)]
            for start, end in ((node.start, taken.start), (taken.end, node.end)):
                if _is_apart(text, start, end):
                    yield start, end
                else:
                    # Between words it writes nothing, and yet they are one word then: it stays what nobody knows.
                    yield from ((one.start, one.end) for one in options if start <= one.start < end)
            waiting.append(taken)
        else:
            waiting += node.children


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether there is no word at one of the ends."""
    return any(
        not one or one.isspace() or one in "[]{}," for one in (text[max(start - 1, 0) : start], text[end : end + 1])
    )


def _blank(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """Lines stay lines."""
    parts = []
    position = 0
    for start, end in sorted(stretches):
        if end > position:
            begin = max(start, position)
            parts.append(text[position:begin])
            parts.append("".join(one if one in "\r\n" else " " for one in text[begin:end]))
            position = end
    return "".join([*parts, text[position:]])
