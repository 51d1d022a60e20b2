"""What the texts of the language may look like: of each pattern what just fits, and what just does not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from telelens_schemas.specification import Code, read_specification

LONGEST_LABEL = "a" * 63
LABELS = ("a", "9", "a-9", "9a", LONGEST_LABEL)
NO_LABELS = ("", "-a", "a-", "A", "a_b", "a.b", "a b", "ä", "a\\n", LONGEST_LABEL + "a")
SUBNETS = (
    ("10.0.0.0/8", "fd00::/8", "::/0", "::/128", "10.1.2.3/32"),
    (
        "10.0.0.0",
        "/8",
        "10.0.0.0/",
        "x/8",
        "10.0.0.0/1000",
        "10.0.0.0/33",
        "300.0.0.0/8",
        "10.0/8",
        "fd00::/129",
        ":::/8",
    ),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value, ``VALUE`` in a text, and what may stand there."""

    text: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


def intercepted(key: str) -> str:
    return f"workloads: [{{name: e, intercepts: [{{{key}: VALUE}}]}}]"


def connected(key: str) -> str:
    return f"connection: {{{key}: VALUE}}"


def composed(service: str) -> str:
    return f"handlers: [{{name: h, docker: {{compose: {{services: [{{{service}}}]}}}}}}]"


HANDLER_NAMES = (("a", "Z", "a-b_C9", "a" * 200), ("", "9a", "-a", "_a", "a.b", "a b", "ä", "a\\n"))
CONNECTION_NAMES = (
    ("a", "9", "a-", "9-a", "a" * 63),
    ("", "-a", "A", "a_b", "a.b", "a/b", "a\\n", "a" * 64),
)
PORTS = (("1", "80", "00080", "65535"), ("0", "65536", "100000", "-1", "80 ", "0x50", "8e1"))
SERVICE_PORTS = (
    (*PORTS[0], "http", "a", "8a", "http-2", "a" * 63),
    (*PORTS[1][:3], "", "Http", "-a", "a-", "a_b", "1-2", "a" * 64, "a\\n"),
)
SLOTS = {
    "a specification's name": Slot("name: VALUE", ("a", "A b", "ä"), ("", " ", "\\n")),
    "a handler's name": Slot("handlers: [{name: VALUE}]", *HANDLER_NAMES),
    "a handler that is named": Slot(intercepted("handler"), *HANDLER_NAMES),
    "a handler before": Slot("prerequisites: [{create: VALUE}]", *HANDLER_NAMES),
    "a handler after": Slot("prerequisites: [{delete: VALUE}]", *HANDLER_NAMES),
    "a variable": Slot(
        "handlers: [{name: h, environment: [{name: VALUE, value: x}]}]",
        ("a", "_", "A_9", "_9"),
        ("", "9", "a-b", "a.b", "a b", "ä", "A\\n"),
    ),
    "a connection's name": Slot("connections: [{name: VALUE}]", *CONNECTION_NAMES),
    "the only connection's name": Slot(connected("name"), *CONNECTION_NAMES),
    "a connection that is named": Slot(composed("name: s, connection: VALUE"), *CONNECTION_NAMES),
    "a namespace": Slot(connected("namespace"), LABELS, NO_LABELS),
    "the manager's namespace": Slot(connected("managerNamespace"), LABELS, NO_LABELS),
    "a mapped namespace": Slot("connection: {mappedNamespaces: [VALUE]}", LABELS, NO_LABELS),
    "a workload's namespace": Slot("workloads: [{name: e, namespace: VALUE}]", LABELS, NO_LABELS),
    "a service": Slot(intercepted("service"), LABELS, NO_LABELS),
    "a service that is mapped to": Slot(composed("name: s, mapping: {name: VALUE}"), LABELS, NO_LABELS),
    "its namespace": Slot(composed("name: s, mapping: {name: a, namespace: VALUE}"), LABELS, NO_LABELS),
    "a compose service": Slot(
        composed("name: VALUE"), ("a", "A", "9", "a.b_c-D"), ("", ".a", "_a", "-a", "a/b", "a b", "a\\n")
    ),
    "a workload": Slot(
        "workloads: [{name: VALUE}]",
        ("a", "a-", "a9", "a" * 63, "a/b", "9-/b", "a" * 63 + "/" + "b" * 63),
        ("", "9a", "-a", "A", "a.b", "a_b", "a/", "/a", "a/9", "-a/b", "a/b/c", "a" * 64, "a" * 64 + "/b", "a\\n"),
    ),
    "an intercept's name": Slot(
        intercepted("name"),
        (*LABELS, "a.b", "a-b.9.c", f"{LONGEST_LABEL}.{LONGEST_LABEL}"),
        ("", "A", "-a", "a-", "a_b", ".a", "a.", "a..b", "a/b", "a.-b", "a\\n", LONGEST_LABEL + "a"),
    ),
    "a port": Slot(intercepted("port"), *SERVICE_PORTS),
    "a local port": Slot(intercepted("localPort"), *PORTS),
    "a published port": Slot("handlers: [{name: h, docker: {image: i, ports: [VALUE]}}]", *PORTS),
    "a debugger's port": Slot("handlers: [{name: h, script: {run: x}, debug: {port: VALUE}}]", *PORTS),
    "an exposed port": Slot(
        "connection: {expose: [VALUE]}",
        (
            "80",
            "80/udp",
            "80/tcp",
            "8080:80",
            ":80",
            "127.0.0.1:8080:80",
            "127.0.0.1::80/tcp",
            "[::1]:8080:80",
            "1.2.3.4:80",
            "65535",
            "0:65535",
            "255.255.255.255:65535:1",
        ),
        (
            "",
            "http",
            "80/sctp",
            "80/",
            "8080:",
            "a:80",
            "::1:8080:80",
            "1.2.3:8080:80",
            "1:2:3",
            "800000",
            "-1",
            "80\\n",
            "0",
            "65536",
            "8080:0",
            "65536:80",
            "256.1.1.1:80",
            "[1.1.1]:8080:80",
        ),
    ),
    "the only exposed port": Slot(connected("expose"), ("8080:80",), ("8080:", "")),
    "a subnet to reach": Slot("connection: {alsoProxy: [VALUE]}", *SUBNETS),
    "a subnet not to reach": Slot("connection: {neverProxy: [VALUE]}", *SUBNETS),
    "a subnet that may conflict": Slot("connection: {allowConflictingSubnets: [VALUE]}", *SUBNETS),
    "a subnet to translate": Slot(
        "connection: {proxyVia: [VALUE]}",
        ("10.0.0.0/8=echo", "all=echo", "::/0=echo"),
        ("", "echo", "=echo", "all=", "all=a=b", "all = echo", "10.0.0.0/33=echo", "300.0.0.0/8=echo"),
    ),
    "a shell": Slot(
        "handlers: [{name: h, script: {run: x, shell: VALUE}}]", ("bash", "zsh", "sh"), ("", "fish", "Bash")
    ),
    "what becomes of a service": Slot(
        composed("name: s, behavior: VALUE"),
        ("interceptHandler", "remote", "local"),
        ("", "Remote", "intercepthandler"),
    ),
    "the form of what is written": Slot(
        "handlers: [{name: h, external: {outputFormat: VALUE}}]", ("json", "yaml"), ("", "JSON", "env")
    ),
    "a debugger": Slot("handlers: [{name: h, script: {run: x}, debug: {type: VALUE}}]", ("debugpy",), ("", "pydevd")),
}


