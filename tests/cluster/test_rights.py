"""Who may what: each row of the table of rights holds, and its absence is said clearly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fixtures.desk import Desk
from fixtures.kubectl import KubectlError
from fixtures.manager import Manager
from fixtures.namespace import Namespace
from fixtures.users import EXEC, Rights, User, binding, role
from fixtures.waiting import eventually

IN_THE_MANAGERS = [
    *((verb, "sessions.telelens.dev") for verb in ("create", "get", "list", "watch", "delete")),
    ("update", "sessions.telelens.dev/status"),
    ("get", "pods/portforward"),
    ("create", "pods/portforward"),
]
IN_ONES_OWN = [
    *((verb, "intercepts.telelens.dev") for verb in ("create", "get", "list", "watch", "delete")),
    *((verb, kind) for kind in ("deployments.apps", "statefulsets.apps") for verb in ("get", "list", "watch")),
    *((verb, kind) for kind in ("services", "pods") for verb in ("get", "list", "watch")),
    ("get", "pods/portforward"),
    ("create", "pods/portforward"),
]
NOWHERE = [
    ("update", "sessions.telelens.dev"),
    ("patch", "sessions.telelens.dev"),
    ("update", "intercepts.telelens.dev"),
    ("patch", "intercepts.telelens.dev"),
    ("update", "intercepts.telelens.dev/status"),
    ("revoke", "intercepts.telelens.dev"),
    ("update", "deployments.apps"),
    ("patch", "deployments.apps"),
    ("create", "pods"),
    ("delete", "pods"),
    ("get", "secrets"),
    ("list", "secrets"),
    ("get", "configmaps"),
    ("update", "leases.coordination.k8s.io"),
    ("create", "serviceaccounts/token"),
]


def _may(user_desk: Desk, verb: str, resource: str, namespace: str) -> bool:
    kind, _, subresource = resource.partition("/")
    more = ["--subresource", subresource] if subresource else []
    asked = user_desk.kubectl.completed("auth", "can-i", verb, kind, *more, "--namespace", namespace)
    return asked.stdout.strip() == "yes"


def test_the_roles_hold_what_the_table_says_and_no_more(namespace: Namespace, desk: Desk, manager: Manager) -> None:
    def lacking() -> list[object]:
        found: list[object] = [row for row in IN_THE_MANAGERS if not _may(desk, *row, manager.namespace)]
        return found + [row for row in IN_ONES_OWN if not _may(desk, *row, namespace.name)]

    # The API server learns of a new right a moment later.
    eventually(lambda: lacking() == [])
    places = (namespace.name, manager.namespace)
    assert [(row, place) for row in NOWHERE for place in places if _may(desk, *row, place)] == []
    assert not _may(desk, "create", "pods/exec", manager.namespace)


def test_without_the_role_in_the_managers_namespace(
    namespace: Namespace,
    stranger: Callable[[str], User],
    rights: Rights,
    make_desk: Callable[[User, str], Desk],
    manager: Manager,
) -> None:
    user = stranger("eve")
    rights.bind(user, "telelens-intercept", namespace=namespace.name)
    desk = make_desk(user, "eve")

    result = desk.telelens("connect", "--namespace", namespace.name, "--format", "json")

    result.failed().about("telelens-user", manager.namespace)
    assert desk.sessions() == []


def test_without_the_role_in_the_workloads_namespace(
    namespace: Namespace,
    stranger: Callable[[str], User],
    rights: Rights,
    make_desk: Callable[[User, str], Desk],
    manager: Manager,
) -> None:
    application = namespace.application()
    user = stranger("eve")
    rights.bind(user, "telelens-user", namespace=manager.namespace)
    desk = make_desk(user, "eve")

    connected = desk.connect()
    result = desk.try_intercept("echo", port=desk.free_port())

    assert f"warning: you may not create intercepts in namespace {namespace.name}" in connected.stderr
    assert "telelens-intercept" in connected.stderr
    result.failed().about("telelens-intercept", namespace.name)
    assert application.answered_by() in application.pod_names()


def _without(verb: str, resource: str) -> list[dict[str, Any]]:
    """The rules of `telelens-intercept` without one row."""
    rules: list[dict[str, Any]] = []
    for row_verb, row_resource in IN_ONES_OWN:
        if (row_verb, row_resource) == (verb, resource) or (verb == "*" and row_resource == resource):
            continue
        kind, _, subresource = row_resource.partition("/")
        name, _, group = kind.partition(".")
        full = f"{name}/{subresource}" if subresource else name
        rules.append({"apiGroups": [group], "resources": [full], "verbs": [row_verb]})
    return rules


@pytest.mark.parametrize(
    ("verb", "resource"),
    [
        ("create", "intercepts.telelens.dev"),
        ("watch", "intercepts.telelens.dev"),
        ("get", "deployments.apps"),
        ("list", "services"),
        ("*", "pods/portforward"),
    ],
)
def test_each_right_that_is_missing_is_named(
    namespace: Namespace,
    stranger: Callable[[str], User],
    rights: Rights,
    make_desk: Callable[[User, str], Desk],
    manager: Manager,
    verb: str,
    resource: str,
) -> None:
    application = namespace.application()
    user = stranger("eve")
    rights.grant(
        binding(user, "telelens-user", namespace=manager.namespace),
        role("almost", *_without(verb, resource), EXEC, namespace=namespace.name),
        binding(user, "almost", kind="Role", namespace=namespace.name),
    )
    desk = make_desk(user, "eve")

    result = desk.try_intercept("echo", port=desk.free_port(), timeout=60)

    failure = result.failed().about(resource.partition(".")[0], namespace.name)
    if verb != "*":
        assert verb in f"{failure.message} {failure.hint}"
    assert desk.intercepts() == []
    assert application.answered_by() in application.pod_names()


def test_anothers_session_cannot_be_touched(desk: Desk, second_desk: Desk, manager: Manager) -> None:
    desk.connect()
    (session,) = desk.sessions()
    name = session["metadata"]["name"]
    kubectl = second_desk.kubectl
    where = ["--namespace", manager.namespace]

    with pytest.raises(KubectlError, match=desk.user.name):
        kubectl.run("delete", "session.telelens.dev", name, *where)
    session["status"] = {**session.get("status", {}), "heartbeat": "2001-01-01T00:00:00.000000Z"}
    raw = f"/apis/telelens.dev/v1alpha1/namespaces/{manager.namespace}/sessions/{name}/status"
    with pytest.raises(KubectlError, match=desk.user.name):
        kubectl.run("replace", "--raw", raw, "--filename", "-", stdin=json.dumps(session))
    (after,) = desk.sessions()
    assert after["spec"] == session["spec"]
    assert not after["status"]["heartbeat"].startswith("2001")


def test_anothers_intercept_cannot_be_ended(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)

    with pytest.raises(KubectlError, match=desk.user.name):
        second_desk.kubectl.run("delete", "intercept.telelens.dev", "echo", "--namespace", namespace.name)
    second_desk.connect()
    second_desk.telelens("leave", "echo", "--format", "json").failed().about("echo")

    assert application.answered_by() == desk.name


def test_who_may_revoke_may_end_it(namespace: Namespace, desk: Desk, second_desk: Desk, rights: Rights) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    revoke = {"apiGroups": ["telelens.dev"], "resources": ["intercepts"], "verbs": ["revoke"]}
    rights.grant(
        role("revoke", revoke, namespace=namespace.name),
        binding(second_desk.user, "revoke", kind="Role", namespace=namespace.name),
    )

    # The API server learns of a new right a moment later.
    delete = ("delete", "intercept.telelens.dev", "echo", "--namespace", namespace.name)
    eventually(lambda: second_desk.kubectl.completed(*delete).returncode == 0)

    application.until_answered_by(*application.pod_names())
    eventually(lambda: desk.status()["intercepts"] == [])
    assert "intercept echo was ended from outside" in _state(desk)


def test_a_session_that_an_administrator_ends_is_not_said_to_have_expired(
    namespace: Namespace, desk: Desk, manager: Manager
) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    (session,) = desk.sessions()

    namespace.kubectl.run(
        "delete", "session.telelens.dev", session["metadata"]["name"], "--namespace", manager.namespace
    )

    application.until_answered_by(*application.pod_names())
    said = eventually(lambda: (state := _state(desk)).startswith("connected; intercept echo ended") and state)
    assert "was ended in the cluster" in said
    assert "expired" not in said


def _state(desk: Desk) -> str:
    return str((desk.status()["connection"] or {}).get("state"))


def _intercept_of(namespace: Namespace) -> dict[str, Any]:
    (made,) = namespace.get("intercepts.telelens.dev")
    return {
        "apiVersion": made["apiVersion"],
        "kind": made["kind"],
        "metadata": {"name": "forged", "namespace": namespace.name},
        "spec": made["spec"],
    }


def test_an_intercept_cannot_be_made_in_anothers_name(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    forged = _intercept_of(namespace)

    with pytest.raises(KubectlError, match="it must be you"):
        second_desk.kubectl.run("create", "--filename", "-", stdin=json.dumps(forged))


def test_anothers_session_cannot_be_used(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    """Her name, his session: the manager does not act on it."""
    namespace.application()
    other = namespace.application("other")
    desk.intercept("echo", port=desk.local_server().port)
    forged = _intercept_of(namespace)
    forged["spec"] |= {"owner": second_desk.user.name, "workload": {"kind": "Deployment", "name": "other"}}
    forged["spec"]["service"] = "other"

    created = second_desk.kubectl.completed("create", "--filename", "-", stdin=json.dumps(forged))

    # Refused at once, or made and never acted on.
    if created.returncode == 0:
        wanted = "--for=jsonpath={.status.phase}=ERROR"
        namespace.run("wait", "intercept.telelens.dev/forged", wanted, "--timeout", "60s")
        second_desk.kubectl.run("delete", "intercept.telelens.dev", "forged", "--namespace", namespace.name)
    assert other.answered_by() in other.pod_names()
