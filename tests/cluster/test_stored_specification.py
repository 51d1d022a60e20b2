"""`telelens intercept run NAME`: a specification that the cluster stores, run by an ordinary user."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from fixtures import manifests
from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.users import User


def stored(desk: Desk, port: int, version: str = "v1alpha4") -> dict[str, Any]:
    program = manifests.PROGRAMS / "application.py"
    run = f"exec {sys.executable} -u {program} --who {{{{ .Telepresence.Username }}}} --host 127.0.0.1 --port {port}"
    intercept = {"handler": "mine", "localPort": port}
    if version == "v1alpha1":
        workloads: Any = {"echo": {"intercepts": [intercept | {"service_port": "http"}]}}
    else:
        workloads = [{"name": "echo", "intercepts": [intercept | {"port": "http"}]}]
    return {
        "apiVersion": f"getambassador.io/{version}",
        "kind": "InterceptSpecification",
        "metadata": {"name": f"echo-{version}"},
        "spec": {
            "connection": {"namespace": desk.namespace},
            "handlers": [{"name": "mine", "script": {"run": run, "shell": "sh"}}],
            "workloads": workloads,
        },
    }


def test_it_is_run_by_its_name_whichever_version_it_was_written_in(desk: Desk, namespace: Namespace) -> None:
    application = namespace.application()
    for version in ("v1alpha4", "v1alpha1"):
        namespace.apply(stored(desk, desk.free_port(), version))
        name = f"echo-{version}"
        where = ("--namespace", namespace.name)
        asked = desk.telelens("intercept", "run", name, *where, "--dry-run", "--format", "json").succeeded().json()
        assert (asked["name"], asked["workloads"][0]["intercepts"][0]["port"]) == (name, "http")
        assert desk.sessions() == []
        running = desk.start_telelens("intercept", "run", name, *where, environment={"TELELENS_USERNAME": "ada"})
        running.line("ready; Ctrl-C undoes it")
        application.until_answered_by("ada")
        running.interrupt()
        assert running.wait() == 0
        assert (desk.intercepts(), desk.sessions()) == ([], [])
        application.until_answered_by(*application.pod_names())


def test_one_that_is_not_there_or_not_given_is_said(
    desk: Desk, namespace: Namespace, stranger: Callable[[str], User], make_desk: Callable[[User, str], Desk]
) -> None:
    namespace.apply(stored(desk, 8080))
    where = ("--namespace", namespace.name)
    missing = desk.telelens("intercept", "run", "echo-v1alpha", *where).failed()
    missing.about("echo-v1alpha", namespace.name, 'did you mean "echo-v1alpha4"?')
    nobody = make_desk(stranger("eve"), "eve")
    forbidden = nobody.telelens("intercept", "run", "echo-v1alpha4", *where).failed()
    forbidden.about("you may not get", namespace.name, "telelens-intercept")
    assert desk.sessions() == []
