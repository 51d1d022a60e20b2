from __future__ import annotations

import json
from pathlib import Path

import pytest
from telelens_cluster.agent.errors import InjectionError
from telelens_cluster.agent.injection import Container, DeclaredVariable, ShadowPort, read_injection
from telelens_cluster.agent.settings import read_settings, read_table_report

DOCUMENT = {
    "version": 1,
    "containers": [
        {
            "name": "app",
            "prefix": "_TEL_0_",
            "ports": [
                {"containerPort": 8080, "protocol": "TCP"},
                {"containerPort": 53, "protocol": "UDP"},
                {"containerPort": 9},
            ],
            "environment": [{"name": "A", "kind": "literal"}, {"name": "B", "kind": "reference"}],
            "envFrom": True,
        }
    ],
    "shadowPorts": [{"shadow": 9910, "target": 8080}],
    "redirected": [8080],
}


def environment(document: object) -> dict[str, str]:
    return {"TELELENS_INJECTION": json.dumps(document), "TELELENS_MANAGER": "manager.telelens.svc:9902"}


def test_the_whole_document() -> None:
    injection = read_injection(environment(DOCUMENT))
    app = Container(
        "app", "_TEL_0_", (8080, 9), (DeclaredVariable("A", literal=True), DeclaredVariable("B", literal=False))
    )
    assert injection.containers == (app,)
    assert injection.shadow_ports == (ShadowPort(9910, 8080),)
    assert injection.redirected == (8080,)
    assert injection.container("app") is injection.containers[0]
    assert injection.container("web") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "is not set"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"version": 2}', "do not match"),
        ('{"version": 1, "containers": [{}]}', "cannot be read"),
        ('{"version": 1, "containers": [1]}', "cannot be read"),
    ],
)
def test_what_is_not_a_document_is_said(text: str | None, says: str) -> None:
    with pytest.raises(InjectionError, match=says):
        read_injection({} if text is None else {"TELELENS_INJECTION": text})


@pytest.mark.parametrize(
    ("address", "host", "port"), [("m.t.svc:9902", "m.t.svc", 9902), ("[fd00::1]:9902", "fd00::1", 9902)]
)
def test_where_the_manager_is(address: str, host: str, port: int) -> None:
    settings = read_settings({**environment(DOCUMENT), "TELELENS_MANAGER": address})
    assert (settings.manager_host, settings.manager_port) == (host, port)


@pytest.mark.parametrize("address", ["", "manager", ":9902", "manager:port"])
def test_a_manager_that_is_nowhere(address: str) -> None:
    with pytest.raises(InjectionError, match="TELELENS_MANAGER must be host:port"):
        read_settings({**environment(DOCUMENT), "TELELENS_MANAGER": address})


def test_no_report_means_no_table(tmp_path: Path) -> None:
    assert not read_table_report(tmp_path).present
