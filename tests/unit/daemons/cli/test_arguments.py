"""What may be left out on the command line, and ports as users write them."""

from __future__ import annotations

import click
import pytest
from telelens_daemons.cli.arguments import RUN_VALUE_OPTIONS, CommandLine, prepare
from telelens_daemons.cli.names import namespace_name, object_name, workload_name
from telelens_daemons.cli.ports import PortFlag, parse_port
from telelens_daemons.errors import UserError

from tests.unit.daemons.cli.test_examples import COMMANDS


@pytest.mark.parametrize(
    ("words", "arguments", "program"),
    [
        ("intercept echo -p 80", "intercept create echo -p 80", None),
        ("intercept -p 80 echo", "intercept create -p 80 echo", None),
        ("intercept", "intercept create --help", None),
        ("intercept echo -- python -m x -- y", "intercept create echo", "python -m x -- y"),
        ("connect -- id", "connect", "id"),
        ("intercept echo --preview-url -p 80", "intercept create echo --preview-url=true -p 80", None),
        ("intercept echo --preview-url=false", "intercept create echo --preview-url=false", None),
        ("intercept validate a b", "intercept validate a b", None),
        ("intercept run f --debug", "intercept run f --debug=*", None),
        ("intercept run f --debug one", "intercept run f --debug=one", None),
        ("intercept run --debug f", "intercept run --debug=* f", None),
        ("intercept run --debug one f", "intercept run --debug=one f", None),
        ("intercept run f --debug=one", "intercept run f --debug=one", None),
        ("--debug status", "--debug status", None),
        ("list -- x", "list -- x", None),
        ("intercept validate a -- b", "intercept validate a -- b", None),
        ("intercept run f -- id", "intercept run f -- id", None),
        ("intercept run --output json --debug f", "intercept run --output json --debug=* f", None),
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
        ("8080:container:9000", PortFlag(8080, "container:9000", "TCP")),
        (":container:web/tcp", PortFlag(0, "container:web", "TCP")),
    ],
)
def test_ports(text: str, flag: PortFlag) -> None:
    assert parse_port(text) == flag


def test_udp_is_refused_as_not_there_yet() -> None:
    with pytest.raises(UserError, match="--port :53/UDP: UDP is not delivered yet") as caught:
        parse_port(":53/UDP")
    assert caught.value.code == "usage"


@pytest.mark.parametrize("text", ["", ":", "a", "80:80:80", "80:container:", "0", "65536", "80/ICMP", "80:", "-1"])
def test_bad_ports_are_usage_errors(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_port(text)
    assert caught.value.code == "usage"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("echo", "", ("", "echo")),
        ("echo.v1", "", ("", "echo.v1")),
        ("echo", "deployment", ("Deployment", "echo")),
        ("deploy/echo", "", ("Deployment", "echo")),
        ("deployment/echo", "Deployment", ("Deployment", "echo")),
        ("deployment.apps/echo", "", ("Deployment", "echo")),
        ("sts/echo", "", ("StatefulSet", "echo")),
        ("StatefulSet/echo", "sts", ("StatefulSet", "echo")),
        ("echo", "CronJob", ("CronJob", "echo")),
    ],
)
def test_workloads(text: str, kind: str, expected: tuple[str, str]) -> None:
    assert workload_name(text, "NAME", kind=kind) == expected


@pytest.mark.parametrize(
    "text",
    ["Echo", "echo_1", "../pods", "a/b/c", "pod/echo", "deploy/", "/echo", "echo?x=1", "-a", "a-", "..", "a" * 254],
)
def test_what_is_no_name_is_a_usage_error(text: str) -> None:
    with pytest.raises(UserError) as caught:
        workload_name(text, "NAME")
    assert caught.value.code == "usage"
    assert text in caught.value.message


def test_a_kind_that_is_said_twice_is_said_alike() -> None:
    with pytest.raises(UserError, match="no StatefulSet"):
        workload_name("deploy/echo", "NAME", kind="StatefulSet")


def test_namespaces_are_labels() -> None:
    assert (namespace_name("shop-1"), namespace_name(""), object_name("", "--service")) == ("shop-1", "", "")
    for text in ("a.b", "Shop", "a/b", "a" * 64):
        with pytest.raises(UserError, match="--namespace"):
            namespace_name(text)


def test_options_of_run_that_take_a_value_are_known() -> None:
    run = COMMANDS["telelens intercept run"].params
    with_value = {name for one in run if isinstance(one, click.Option) and not one.is_flag for name in one.opts}
    assert with_value - {"--debug"} == set(RUN_VALUE_OPTIONS)
