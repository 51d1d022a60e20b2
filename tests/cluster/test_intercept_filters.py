"""Which requests are whose: filters as the command line gives them, filters that overlap, owners who are gone."""

from __future__ import annotations

import signal

import pytest
from fixtures.desk import Desk
from fixtures.namespace import Application, Namespace
from fixtures.notes import Note
from fixtures.waiting import eventually

HEADER = ("--http-header", "x-dev=ada")
FILTERS = {
    "equal": ((*HEADER, "--http-path-equal", "/who"), ["/who", "/who?a=b"], ["/who/", "/wh"]),
    "prefix": ((*HEADER, "--http-path-prefix", "/api"), ["/api", "/api/1?a=b", "/apis"], ["/ap", "/x/api"]),
    "regex": ((*HEADER, "--http-path-regex", "/v[0-9]+/.*"), ["/v12/", "/v1/x?a"], ["/v/", "/v1", "/x/v1/"]),
    "match-path": ((*HEADER, "-m", ":path", ".*ark3.*"), ["/dark3/x", "/who?q=park3"], ["/who", "/ark/3"]),
    "match-method": ((*HEADER, "--match", ":method", "GET"), ["/who"], []),
    "older-spelling": (("--http-match", "x-dev=ada"), ["/who", "/"], []),
}


def who(application: Application, path: str = "/who", **headers: str) -> str:
    """Who answers somebody with these headers; ``x_dev`` is written x-dev."""
    return application.service.ask(path, headers={name.replace("_", "-"): text for name, text in headers.items()}).who


@pytest.mark.parametrize("kind", FILTERS)
def test_each_filter_of_the_command_line(namespace: Namespace, desk: Desk, kind: str) -> None:
    flags, taken, left = FILTERS[kind]
    application = namespace.application(injected=True)
    desk.intercept("echo", *flags, port=desk.local_server().port)
    (pod,) = application.pod_names()

    assert {path: who(application, path, x_dev="ada") for path in taken} == dict.fromkeys(taken, desk.name)
    assert {path: who(application, path, x_dev="ada") for path in left} == dict.fromkeys(left, pod)
    assert {path: who(application, path) for path in taken} == dict.fromkeys(taken, pod)


def test_of_filters_that_overlap_the_older_has_the_request(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application(injected=True)
    # The older one's header comes later in every order but that of their ages.
    for one, name, header in ((desk, "zebra", "x-zebra"), (second_desk, "ant", "x-ant")):
        one.intercept(name, "--workload", "echo", "--http-header", f"{header}=yes", port=one.local_server().port)

    assert who(application, x_zebra="yes") == desk.name
    assert who(application, x_ant="yes") == second_desk.name
    assert {who(application, x_zebra="yes", x_ant="yes") for _ in range(10)} == {desk.name}

    desk.leave("zebra")
    eventually(lambda: who(application, x_zebra="yes", x_ant="yes") == second_desk.name)


def test_headers_go_before_a_path_alone_however_old(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application(injected=True)
    path = ("--http-path-prefix", "/who")
    desk.intercept("path", "--workload", "echo", *path, port=desk.local_server().port)
    second_desk.intercept("header", "--workload", "echo", *HEADER, port=second_desk.local_server().port)

    assert {who(application, x_dev="ada") for _ in range(10)} == {second_desk.name}
    assert who(application) == desk.name


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "asleep"])
def test_requests_of_a_desk_that_is_gone_are_the_applications(
    namespace: Namespace, desk: Desk, second_desk: Desk, note: Note, fault: signal.Signals
) -> None:
    """And nobody else's notice it."""
    application = namespace.application(injected=True)
    for one in (desk, second_desk):
        flags = ("--workload", "echo", "--http-header", f"x-dev={one.name}")
        one.intercept(one.name, *flags, port=one.local_server().port)
    (pod,) = application.pod_names()
    others = [application.service.load(headers=headers) for headers in ({}, {"x-dev": second_desk.name})]
    assert who(application, x_dev=desk.name) == desk.name

    daemon = desk.must_daemon()
    daemon.kill(fault)
    try:
        eventually(lambda: application.service.who(headers={"x-dev": desk.name}) == pod)
    finally:
        daemon.kill(signal.SIGCONT)

    for load, answering in zip(others, (pod, second_desk.name), strict=True):
        counted = load.stop()
        note(f"requests to {answering}", counted.summary)
        assert not counted.failures, str(counted)
        assert counted.answered.keys() == {answering}, str(counted)
    # Any command brings a killed one back, as the same session.
    eventually(
        lambda: desk.status()["intercepts"] and application.service.who(headers={"x-dev": desk.name}) == desk.name
    )
