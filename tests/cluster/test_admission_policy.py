"""Who may do what with whose Sessions and Intercepts: said by the API server itself, without any process of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fixtures.kubectl import Kubectl
from fixtures.manager import Manager
from fixtures.namespace import Namespace
from fixtures.users import Rights, User
from fixtures.waiting import eventually
from telelens_schemas.resources import (
    Intercept,
    InterceptPort,
    InterceptSpec,
    Metadata,
    Session,
    SessionReference,
    SessionSpec,
    WorkloadReference,
)

pytestmark = pytest.mark.cluster

EVERY_VERB = {
    "apiGroups": ["telelens.dev"],
    "resources": ["sessions", "sessions/status", "intercepts", "intercepts/status"],
    "verbs": ["create", "get", "list", "watch", "update", "patch", "delete", "deletecollection"],
}


@pytest.fixture
def people(
    make_colleague: Callable[[str], User], rights: Rights, namespace: Namespace, manager: Manager
) -> tuple[User, User]:
    """Two people who by RBAC may do everything with every object: only the policy stands between them."""
    ada, grace = make_colleague("ada"), make_colleague("grace")
    for place in (namespace.name, manager.namespace):
        rights.role("every-verb", EVERY_VERB, namespace=place)
        for person in (ada, grace):
            rights.bind(person, "every-verb", kind="Role", namespace=place)
    # The API server learns of a new right a moment later, and of the last one last.
    may = ["auth", "can-i", "create", "sessions.telelens.dev", "-n", manager.namespace]
    eventually(lambda: attempt(as_(grace, namespace.kubectl), *may)[0])
    return ada, grace


@pytest.fixture
def intercept(namespace: Namespace, people: tuple[User, User]) -> Intercept:
    """Ada's, of a workload that does not exist: the manager has nothing to do with it."""
    made = make_intercept(people[0], namespace)
    succeeds(as_(people[0], namespace.kubectl), "create", stdin=made.to_object())
    return made


@pytest.fixture
def session(namespace: Namespace, manager: Manager, people: tuple[User, User]) -> Session:
    """Ada's."""
    made = make_session(people[0], namespace, manager)
    succeeds(as_(people[0], namespace.kubectl), "create", stdin=made.to_object())
    return made


def make_intercept(owner: User, namespace: Namespace, name: str = "policy") -> Intercept:
    return Intercept(
        metadata=Metadata(name=name, namespace=namespace.name),
        spec=InterceptSpec(
            owner=owner.name,
            session=SessionReference(name="none", uid="none"),
            workload=WorkloadReference(kind="Deployment", name="none"),
            ports=(InterceptPort(local_port=9090),),
        ),
    )


def make_session(owner: User, namespace: Namespace, manager: Manager) -> Session:
    return Session(
        metadata=Metadata(name=f"policy-{namespace.name}", namespace=manager.namespace),
        spec=SessionSpec(owner=owner.name, host="desk", certificate="PEM", version="0.1.0"),
    )


def as_(user: User, kubectl: Kubectl) -> Kubectl:
    return replace(kubectl, kubeconfig=user.kubeconfig)


def attempt(kubectl: Kubectl, *arguments: str, stdin: dict[str, Any] | None = None) -> tuple[bool, str]:
    more = ("--filename", "-") if stdin is not None else ()
    ended = kubectl.completed(*arguments, *more, stdin=json.dumps(stdin) if stdin is not None else None)
    return ended.returncode == 0, ended.stderr


def succeeds(kubectl: Kubectl, *arguments: str, stdin: dict[str, Any] | None = None) -> None:
    done, said = attempt(kubectl, *arguments, stdin=stdin)
    assert done, said


def refused(kubectl: Kubectl, *arguments: str, saying: str, stdin: dict[str, Any] | None = None) -> None:
    done, said = attempt(kubectl, *arguments, stdin=stdin)
    assert not done
    assert saying in said


