"""What may be left out on the command line, and ports as users write them."""

from __future__ import annotations

import pytest
from telelens_daemons.cli.arguments import CommandLine, prepare
from telelens_daemons.cli.ports import PortFlag, parse_port
from telelens_daemons.errors import UserError


@pytest.mark.parametrize(
    ("words", "arguments", "program"),
    [
        ("intercept echo -p 80", "intercept create echo -p 80", None),
        ("intercept -p 80 echo", "intercept create -p 80 echo", None),
        ("intercept", "intercept create --help", None),
        ("intercept echo -- python -m x -- y", "intercept create echo", "python -m x -- y"),
        ("connect -- id", "connect", "id"),
        ("intercept validate a b", "intercept validate a b", None),
        ("intercept run f --debug", "intercept run f --debug=*", None),
        ("intercept run f --debug one", "intercept run f --debug=one", None),
        ("intercept run --debug f", "intercept run --debug=* f", None),
        ("intercept run --debug one f", "intercept run --debug=one f", None),
        ("intercept run f --debug=one", "intercept run f --debug=one", None),
        ("--debug status", "--debug status", None),
        ("list -- x", "list -- x", None),
        ("", "", None),
    ],
)
def test_words(words: str, arguments: str, program: str | None) -> None:
    expected = CommandLine(tuple(arguments.split()), tuple(program.split()) if program else None)
    assert prepare(words.split()) == expected


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("8080", PortFlag(8080, "", "TCP")),
        ("8080:http", PortFlag(8080, "http", "TCP")),
        ("8080:80", PortFlag(8080, "80", "TCP")),
        (":80/tcp", PortFlag(0, "80", "TCP")),
    ],
)
def test_ports(text: str, flag: PortFlag) -> None:
    assert parse_port(text) == flag


def test_udp_is_refused_as_not_there_yet() -> None:
    with pytest.raises(UserError, match="--port :53/UDP: UDP is not delivered yet") as caught:
        parse_port(":53/UDP")
    assert caught.value.code == "usage"


@pytest.mark.parametrize("text", ["", ":", "a", "80:80:80", "0", "65536", "80/ICMP", "80:", "-1"])
def test_bad_ports_are_usage_errors(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_port(text)
    assert caught.value.code == "usage"
