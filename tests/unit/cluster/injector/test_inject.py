"""What a pod looks like with the agent in it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from telelens_cluster.injector.patch import patch_between
from telelens_cluster.injector.pod import KEEP_PROBES_ANNOTATION, has_agent, inject
from telelens_cluster.injector.settings import InjectionSettings

SETTINGS = InjectionSettings(
    agent_image="registry/agent:1",
    pull_policy="Always",
    resources={"requests": {"cpu": "5m"}},
    manager_address="telelens-manager-agents.telelens.svc:9902",
    manager_ca="PEM",
)


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "echo-1", "annotations": {}}, "spec": {"containers": list(containers), **spec}}


def app(**fields: Any) -> dict[str, Any]:
    ports = [{"name": "http", "containerPort": 8080}]
    return {"name": "app", "image": "app:1", "ports": ports, **fields}


def container(injected: dict[str, Any], name: str) -> dict[str, Any]:
    everywhere = injected["spec"]["containers"] + injected["spec"]["initContainers"]
    (found,) = [one for one in everywhere if one["name"] == name]
    return dict(found)


def variables(injected: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in container(injected, "telelens-agent")["env"]}


def description(injected: dict[str, Any]) -> dict[str, Any]:
    # What the kubelet makes of it: a doubled dollar is a single one.
    text = variables(injected)["TELELENS_INJECTION"]["value"].replace("$$", "$")
    return dict(json.loads(text))


def test_the_pod_given_is_left_alone() -> None:
    given = pod(app(readinessProbe={"httpGet": {"port": "http"}}, env=[{"name": "A", "value": "$"}]))
    before = copy.deepcopy(given)
    inject(given, SETTINGS, [8080])
    assert given == before


def test_agent_and_init_container_have_no_more_rights_than_they_need() -> None:
    injected = inject(pod(app()), SETTINGS, [])
    init, agent = (container(injected, name)["securityContext"] for name in ("telelens-init", "telelens-agent"))
    assert init["capabilities"] == {"drop": ["ALL"], "add": ["NET_ADMIN"]}
    assert init["runAsUser"] == 0
    assert agent["capabilities"] == {"drop": ["ALL"]}
    assert (agent["runAsUser"], agent["runAsGroup"], agent["runAsNonRoot"]) == (7777, 7777, True)
    for context in (init, agent):
        assert context["readOnlyRootFilesystem"]
        assert not context["allowPrivilegeEscalation"]
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_the_api_token_is_kept_from_our_containers() -> None:
    injected = inject(pod(app()), SETTINGS, [])
    for name in ("telelens-init", "telelens-agent"):
        paths = [mount["mountPath"] for mount in container(injected, name)["volumeMounts"]]
        assert "/var/run/secrets/kubernetes.io/serviceaccount" in paths


def test_agent_has_no_probes_and_the_settings_images() -> None:
    injected = inject(pod(app()), SETTINGS, [])
    for name in ("telelens-init", "telelens-agent"):
        ours = container(injected, name)
        assert ours["image"] == "registry/agent:1"
        assert ours["imagePullPolicy"] == "Always"
        assert ours["resources"] == {"requests": {"cpu": "5m"}}
        assert not [key for key in ours if key.endswith("Probe")]


def test_our_init_container_goes_first_and_the_agent_last() -> None:
    injected = inject(pod(app(), initContainers=[{"name": "migrate"}, {"name": "vault"}]), SETTINGS, [])
    assert [one["name"] for one in injected["spec"]["initContainers"]] == ["telelens-init", "migrate", "vault"]
    assert [one["name"] for one in injected["spec"]["containers"]] == ["app", "telelens-agent"]


def test_only_a_pod_that_starts_for_an_intercept_waits_for_its_agent() -> None:
    assert "lifecycle" not in container(inject(pod(app()), SETTINGS, []), "telelens-agent")
    lifecycle = container(inject(pod(app()), SETTINGS, [8080]), "telelens-agent")["lifecycle"]
    *shell, mark = lifecycle["postStart"]["exec"]["command"]
    assert shell == ["/bin/sh", "/opt/telelens/app/telelens_cluster/agent/await_start.sh"]
    assert mark == "/run/telelens/started"


def test_volumes_are_added_to_those_there() -> None:
    injected = inject(pod(app(), volumes=[{"name": "data"}]), SETTINGS, [])
    assert [one["name"] for one in injected["spec"]["volumes"]] == ["data", "telelens-run", "telelens-token"]
    (source,) = injected["spec"]["volumes"][2]["projected"]["sources"]
    assert source["serviceAccountToken"] == {"audience": "telelens", "expirationSeconds": 3607, "path": "token"}


def test_twice_is_once() -> None:
    once = inject(pod(app()), SETTINGS, [8080])
    assert has_agent(once)
    assert inject(once, SETTINGS, []) == once


def test_description_names_containers_ports_and_what_starts_redirected() -> None:
    sidecar = {
        "name": "side",
        "ports": [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 9, "protocol": "SCTP"}],
    }
    said = description(inject(pod(app(), sidecar), SETTINGS, [9090, 8080, 8080]))
    assert said["version"] == 1
    assert said["redirected"] == [8080, 9090]
    assert [one["prefix"] for one in said["containers"]] == ["_TEL_0_", "_TEL_1_"]
    assert said["containers"][0]["ports"] == [{"containerPort": 8080, "protocol": "TCP"}]
    assert said["containers"][1]["ports"] == [{"containerPort": 53, "protocol": "UDP"}]


class TestEnvironment:
    def test_literals_travel_raw(self) -> None:
        env = [{"name": "PRICE", "value": "$5 $(HOME) $$x"}, {"name": "EMPTY"}]
        copied = variables(inject(pod(app(env=env)), SETTINGS, []))
        assert copied["_TEL_0_PRICE"] == {"name": "_TEL_0_PRICE", "value": "$$5 $$(HOME) $$$$x"}
        assert copied["_TEL_0_EMPTY"] == {"name": "_TEL_0_EMPTY", "value": ""}

    def test_multi_line_values_survive(self) -> None:
        copied = variables(inject(pod(app(env=[{"name": "KEY", "value": "a\nb\n"}])), SETTINGS, []))
        assert copied["_TEL_0_KEY"]["value"] == "a\nb\n"

    def test_references_are_copied(self) -> None:
        source = {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}
        copied = variables(inject(pod(app(env=[{"name": "S", "valueFrom": source}])), SETTINGS, []))
        assert copied["_TEL_0_S"]["valueFrom"] == source

    def test_resource_fields_name_the_application_s_container(self) -> None:
        env = [
            {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
            {"name": "OTHER", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "containerName": "side"}}},
        ]
        copied = variables(inject(pod(app(env=env)), SETTINGS, []))
        assert copied["_TEL_0_CPU"]["valueFrom"]["resourceFieldRef"]["containerName"] == "app"
        assert copied["_TEL_0_OTHER"]["valueFrom"]["resourceFieldRef"]["containerName"] == "side"

    def test_sources_get_our_prefix_before_their_own(self) -> None:
        sources = [{"configMapRef": {"name": "c"}}, {"prefix": "DB_", "secretRef": {"name": "s"}}]
        injected = inject(pod(app(envFrom=sources), {"name": "side", "envFrom": sources[:1]}), SETTINGS, [])
        assert container(injected, "telelens-agent")["envFrom"] == [
            {"configMapRef": {"name": "c"}, "prefix": "_TEL_0_"},
            {"secretRef": {"name": "s"}, "prefix": "_TEL_0_DB_"},
            {"configMapRef": {"name": "c"}, "prefix": "_TEL_1_"},
        ]
        assert [one["envFrom"] for one in description(injected)["containers"]] == [True, True]

    def test_the_declared_order_is_told(self) -> None:
        env = [{"name": "Z", "value": "1"}, {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
        (said,) = description(inject(pod(app(env=env)), SETTINGS, []))["containers"]
        assert said["environment"] == [{"name": "Z", "kind": "literal"}, {"name": "A", "kind": "reference"}]

    def test_the_application_s_own_environment_stays_its_own(self) -> None:
        env = [{"name": "LD_PRELOAD", "value": "/x.so"}, {"name": "PYTHONPATH", "value": "/y"}]
        injected = inject(pod(app(env=env)), SETTINGS, [])
        assert not {"LD_PRELOAD", "PYTHONPATH"} & set(variables(injected))
        assert container(injected, "app")["env"] == env

    def test_service_links_are_left_as_they_are(self) -> None:
        assert inject(pod(app(), enableServiceLinks=False), SETTINGS, [])["spec"]["enableServiceLinks"] is False


class TestProbes:
    @pytest.mark.parametrize("probe", ["livenessProbe", "readinessProbe", "startupProbe"])
    @pytest.mark.parametrize("action", ["httpGet", "tcpSocket", "grpc"])
    def test_each_goes_to_the_shadow(self, probe: str, action: str) -> None:
        injected = inject(pod(app(**{probe: {action: {"port": 8080}, "periodSeconds": 3}})), SETTINGS, [])
        assert container(injected, "app")[probe] == {action: {"port": 9910}, "periodSeconds": 3}
        assert description(injected)["shadowPorts"] == [{"shadow": 9910, "target": 8080}]

    def test_named_ports_are_resolved_in_their_own_container(self) -> None:
        probe = {"httpGet": {"port": "http", "path": "/ok"}}
        side = {"name": "side", "ports": [{"name": "http", "containerPort": 9000}], "livenessProbe": probe}
        injected = inject(pod(app(livenessProbe=probe), side), SETTINGS, [])
        assert description(injected)["shadowPorts"] == [
            {"shadow": 9910, "target": 8080},
            {"shadow": 9911, "target": 9000},
        ]
        assert container(injected, "side")["livenessProbe"]["httpGet"] == {"port": 9911, "path": "/ok"}

    def test_one_port_has_one_shadow(self) -> None:
        probes = {"livenessProbe": {"tcpSocket": {"port": "8080"}}, "readinessProbe": {"httpGet": {"port": "http"}}}
        injected = inject(pod(app(**probes)), SETTINGS, [])
        assert len(description(injected)["shadowPorts"]) == 1

    def test_a_port_that_is_taken_is_no_shadow(self) -> None:
        side = {"name": "side", "ports": [{"containerPort": 9910}]}
        injected = inject(pod(app(livenessProbe={"tcpSocket": {"port": 8080}}), side), SETTINGS, [])
        assert container(injected, "app")["livenessProbe"]["tcpSocket"]["port"] == 9911

    def test_lifecycle_hooks_follow(self) -> None:
        lifecycle = {
            "preStop": {"httpGet": {"port": "http"}},
            "postStart": {"exec": {"command": ["x"]}},
            "stopSignal": "SIGINT",
        }
        injected = inject(pod(app(lifecycle=lifecycle)), SETTINGS, [])
        assert container(injected, "app")["lifecycle"] == {**lifecycle, "preStop": {"httpGet": {"port": 9910}}}

    @pytest.mark.parametrize(
        "probe",
        [
            {"exec": {"command": ["true"]}},
            {"httpGet": {"port": 8080, "host": "example.com"}},
            {"httpGet": {"port": "unknown"}},
        ],
    )
    def test_what_does_not_go_to_a_port_of_the_pod_stays(self, probe: dict[str, Any]) -> None:
        injected = inject(pod(app(livenessProbe=probe)), SETTINGS, [])
        assert container(injected, "app")["livenessProbe"] == probe
        assert description(injected)["shadowPorts"] == []

    def test_an_annotation_keeps_them_in_place(self) -> None:
        given = pod(app(livenessProbe={"httpGet": {"port": "http"}}))
        given["metadata"]["annotations"][KEEP_PROBES_ANNOTATION] = "enabled"
        injected = inject(given, SETTINGS, [])
        assert container(injected, "app")["livenessProbe"] == {"httpGet": {"port": "http"}}


class TestPatch:
    def test_adds_what_is_new_and_replaces_what_changed(self) -> None:
        given = pod(app(), dnsPolicy="ClusterFirst")
        injected = inject(given, SETTINGS, [])
        patch = {operation["path"]: operation for operation in patch_between(given, injected)}
        assert {path: operation["op"] for path, operation in patch.items()} == {
            "/spec/initContainers": "add",
            "/spec/containers": "replace",
            "/spec/volumes": "add",
        }
        assert patch["/spec/volumes"]["value"] == injected["spec"]["volumes"]

    def test_nothing_changed_is_an_empty_patch(self) -> None:
        assert patch_between(pod(app()), pod(app())) == []