def patch(what: str, name: str, namespace: str, change: dict[str, Any], *more: str) -> list[str]:
    return ["patch", what, name, "-n", namespace, "--type", "merge", "--patch", json.dumps(change), *more]


def test_nobody_creates_in_anothers_name(namespace: Namespace, manager: Manager, people: tuple[User, User]) -> None:
    ada, grace = people
    hers = as_(grace, namespace.kubectl)
    refused(hers, "create", stdin=make_intercept(ada, namespace).to_object(), saying="it must be you")
    refused(hers, "create", stdin=make_session(ada, namespace, manager).to_object(), saying="it must be you")


def test_a_spec_is_never_changed_not_even_by_its_owner(
    namespace: Namespace, people: tuple[User, User], intercept: Intercept, session: Session, manager: Manager
) -> None:
    mine = as_(people[0], namespace.kubectl)
    change = {"spec": {"owner": people[1].name}}
    refused(mine, *patch("intercept", "policy", namespace.name, change), saying="is immutable")
    refused(mine, *patch("session", session.metadata.name, manager.namespace, change), saying="is immutable")


def test_only_the_owner_changes_and_deletes_a_session(
    namespace: Namespace, manager: Manager, people: tuple[User, User], session: Session
) -> None:
    mine, hers = (as_(user, namespace.kubectl) for user in people)
    name, place = session.metadata.name, manager.namespace
    label = patch("session", name, place, {"metadata": {"labels": {"a": "b"}}})
    beat = patch(
        "session", name, place, {"status": {"heartbeat": "2026-01-01T00:00:00.000001Z"}}, "--subresource=status"
    )
    for command in (label, beat, ["delete", "session", name, "-n", place]):
        refused(hers, *command, saying=f'it belongs to "{people[0].name}"')
    for command in (label, beat, ["delete", "session", name, "-n", place]):
        succeeds(mine, *command)


def test_only_the_manager_writes_an_intercepts_status(
    namespace: Namespace, manager: Manager, people: tuple[User, User], intercept: Intercept
) -> None:
    change = patch("intercept", "policy", namespace.name, {"status": {"message": "forged"}}, "--subresource=status")
    for user in people:
        refused(as_(user, namespace.kubectl), *change, saying="only the traffic manager")
    account = f"system:serviceaccount:{manager.namespace}:telelens-manager"
    succeeds(namespace.kubectl, *change, "--as", account)


def test_an_intercept_is_deleted_by_its_owner_or_who_may_revoke(
    namespace: Namespace, people: tuple[User, User], intercept: Intercept, rights: Rights
) -> None:
    mine, hers = (as_(user, namespace.kubectl) for user in people)
    delete = ["delete", "intercept", "policy", "-n", namespace.name]
    collection = ["delete", "--raw", f"/apis/telelens.dev/v1alpha1/namespaces/{namespace.name}/intercepts"]
    refused(hers, *delete, saying='who holds the verb "revoke"')
    refused(hers, *collection, saying='who holds the verb "revoke"')

    revoke = {"apiGroups": ["telelens.dev"], "resources": ["intercepts"], "verbs": ["revoke"]}
    rights.role("revoker", revoke, namespace=namespace.name)
    rights.bind(people[1], "revoker", kind="Role", namespace=namespace.name)
    eventually(lambda: attempt(hers, *delete)[0])

    succeeds(mine, "create", stdin=intercept.to_object())
    succeeds(mine, *delete, "--cascade=foreground")


def test_a_session_is_also_deleted_by_who_may_revoke(
    namespace: Namespace, manager: Manager, people: tuple[User, User], session: Session, rights: Rights
) -> None:
    hers = as_(people[1], namespace.kubectl)
    delete = ["delete", "session", session.metadata.name, "-n", manager.namespace]
    refused(hers, *delete, saying='who holds the verb "revoke" on sessions')
    revoke = {"apiGroups": ["telelens.dev"], "resources": ["sessions"], "verbs": ["revoke"]}
    rights.role("session-revoker", revoke, namespace=manager.namespace)
    rights.bind(people[1], "session-revoker", kind="Role", namespace=manager.namespace)
    eventually(lambda: attempt(hers, *delete)[0])


