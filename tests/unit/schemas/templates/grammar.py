"""Random templates: most are right, some have a wrong type or name, as people's have. A seed decides all of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

DATA = {
    "s": "héllo",
    "empty": "",
    "i": 4,
    "zero": 0,
    "neg": -7,
    "f": 1.5,
    "big": 1e21,
    "yes": True,
    "no": False,
    "nil": None,
    "list": [1, "two", 3.5, None, [4, "x"]],
    "none": [],
    "ints": [3, 1, 2],
    "strs": ["b", "a", "ü"],
    "map": {"b": 2, "a": "x", "c": {"d": [1, 2], "s": "deep"}},
    "maps": [{"n": "one", "v": 1}, {"n": "two"}],
    "holes": {"x": None},
}

TEXTS = ("a", " ", "\n", "x: ", "é", "}", "{ ", "- b\n", '"', "  \n\n  ")
STRINGS = ('""', '"a"', '"a b"', '"é"', "`raw`", '"x\\ty"', '"\\xff"', '"<&>"', '"10"', '"ÄÖ"', '"a,b,c"', '"1.5"')
SMALL = ("0", "1", "2", "-1", "3", "0x4", "0b11", "1_0", "'\\x05'")
"""What is repeated so many times does not keep Go busy for long."""
INTEGERS = (*SMALL, "0x1F", "017")
FLOATS = ("0.5", "1.0", "-2.5", "1e3", "1e21", "1e-7", "0x1p-2", "123456789.0", "3.14159")
COMMENTS = (*["{{/* x */}}", "{{- /* {{x}} */ -}}"] * 100, "{{ /* x */}}")
FLAGS = ("", "", "", "+", "-", "#", " ", "0", "-0", "+#", "# ")
WIDTHS = ("", "", "", "1", "5", "12", ".0", ".2", "8.3", ".", "*", ".*")
INDEXES = ("", "", "", "", "", "[1]", "[2]", "[3]", "[x]", "[0]")
VERBS = "vvvvdsqtTxXobOcUeEfFgGz%wé"
STRING_FIELDS = (".s", ".empty", ".map.a", ".map.c.s", "$.s", "(index .strs 0)", "(index .maps 0).n")
INT_FIELDS = (".i", ".zero", ".neg", ".map.b", "$.i", "(index .ints 1)", "(len .list)")
FLOAT_FIELDS = (".f", ".big", "(index .list 2)")
BOOL_FIELDS = (".yes", ".no", "true", "false")
LIST_FIELDS = (".list", ".none", ".ints", ".strs", ".maps", "$.ints", "(index .list 4)")
MAP_FIELDS = (".map", ".map.c", ".holes", "(index .maps 0)", "$.map")
HARMLESS_FIELDS = (".", "$", ".nope", ".nope.nope", ".nil", ".holes.x", "$.nope")
ODD_FIELDS = (*HARMLESS_FIELDS, ".nil.x", ".holes.x.y", ".s.x", "nil", ".list.x", "$a", "$a.n", "(nope 1)", "(call 1)")
KINDS = ("string", "int", "float", "bool", "list", "map", "any")


NAMES = ("$a", "$b", "$c")
_PLAIN = {
    "string": (STRINGS, STRING_FIELDS),
    "int": (INTEGERS, INT_FIELDS),
    "float": (FLOATS, FLOAT_FIELDS),
    "bool": (BOOL_FIELDS,),
    "list": (LIST_FIELDS,),
    "map": (MAP_FIELDS,),
    "any": (
        HARMLESS_FIELDS,
        STRING_FIELDS,
        INT_FIELDS,
        FLOAT_FIELDS,
        LIST_FIELDS,
        MAP_FIELDS,
        STRINGS,
        INTEGERS,
        FLOATS,
    ),
}
_STRING_CALLS = [
    ("print", "any", "any"),
    ("print", "any"),
    ("println", "any"),
    ("printf", "format", "any"),
    ("printf", "format", "any", "any"),
    ("printf", "format", "string", "int", "float"),
    ("printf", "format", "list", "map"),
    ("html", "any"),
    ("js", "any"),
    ("urlquery", "any"),
    ("upper", "string"),
    ("lower", "string"),
    ("trim", "string"),
    ("title", "string"),
    ("quote", "any"),
    ("squote", "any"),
    ("repeat", "small", "string"),
    ("trunc", "int", "string"),
    ("replace", "string", "string", "string"),
    ("join", "string", "list"),
    ("indent", "small", "string"),
    ("toString", "any"),
    ("toJson", "any"),
    ("b64enc", "string"),
    ("kindOf", "any"),
    ("typeOf", "any"),
    ("substr", "int", "int", "string"),
    ("snakecase", "string"),
    ("camelcase", "string"),
    ("env", "string"),
]
_SIGNATURES: dict[str, list[tuple[str, ...]]] = {
    "string": _STRING_CALLS,
    "int": [
        ("len", "string"),
        ("len", "list"),
        ("len", "any"),
        ("add", "int", "int"),
        ("sub", "int", "int"),
        ("mul", "int", "int"),
        ("int", "any"),
        ("int64", "any"),
        ("max", "int", "int"),
    ],
    "float": [("addf", "float", "float"), ("float64", "any"), ("round", "float", "int"), ("floor", "any")],
    "bool": [
        ("eq", "any", "any"),
        ("eq", "string", "string", "string"),
        ("eq", "int", "int"),
        ("ne", "any", "any"),
        ("lt", "int", "int"),
        ("le", "string", "string"),
        ("gt", "float", "float"),
        ("ge", "any", "any"),
        ("not", "any"),
        ("and", "bool", "any"),
        ("or", "bool", "any"),
        ("contains", "string", "string"),
        ("hasPrefix", "string", "string"),
        ("empty", "any"),
        ("hasKey", "map", "string"),
        ("has", "any", "list"),
    ],
    "list": [
        ("list", "any", "any"),
        ("index", "list", "int"),
        ("slice", "list", "int"),
        ("splitList", "string", "string"),
        ("until", "small"),
        ("rest", "list"),
        ("reverse", "list"),
        ("uniq", "list"),
        ("compact", "list"),
        ("sortAlpha", "list"),
        ("append", "list", "any"),
    ],
    "map": [("dict", "string", "any"), ("index", "map", "string"), ("pick", "map", "string")],
    "any": [
        ("index", "list", "int"),
        ("index", "map", "string"),
        ("and", "any", "any"),
        ("or", "any", "any"),
        ("default", "any", "any"),
        ("coalesce", "any", "any"),
        ("ternary", "any", "any", "bool"),
        ("first", "list"),
        ("last", "list"),
        ("get", "map", "string"),
    ],
}
_PIPED = [
    "print",
    'printf "%v"',
    'printf "%5.1f|"',
    "len",
    "not",
    "html",
    "index .list",
    "eq 1",
    "quote",
    "upper",
    'default "d"',
    "toJson",
    'join ","',
    "or 1",
    "and .s",
    "print 1",
    'printf "%q %v" 1',
    "list 1",
]


@dataclass(frozen=True)
class Scope:
    """What the piece that is drawn next may use."""

    variables: tuple[str, ...] = ()
    depth: int = 0
    in_range: bool = False

    @property
    def deeper(self) -> Scope:
        return replace(self, depth=self.depth + 1)

    def with_names(self, *names: str) -> Scope:
        return replace(self, variables=tuple(dict.fromkeys((*self.variables, *names))))


class Writer:
    """Writes one template."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._blocks = 0

    def template(self) -> str:
        definitions = [f'{{{{define "{name}"}}}}{self._body(Scope(depth=3))}{{{{end}}}}' for name in "tu"]
        return self._body(Scope()) + "".join(definitions if not self._one_in(10) else definitions[:1])

    def _one_in(self, count: int) -> bool:
        return self._random.randrange(count) == 0

    def _format(self) -> str:
        choice = self._random.choice
        parts = [
            choice(("", "a", "%%", "é")) + f"%{choice(FLAGS)}{choice(INDEXES)}{choice(WIDTHS)}{choice(VERBS)}"
            for _ in range(self._random.randrange(4))
        ]
        return '"' + "|".join(parts) + choice(("", "", "", "%", "%!", "%5")) + '"'

    def _operand(self, scope: Scope, kind: str) -> str:
        """A value of that kind, mostly; parenthesised where it has to be."""
        if kind == "small":
            return self._random.choice(SMALL)
        if self._one_in(40):
            return self._random.choice(ODD_FIELDS)
        if scope.variables and self._one_in(5):
            return self._random.choice(scope.variables)
        if scope.depth < 3 and self._one_in(3):
            return f"({self._pipeline(scope.deeper, kind)})"
        return self._random.choice(self._random.choice(_PLAIN[kind]))

    def _call(self, scope: Scope, kind: str) -> str:
        """A call whose result has that kind, mostly."""
        name, *parameters = self._random.choice(_SIGNATURES[kind])
        if parameters[-1] == "any" and self._one_in(8):
            parameters.append("any")
        arguments = (self._format() if each == "format" else self._operand(scope, each) for each in parameters)
        return " ".join([name, *arguments])

    def _pipeline(self, scope: Scope, kind: str) -> str:
        """One command or several."""
        head = self._call(scope, kind) if self._one_in(2) else self._operand(scope, kind)
        if not self._one_in(5):
            return head
        return head + self._random.choice((" | ", "|", "  |\n")) + self._random.choice(_PIPED)

    def _braces(self, text: str) -> str:
        left = self._random.choice(("{{", "{{", "{{", "{{- ", "{{ "))
        return f"{left}{text}{self._random.choice(('}}', '}}', '}}', ' -}}', ' }}'))}"

    def _body(self, scope: Scope) -> str:
        parts = []
        for _ in range(self._random.randrange(4 if scope.depth else 7)):
            text, scope = self._piece(scope)
            parts.append(text)
        return "".join(parts)

    def _piece(self, scope: Scope) -> tuple[str, Scope]:
        """A piece, and what may be used behind it."""
        shapes = ["text", "text", "value", "value", "value", "declare", "assign", "comment", "template"]
        if scope.depth < 3:
            shapes += ["if", "if", "with", "range", "range", "range", "block"]
        if scope.in_range:
            shapes += ["leave"]
        kind = self._random.choice(KINDS)
        match self._random.choice(shapes):
            case "text":
                return self._random.choice(TEXTS), scope
            case "value":
                return self._braces(self._pipeline(scope, kind)), scope
            case "declare":
                name = self._random.choice(NAMES)
                return self._braces(f"{name} := {self._pipeline(scope, kind)}"), scope.with_names(name)
            case "assign":
                name = self._random.choice(scope.variables or NAMES)
                return self._braces(f"{name} = {self._pipeline(scope, kind)}"), scope
            case "comment":
                return self._random.choice(COMMENTS), scope
            case "template":
                data = "" if self._one_in(2) else " " + self._pipeline(scope, kind)
                return self._braces(f'template "{self._random.choice("tu")}"{data}'), scope
            case "leave":
                return self._braces(self._random.choice(("break", "continue"))), scope
            case "block":
                self._blocks += not self._one_in(20)
                opening = f'{{{{block "b{self._blocks}" {self._pipeline(scope, kind)}}}}}'
                return f"{opening}{self._body(Scope(depth=3))}{{{{end}}}}", scope
            case "range":
                return self._range(scope), scope
            case keyword:
                return self._branch(scope, keyword, kind), scope

    def _range(self, scope: Scope) -> str:
        name = self._random.choice(NAMES)
        assigned = self._random.choice(scope.variables or NAMES)
        over = self._pipeline(scope, self._random.choice(("list", "list", "map", "any")))
        if self._one_in(5):
            over = self._random.choice(("3", "0", ".zero", "2"))
        variables = self._random.choice(("", f"{name} := ", f"$k, {name} := ", f"{assigned} = "))
        names = ([name] if ":=" in variables else []) + (["$k"] if "$k" in variables else [])
        inner = replace(scope.deeper.with_names(*names), in_range=True)
        otherwise = "{{else}}" + self._body(scope.deeper) if self._one_in(2) else ""
        return f"{self._braces(f'range {variables}{over}')}{self._body(inner)}{otherwise}{{{{end}}}}"

    def _branch(self, scope: Scope, keyword: str, kind: str) -> str:
        declared = [self._random.choice(NAMES)] if self._one_in(3) else []
        inner = scope.deeper.with_names(*declared)
        condition = "".join(f"{name} := " for name in declared) + self._pipeline(scope, kind)
        text = self._braces(f"{keyword} {condition}") + self._body(inner)
        if self._one_in(2):
            text += f"{{{{else {keyword} {self._pipeline(inner, 'any')}}}}}" + self._body(inner)
        if self._one_in(2):
            text += "{{else}}" + self._body(inner)
        return text + "{{end}}"


TEMPLATES = st.integers(0, 2**32).map(lambda seed: Writer(seed).template())
FUNCTIONS = {name for signatures in _SIGNATURES.values() for name, *_ in signatures}