def refused(slot: Slot, value: str) -> list[str]:
    """What is underlined because it cannot stand there."""
    text = slot.text.replace("VALUE", f'"{value}"')
    found = [one for one in read_specification(text, "f").problems if one.code in (Code.BAD_VALUE, Code.WRONG_TYPE)]
    return [text[one.range.column - 1 : one.range.end_column - 1] for one in found]


@pytest.mark.parametrize("slot", SLOTS.values(), ids=SLOTS)
def test_what_just_fits_is_right(slot: Slot) -> None:
    assert [value for value in slot.right if refused(slot, value)] == []


@pytest.mark.parametrize("slot", SLOTS.values(), ids=SLOTS)
def test_what_just_does_not_fit_is_wrong(slot: Slot) -> None:
    assert [value for value in slot.wrong if refused(slot, value) != [f'"{value}"']] == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("expose", "99999:80", "is not [IP:][port:]container-port: 99999 is no port (1–65535)"),
        ("expose", "300.1.1.1:80:80", "is not [IP:][port:]container-port: 300.1.1.1 is no IP address"),
        ("neverProxy", "300.1.1.1/40", "is not a subnet (10.0.0.0/8): 300.1.1.1 is no IP address"),
        ("alsoProxy", "10.1.1.1/40", "is not a subnet (10.0.0.0/8): 10.1.1.1 has 32 bits"),
        ("proxyVia", "10.1.1.1/40=web", "is not SUBNET=WORKLOAD: 10.1.1.1 has 32 bits"),
    ],
)
def test_what_has_the_pattern_and_is_out_of_range_is_said_in_words(key: str, value: str, said: str) -> None:
    (found,) = read_specification(f"connection: {{{key}: ['{value}']}}\n", "f").errors
    assert found.message == f'"{value}" {said}'
