"""One Service in front of two workloads: what is intercepted is said, and nothing waits for luck."""

from __future__ import annotations

from fixtures import manifests
from fixtures.desk import Desk
from fixtures.kubectl import Manifest
from fixtures.namespace import Application, Namespace
from fixtures.waiting import eventually


def test_one_of_two_deployments_is_intercepted(namespace: Namespace, desk: Desk) -> None:
    engine, blue = Application(namespace, "Deployment", "engine"), Application(namespace, "Deployment", "engine-blue")
    front = manifests.service("front")
    front["spec"]["selector"] = {"tier": "engine"}
    namespace.apply(manifests.programs(), front, _of_the_tier("engine"), _of_the_tier("engine-blue", replicas=3))
    for application in (engine, blue):
        namespace.wait_ready(application.reference)
    server = desk.local_server()

    made = desk.intercept("engine", port=server.port)

    assert made["phase"] == "ACTIVE"
    assert _message(namespace) == "Service front also leads to Deployment engine-blue: 1 of 4 pods is intercepted"
    place = namespace.place("front")
    assert {place.who() for _ in range(60)} == {desk.name, *blue.pod_names()}

    blue.scale(0)
    eventually(lambda: _message(namespace) == "")
    eventually(lambda: place.who() == desk.name)


def _of_the_tier(name: str, *, replicas: int = 1) -> Manifest:
    made = manifests.workload(name, replicas=replicas, annotations=manifests.INJECT)
    made["spec"]["template"]["metadata"]["labels"]["tier"] = "engine"
    return made


def _message(namespace: Namespace) -> str:
    status = namespace.get("intercepts.telelens.dev", "engine")["status"]
    assert status["phase"] == "ACTIVE"
    return str(status.get("message") or "")
