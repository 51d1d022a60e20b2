"""Go's values as Python holds them while a template is evaluated.

===================================  ======================================================================
Go                                   Python
===================================  ======================================================================
nil                                  ``None``
bool, int, float64                   ``bool``, ``int``, ``float``
int64, uint8, … , time.Duration      a subclass of ``SizedInt``
string                               ``str``; bytes that are not UTF-8 as Python's ``surrogateescape`` has them
[]interface {}                       ``list``
[]string and other slices            ``Slice``, which knows its type
[]uint8                              ``bytes``
map[string]interface {}              ``dict``
map[string]string and other maps     ``Map``, which knows its type
structs, pointers, errors            a subclass of ``GoObject``
===================================  ======================================================================

A function gets and gives raw values; the engine turns a plain result into the Go type that the function declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from telelens_schemas.templates.functions import Function

Value: TypeAlias = Any
"""One of the table above. The types of templates are those of Go, which no Python annotation tells."""

Kind = Literal[
    "invalid",
    "bool",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "complex128",
    "string",
    "slice",
    "map",
    "struct",
    "ptr",
    "func",
    "interface",
]

ANY: Final = "interface {}"
"""As Go spells the type ``any``."""
ANY_SLICE: Final = "[]interface {}"
ANY_MAP: Final = "map[string]interface {}"
SIGNED: Final = frozenset({"int", "int8", "int16", "int32", "int64"})
UNSIGNED: Final = frozenset({"uint", "uint8", "uint16", "uint32", "uint64"})
FLOATS: Final = frozenset({"float32", "float64"})


class SizedInt(int):
    """An integer of another type than Go's ``int``; arithmetic on it gives a plain ``int``."""

    go_type: ClassVar[str] = "int"
    go_kind: ClassVar[Kind] = "int"
    __slots__ = ()

    def text(self) -> str | None:
        """What its ``String`` method says, as a duration has one; ``None`` when it has none."""
        return None

    def method(self, name: str) -> Function | None:
        """The exported method of that name, bound to this number."""
        return None


class Int8(SizedInt):
    """int8."""

    go_type = go_kind = "int8"
    __slots__ = ()


class Int16(SizedInt):
    """int16."""

    go_type = go_kind = "int16"
    __slots__ = ()


class Int32(SizedInt):
    """int32, also called rune."""

    go_type = go_kind = "int32"
    __slots__ = ()


class Int64(SizedInt):
    """int64."""

    go_type = go_kind = "int64"
    __slots__ = ()


class Uint(SizedInt):
    """uint."""

    go_type = go_kind = "uint"
    __slots__ = ()


class Uint8(SizedInt):
    """uint8, also called byte."""

    go_type = go_kind = "uint8"
    __slots__ = ()


class Uint16(SizedInt):
    """uint16."""

    go_type = go_kind = "uint16"
    __slots__ = ()


class Uint32(SizedInt):
    """uint32."""

    go_type = go_kind = "uint32"
    __slots__ = ()


class Uint64(SizedInt):
    """uint64."""

    go_type = go_kind = "uint64"
    __slots__ = ()


class Float32(float):
    """float32; whoever makes one has rounded it."""

    go_type: ClassVar[str] = "float32"
    go_kind: ClassVar[Kind] = "float32"
    __slots__ = ()


class Slice(list[Value]):
    """A slice whose type is not ``[]interface {}``."""

    go_kind: ClassVar[Kind] = "slice"
    __slots__ = ("go_type", "is_nil")

    def __init__(self, go_type: str, items: Iterable[Value] = (), *, is_nil: bool = False) -> None:
        super().__init__(items)
        self.go_type = go_type
        self.is_nil = is_nil


class Map(dict[Value, Value]):
    """A map whose type is not ``map[string]interface {}``."""

    go_kind: ClassVar[Kind] = "map"
    __slots__ = ("go_type", "is_nil")

    def __init__(self, go_type: str, items: Mapping[Value, Value] | None = None, *, is_nil: bool = False) -> None:
        super().__init__(items or {})
        self.go_type = go_type
        self.is_nil = is_nil


class GoObject:
    """What has fields or methods: a struct, a pointer to one, an error."""

    go_type: str = "struct {}"
    go_kind: Kind = "struct"

    def fields(self) -> Mapping[str, Value]:
        """Exported fields in the order of their declaration."""
        return {}

    def method(self, name: str) -> Function | None:
        """The exported method of that name, bound to this object."""
        return None

    def text(self) -> str | None:
        """What its ``String`` or ``Error`` method says; ``None`` when it has neither."""
        return None


class Struct(GoObject):
    """A struct that has fields and nothing else."""

    def __init__(self, go_type: str, fields: Mapping[str, Value]) -> None:
        self.go_type = go_type
        self._fields = dict(fields)

    def fields(self) -> Mapping[str, Value]:
        return self._fields


