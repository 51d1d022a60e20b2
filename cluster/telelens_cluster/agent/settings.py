"""What the agent is told by its container: environment variables and files that the injector put there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from telelens_schemas.names import MANAGER_CA_VARIABLE, MANAGER_VARIABLE, RUN_PATH, TLS_PATH, TOKEN_PATH

from telelens_cluster.agent.errors import InjectionError
from telelens_cluster.agent.injection import Injection, read_injection

MANAGER_PORT_MISSING = f"{MANAGER_VARIABLE} must be host:port"


@dataclass(frozen=True, slots=True)
class Pod:
    """The pod that this agent is in."""

    name: str
    namespace: str
    uid: str
    ip: str


@dataclass(frozen=True, slots=True)
class TableReport:
    """What the init container says about the pod's table."""

    present: bool
    message: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that stays the same while the agent runs."""

    pod: Pod
    injection: Injection
    manager_host: str
    manager_port: int
    manager_ca: str
    run_directory: Path
    token_file: Path
    tls_directory: Path


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises InjectionError, naming the variable."""
    host, _, port = environment.get(MANAGER_VARIABLE, "").rpartition(":")
    if not host or not port.isdecimal():
        raise InjectionError(MANAGER_PORT_MISSING)
    return Settings(
        pod=Pod(
            name=environment.get("POD_NAME", ""),
            namespace=environment.get("POD_NAMESPACE", ""),
            uid=environment.get("POD_UID", ""),
            ip=environment.get("POD_IP", ""),
        ),
        injection=read_injection(environment),
        manager_host=host.strip("[]"),
        manager_port=int(port),
        manager_ca=environment.get(MANAGER_CA_VARIABLE, ""),
        run_directory=Path(RUN_PATH),
        token_file=Path(TOKEN_PATH),
        tls_directory=Path(TLS_PATH),
    )


def read_table_report(directory: Path) -> TableReport:
    """The init container's report; a missing one means a missing table."""
    try:
        report = json.loads((directory / "table.json").read_text())
        return TableReport(bool(report["present"]), str(report.get("message", "")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return TableReport(present=False, message=f"the init container left no report: {error}")
