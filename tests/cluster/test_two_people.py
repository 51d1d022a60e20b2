"""Two people, one workload: who was first has it, and the other learns who and since when."""

from __future__ import annotations

import re

from fixtures import manifests
from fixtures.desk import Desk
from fixtures.namespace import Namespace


def test_a_conflict_names_owner_and_age(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)

    refused = second_desk.try_intercept("hers", "--workload", "echo", port=second_desk.local_server().port)

    failure = refused.failed().about(desk.user.name)
    assert re.search(r"\b\d+ ?(s|second)", f"{failure.message} {failure.hint}"), "says since when"
    assert second_desk.intercepts() == []
    assert application.answered_by() == desk.name


def test_the_same_name_is_a_conflict_too(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)

    second_desk.try_intercept("echo", port=second_desk.local_server().port).failed().about(desk.user.name)

    assert application.answered_by() == desk.name


def test_after_a_leave_the_other_has_it(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application(replicas=2)
    desk.intercept("echo", port=desk.local_server().port)
    desk.leave("echo")

    second_desk.intercept("echo", port=second_desk.local_server().port)

    assert application.everyone() == {second_desk.name}


def test_two_ports_of_a_workload_may_go_to_two_people(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application(ports={"http": 8080, "admin": 9090})
    namespace.apply(manifests.service("echo", ports={"http": (80, "http"), "admin": (81, "admin")}))
    desk.intercept("echo", port=f"{desk.local_server().port}:http")

    second_desk.intercept("hers", "--workload", "echo", port=f"{second_desk.local_server().port}:admin")

    assert application.service.at(80).who() == desk.name
    assert application.service.at(81).who() == second_desk.name
    desk.leave("echo")
    application.until_answered_by(*application.pod_names())
    assert application.service.at(81).who() == second_desk.name


def test_list_shows_who_intercepts_what(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    namespace.application()
    namespace.application("other", injected=False)
    desk.intercept("echo", port=desk.local_server().port)
    second_desk.connect()

    listed = second_desk.telelens("list", "--format", "json").succeeded().json()

    by_name = {one["name"]: one for one in listed}
    (intercept,) = by_name["echo"]["intercepts"]
    assert intercept["owner"] == desk.user.name
    assert by_name["echo"]["agentInstalled"]
    assert not by_name["other"].get("agentInstalled")
    assert not by_name["other"].get("intercepts")
