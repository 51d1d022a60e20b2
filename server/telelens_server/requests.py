"""The requests and notifications between the extension and this server: the names and shapes, and nothing else.

`vscode-extension/src/requests.ts` says the same to the extension. On the wire the names are camelCase.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

INTERCEPT: Final = "telelens/intercept"
RELEASE: Final = "telelens/release"
RUN: Final = "telelens/run"
STATUS: Final = "telelens/status"
DEBUG_TARGET: Final = "telelens/debugTarget"

TRUST: Final = "telelens/trust"
INTERCEPT_CHANGED: Final = "telelens/interceptChanged"
RUN_EVENT: Final = "telelens/runEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeFlag:
    """One of kubectl's connection flags, without the dashes."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionWanted:
    """Which cluster. All empty: the connection that is there, else what the kubeconfig says."""

    context: str = ""
    namespace: str = ""
    manager_namespace: str = ""
    kubeconfig: str = ""
    kube_flags: tuple[KubeFlag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderFilter:
    """A regular expression that the whole value must match."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFilter:
    """On the request's path."""

    kind: Literal["equal", "prefix", "regex"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewIngress:
    """The Service where requests of a preview URL enter."""

    host: str
    port: int
    tls: bool = False
    l5host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A shareable URL. Without an ingress its requests enter at the intercepted service."""

    banner: bool = True
    ingress: PreviewIngress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A local port and the service port that leads to it; empty: the only one."""

    local: int
    service: str = ""
    """Name or number, or after ``container:`` those of the container port to which it leads."""
    host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptParams:
    """Answered with `Intercepted` when traffic arrives; cancelling undoes, connection included if this made it."""

    workload: str
    kind: str = ""
    namespace: str = ""
    service: str = ""
    container: str = ""
    name: str = ""
    """Empty: made of the workload's and the owner's name."""
    ports: tuple[Port, ...] = ()
    mechanism: Literal["http", "tcp"] = "http"
    headers: tuple[HeaderFilter, ...] = ()
    path: PathFilter | None = None
    automatic_header: bool = False
    """A header of the daemon's making, beside the others: whoever sends it reaches this intercept."""
    preview: Preview | None = None
    connection: ConnectionWanted = field(default_factory=ConnectionWanted)
    work_done_token: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptedPort:
    """Where one port's requests arrive."""

    service_port: str
    container_port: int
    local_host: str
    local_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Intercepted:
    """An active intercept, held for the editor until it asks for `telelens/release` or goes away."""

    id: str
    name: str
    namespace: str
    workload: str
    workload_kind: str
    service: str
    mechanism: str
    intercepting: str
    message: str
    """What is wrong with it, though it is active."""
    ports: tuple[InterceptedPort, ...]
    curl: str
    curl_works: str
    """Where, for people: "From inside the cluster:"."""
    preview_url: str
    preview_denied_reason: str
    """Why there is no URL, though one was asked for."""
    environment: dict[str, str]
    """What a program on the workstation may import of the container's, and what it is told of the intercept."""
    environment_denied_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, as the daemon says it; also the `data` of a failed request."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptChanged:
    """Of a held intercept. `ended`: it is gone, and nobody here asked for that."""

    id: str
    phase: str
    message: str
    """What is wrong with it, though it may be active; of one that is gone: which it was, why, and what to do."""
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseParams:
    """Answered when nothing is left of it. Twice is once."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParams:
    """A specification, from start to end: answered when it is over and undone, which cancelling brings about."""

    id: str
    """The editor's name for this run; comes back with each event."""
    file: str
    text: str
    working_directory: str
    debug_handler: str = ""
    """A handler's name; "*": every one."""
    connection: ConnectionWanted = field(default_factory=ConnectionWanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """One thing that happened in a run; which fields are filled follows from `kind`."""

    id: str
    kind: Literal["progress", "active", "started", "output", "ended", "ready"]
    text: str = ""
    """Of progress, of output; of an active intercept its curl line; why a handler ended."""
    handler: str = ""
    stderr: bool = False
    debug_host: str = ""
    debug_port: int = 0
    """Of a handler that was started to be debugged."""
    workload: str = ""
    curl: str = ""
    """Of an active intercept, where one line can show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """The daemon's connection."""

    context: str
    server: str
    namespace: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptState:
    """An intercept of this user's, made here or elsewhere."""

    name: str
    namespace: str
    workload: str
    workload_kind: str
    phase: str
    message: str
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Asking never starts a daemon."""

    daemon: str
    """Its version; empty: it does not run."""
    connection: ConnectionState | None
    intercepts: tuple[InterceptState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptPlace:
    """Where an intercept stands in a file, as that is read before its templates are expanded. Each counts from 0."""

    specification: int
    """Among the file's specifications: other documents do not count."""
    workload: int
    intercept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugTargetParams:
    """A workload of a manifest, or an intercept of a specification. Without ``occurrence`` or ``place`` the first of
    these names is meant."""

    uri: str
    name: str
    """The workload's."""
    kind: str = ""
    namespace: str = ""
    """The workload's; empty: the document does not say."""
    occurrence: int | None = None
    """Among the file's manifests of this kind, name and namespace, from 0."""
    intercept: str = ""
    """Its name, in a specification; empty where ``place`` says which and a template writes the name."""
    place: InterceptPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPort:
    """A port that a program on the workstation would listen on: the container's, or a specification's localPort."""

    port: int
    service: str
    """What is said of the service port that leads there, as in `Port`; empty: nothing."""
    name: str = ""
    """For people who choose among several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugTarget:
    """What the document says to somebody who wants to debug the workload; of a manifest that is namespace and ports."""

    workload: str
    """Its name in the cluster."""
    namespace: str
    ports: tuple[TargetPort, ...]
    service: str = ""
    container: str = ""
    headers: tuple[HeaderFilter, ...] = ()
    path: PathFilter | None = None
    preview: Preview | None = None
    everything: bool = False
    """It says that it takes all requests, which is more than not to say which."""
    handler: str = ""
    """What a run would start for it; empty: nothing."""
    handler_environment: dict[str, str] = field(default_factory=dict)
    """What that would be given beside the pod's."""
    left_out: tuple[str, ...] = ()
    """What a run would be refused for, and what comes of doing without it, for people: "replace: …"."""
    connection: ConnectionWanted = field(default_factory=ConnectionWanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustParams:
    """A notification of the editor's, when the user has decided anew."""

    trusted: bool
