"""Secrets that a pod template names, on their way into the agent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telelens_cluster.agent.injection import NamedSecret, TlsSecrets, read_injection
from telelens_cluster.injector.pod import inject
from telelens_cluster.injector.settings import InjectionSettings

SETTINGS = InjectionSettings(agent_image="agent:1", manager_address="manager:9902", manager_ca="PEM")
TERMINATING, ORIGINATING = "telelens.dev/inject-terminating-tls-secret", "telelens.dev/inject-originating-tls-secret"


def with_annotations(annotations: dict[str, str]) -> dict[str, Any]:
    container = {"name": "app", "ports": [{"containerPort": 8443}]}
    return inject({"metadata": {"annotations": annotations}, "spec": {"containers": [container]}}, SETTINGS, [])


def agent(pod: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in pod["spec"]["containers"] if one["name"] == "telelens-agent")


def told(pod: dict[str, Any]) -> TlsSecrets:
    """What the agent reads of it."""
    variables = {one["name"]: one.get("value", "") for one in agent(pod)["env"]}
    return read_injection({"TELELENS_INJECTION": variables["TELELENS_INJECTION"].replace("$$", "$")}).tls


def test_both_secrets_come_into_the_agent_alone() -> None:
    pod = with_annotations({TERMINATING: "web-tls", ORIGINATING: "own.client"})
    found = {one["name"]: one["secret"] for one in pod["spec"]["volumes"] if "secret" in one}
    assert {name: one["secretName"] for name, one in found.items()} == {
        "telelens-terminating-tls": "web-tls",
        "telelens-originating-tls": "own.client",
    }
    for one in found.values():
        assert one["optional"], "a missing Secret keeps no pod from starting"
        assert [item["key"] for item in one["items"]] == ["tls.crt", "tls.key", "ca.crt"], "and nothing else of it"
    mounts = {one["name"]: one for one in agent(pod)["volumeMounts"] if one["name"] in found}
    assert mounts.keys() == found.keys()
    assert all(one["readOnly"] for one in mounts.values())
    others = [*pod["spec"]["initContainers"], *(one for one in pod["spec"]["containers"] if one["name"] == "app")]
    assert not any(one["name"] in found for other in others for one in other.get("volumeMounts", ()))


def test_the_agent_is_told_which_annotation_names_which_secret() -> None:
    assert told(with_annotations({TERMINATING: "a", ORIGINATING: "b"})) == TlsSecrets(
        NamedSecret(TERMINATING, "a"), NamedSecret(ORIGINATING, "b")
    )


@pytest.mark.parametrize("prefix", ["telepresence.io", "telepresence.getambassador.io"])
def test_the_spellings_that_users_know(prefix: str) -> None:
    known = f"{prefix}/inject-terminating-tls-secret"
    assert told(with_annotations({known: "a"})).terminating == NamedSecret(known, "a")
    assert told(with_annotations({known: "a", TERMINATING: "b"})).terminating == NamedSecret(TERMINATING, "b")


@pytest.mark.parametrize("name", ["Web_TLS", "a/b", "", "-a", "a" * 254, "a\n"])
def test_a_name_that_no_secret_can_have_keeps_no_pod_from_starting(name: str) -> None:
    pod = with_annotations({TERMINATING: name})
    assert not any("secret" in one for one in pod["spec"]["volumes"])
    assert told(pod).terminating == (NamedSecret(TERMINATING, name) if name else None)


def test_without_annotations_nothing_changes() -> None:
    pod = with_annotations({})
    assert [one["name"] for one in pod["spec"]["volumes"]] == ["telelens-run", "telelens-token"]
    variables = {one["name"]: one.get("value", "") for one in agent(pod)["env"]}
    assert "tls" not in json.loads(variables["TELELENS_INJECTION"])
    assert told(pod) == TlsSecrets()