class ErrorValue(GoObject):
    """An error that is a value, as printing shows it."""

    go_type = "*errors.errorString"
    go_kind = "ptr"

    def __init__(self, message: str) -> None:
        self.message = message

    def text(self) -> str:
        return self.message


_SIZED: Final[Mapping[str, type[SizedInt]]] = {
    kind.go_type: kind for kind in (Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64)
}
_BITS: Final = {"int": 64, "int8": 8, "int16": 16, "int32": 32, "int64": 64} | {
    "uint": 64,
    "uint8": 8,
    "uint16": 16,
    "uint32": 32,
    "uint64": 64,
}


_PLAIN: Final[Mapping[type, tuple[Kind, str]]] = {
    type(None): ("invalid", "<nil>"),
    bool: ("bool", "bool"),
    int: ("int", "int"),
    float: ("float64", "float64"),
    complex: ("complex128", "complex128"),
    str: ("string", "string"),
    list: ("slice", ANY_SLICE),
    bytes: ("slice", "[]uint8"),
    dict: ("map", ANY_MAP),
}


def kind_of(value: Value) -> Kind:
    """Go's ``reflect.Kind``; ``invalid`` for nil."""
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return plain[0]
    kind: Kind = value.go_kind
    return kind


def type_of(value: Value) -> str:
    """Go's ``%T``; ``<nil>`` for nil."""
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return plain[1]
    spelt: str = value.go_type
    return spelt


def is_integer(value: Value) -> bool:
    """Whether it is of one of Go's integer kinds."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_nil(value: Value) -> bool:
    """nil, or a slice or map that is."""
    return value is None or (isinstance(value, Slice | Map) and value.is_nil)


def is_true(value: Value) -> bool:
    """Go's truth, as ``if`` has it: not the zero of its type; a struct is always true."""
    return True if isinstance(value, GoObject) else bool(value)


def wrap(value: int, go_type: str = "int64") -> int:
    """The integer as that type holds it, after Go's silent overflow."""
    bits = _BITS[go_type]
    value &= (1 << bits) - 1
    if go_type in SIGNED and value >> (bits - 1):
        value -= 1 << bits
    return value


def fits(value: int, go_type: str) -> bool:
    """Whether the type can hold it."""
    return wrap(value, go_type) == value


def as_type(value: Value, go_type: str) -> Value:
    """A plain value as one of that Go type: 3 as an int64, a list as a []string. Others are returned as they are."""
    if type(value) is int:
        if go_type in _SIZED:
            return _SIZED[go_type](wrap(value, go_type))
        return float(value) if go_type == "float64" else value
    if type(value) is list and go_type.startswith("[]") and go_type not in (ANY_SLICE, "[]uint8"):
        return Slice(go_type, value)
    if type(value) is dict and go_type.startswith("map[") and go_type != ANY_MAP:
        return Map(go_type, value)
    return value


def zero_of(go_type: str) -> Value:
    """What a variable of that type holds before anything was assigned to it."""
    makers: Mapping[str, Callable[[], Value]] = {"bool": bool, "int": int, "string": str, "float64": float}
    if go_type in makers:
        return makers[go_type]()
    if go_type in _SIZED:
        return _SIZED[go_type]()
    if go_type == "[]uint8":
        return b""
    if go_type.startswith("[]"):
        return Slice(go_type, is_nil=True)
    if go_type.startswith("map["):
        return Map(go_type, is_nil=True)
    return None


def canonical_type(spelt: str) -> str:
    """The type as Go prints it: ``any`` as ``interface {}``, ``byte`` and ``rune`` by their kinds."""
    if spelt.startswith("[]"):
        return "[]" + canonical_type(spelt[2:])
    if spelt.startswith("map["):
        key, _, element = spelt[4:].partition("]")
        return f"map[{canonical_type(key)}]{canonical_type(element)}"
    return {"any": ANY, "interface{}": ANY, "byte": "uint8", "rune": "int32"}.get(spelt, spelt)


def element_type(go_type: str) -> str:
    """Of a slice's or map's type the type of its elements."""
    return go_type[2:] if go_type.startswith("[]") else go_type.partition("]")[2]


def key_type(go_type: str) -> str:
    """Of a map's type the type of its keys."""
    return go_type[4:].partition("]")[0]


def to_bytes(text: str) -> bytes:
    """A string's bytes, as Go's len and slices count them."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> str:
    """The string of these bytes, whether or not they are UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def byte_length(text: str) -> int:
    """Go's ``len`` of a string."""
    return len(text) if text.isascii() else len(to_bytes(text))


def joined(text: str) -> str:
    """Pieces of a character that were cut apart and met again are that character again."""
    return text if text.isascii() else from_bytes(to_bytes(text))
