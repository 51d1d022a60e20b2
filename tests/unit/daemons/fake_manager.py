"""A traffic manager in a few lines: accepts sessions, makes intercepts active or whatever a test wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unit.daemons.fake_api import FakeApi, Object

SESSIONS = "/apis/telelens.dev/v1alpha1/namespaces/telelens/sessions"
INTERCEPTS = "/apis/telelens.dev/v1alpha1/namespaces/shop/intercepts"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
SERVICES = "/api/v1/namespaces/shop/services"

ACTIVE: Object = {
    "phase": "ACTIVE",
    "since": "2026-01-01T00:00:00Z",
    "service": "echo",
    "ports": [{"servicePortName": "http", "servicePort": 80, "containerPort": 8080}],
    "environment": {"allowed": False, "reason": "ada may not create pods/exec"},
}


class FakeManager:
    """``decide`` says the statuses that a new intercept goes through."""

    def __init__(self, api: FakeApi) -> None:
        self._api = api
        self.decide: Callable[[Object], list[Object]] = lambda intercept: [ACTIVE]
        self.session_status: Object = {"accepted": True, "managerVersion": "1.0", "agentImage": "agent:1"}
        api.created = self.created

    def created(self, path: str, item: Object) -> None:
        if path.endswith("/sessions"):
            self.set_status(path, item, self.session_status)
        elif path.endswith("/intercepts"):
            for status in self.decide(item):
                self.set_status(path, item, status)

    def set_status(self, path: str, item: Object, status: Object) -> None:
        current = self._api.get(path, item["metadata"]["name"])
        assert current is not None
        self._api.put(path, {**current, "status": {**current.get("status", {}), **status}})


def deployment(name: str) -> Object:
    container: Any = {"name": "app", "ports": [{"name": "http", "containerPort": 8080}]}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"metadata": {"name": name, "namespace": "shop"}, "kind": "Deployment", "spec": spec}


def service(name: str) -> Object:
    spec = {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}