def test_nobody_claims_a_group_that_is_not_theirs(namespace: Namespace, people: tuple[User, User]) -> None:
    mine = as_(people[0], namespace.kubectl)
    info = json.loads(mine.run("auth", "whoami", "--output", "json"))["status"]["userInfo"]
    for groups, allowed in (
        (info["groups"], True),
        ([], True),
        (["system:masters"], False),
        ([*info["groups"], "admins"], False),
    ):
        given = make_intercept(people[0], namespace, "groups")
        given = replace(given, spec=replace(given.spec, owner_groups=tuple(groups)))
        if allowed:
            succeeds(mine, "create", stdin=given.to_object())
            succeeds(mine, "delete", "intercept", "groups", "-n", namespace.name)
        else:
            refused(mine, "create", stdin=given.to_object(), saying="a group that you are not in")


def test_there_is_a_bound_to_groups(namespace: Namespace, people: tuple[User, User]) -> None:
    mine = as_(people[0], namespace.kubectl)
    for groups, saying in ((["g" * 257], "Too long"), ([f"g{number}" for number in range(257)], "Too many")):
        given = make_intercept(people[0], namespace, "groups")
        given = replace(given, spec=replace(given.spec, owner_groups=tuple(groups)))
        refused(mine, "create", stdin=given.to_object(), saying=saying)


class TestTheManagerItself:
    """Its ServiceAccount, as somebody who had taken it over would use it."""

    def pod(self, namespace: Namespace, container: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": container, "namespace": namespace.name},
            "spec": {"containers": [{"name": container, "image": "none.invalid/none"}]},
        }

    def account(self, manager: Manager) -> list[str]:
        return ["--as", f"system:serviceaccount:{manager.namespace}:telelens-manager"]

    def test_it_creates_no_pods_but_on_trial(self, namespace: Namespace, manager: Manager) -> None:
        itself = self.account(manager)
        given = self.pod(namespace, "any")
        refused(namespace.kubectl, "create", *itself, stdin=given, saying="the traffic manager creates no pods")
        succeeds(namespace.kubectl, "create", "--dry-run=server", *itself, stdin=given)

    def test_it_deletes_no_pods_but_those_with_its_agent(self, namespace: Namespace, manager: Manager) -> None:
        itself = self.account(manager)
        for name in ("any", "telelens-agent"):
            succeeds(namespace.kubectl, "create", stdin=self.pod(namespace, name))
        delete = ["delete", "pod", "-n", namespace.name, "--wait=false"]
        refused(namespace.kubectl, *delete, "any", *itself, saying="deletes no pods but those with its agent")
        succeeds(namespace.kubectl, *delete, "telelens-agent", *itself)


def test_no_finalizer_gets_in(namespace: Namespace, people: tuple[User, User], intercept: Intercept) -> None:
    mine = as_(people[0], namespace.kubectl)
    change = {"metadata": {"finalizers": ["example.org/held"]}}
    refused(mine, *patch("intercept", "policy", namespace.name, change), saying="finalizers are not allowed")
    held = make_intercept(people[0], namespace, "held").to_object()
    held["metadata"]["finalizers"] = ["example.org/held"]
    refused(mine, "create", stdin=held, saying="finalizers are not allowed")


def test_nothing_keeps_a_namespace_from_going(
    make_namespace: Callable[..., Namespace], people: tuple[User, User], rights: Rights
) -> None:
    other = make_namespace()
    rights.role("every-verb", EVERY_VERB, namespace=other.name)
    rights.bind(people[0], "every-verb", kind="Role", namespace=other.name)
    succeeds(as_(people[0], other.kubectl), "create", stdin=make_intercept(people[0], other).to_object())
    succeeds(other.kubectl, "delete", "namespace", other.name, "--timeout", "45s")
