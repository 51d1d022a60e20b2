"""``Intercept``: a workload's traffic goes to a workstation. Lives in the workload's namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from telelens_schemas.names import GROUP_VERSION, INTERCEPT_KIND
from telelens_schemas.resources import codec
from telelens_schemas.resources.fields import CERTIFICATE_LENGTH, NAME_LENGTH, About, Rule
from telelens_schemas.resources.metadata import Metadata

HOST_PATTERN = r"^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]{1,5})?$"
MOST_PORTS = 16
MOST_PODS = 1000
MOST_HEADERS = 16
MOST_GROUPS = 256
GROUP_LENGTH = 256
PATTERN_LENGTH = 1024


class Mechanism(StrEnum):
    """How traffic is chosen."""

    TCP = "tcp"
    HTTP = "http"


class Drain(StrEnum):
    """What happens to connections that were opened before the intercept."""

    NONE = "none"
    IDLE = "idle"
    ALL = "all"


class Protocol(StrEnum):
    """Transport protocol of a port."""

    TCP = "TCP"
    UDP = "UDP"


class PathKind(StrEnum):
    """How a path is compared."""

    EQUAL = "equal"
    PREFIX = "prefix"
    REGEX = "regex"


class Phase(StrEnum):
    """Where an intercept stands."""

    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    AWAY = "AWAY"
    NO_AGENT = "NO_AGENT"
    AGENT_ERROR = "AGENT_ERROR"
    CONFLICT = "CONFLICT"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"
    """Never written: what an older client reads where a newer manager wrote a phase it does not know."""

    @classmethod
    def _missing_(cls, value: object) -> Phase:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReference:
    """Which Session. Name and UID, so that a later session of the same name inherits nothing."""

    name: Annotated[str, About("Name of the Session.", min_length=1, max_length=NAME_LENGTH)]
    uid: Annotated[str, About("UID of the Session.", min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadReference:
    """Which workload of the Intercept's own namespace."""

    kind: Annotated[str, About("Deployment or StatefulSet.", min_length=1, max_length=63)]
    name: Annotated[str, About("Name of the workload.", min_length=1, max_length=NAME_LENGTH)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptPort:
    """One port to take, and where its traffic goes on the workstation."""

    service_port: Annotated[
        str | None,
        About("Name or number of the service's port; absent: the only one.", min_length=1, max_length=63),
    ] = None
    local_host: Annotated[
        str, About("Where the handler listens on the workstation.", min_length=1, max_length=NAME_LENGTH)
    ] = "127.0.0.1"
    local_port: Annotated[int, About("Port of the handler on the workstation.", minimum=1, maximum=65535)]
    protocol: Annotated[Protocol, About("Transport protocol.")] = Protocol.TCP


_PORTS_DISTINCT = Rule(
    "self.all(p, self.exists_one(q, q.protocol == p.protocol"
    " && (has(q.servicePort) ? q.servicePort : '') == (has(p.servicePort) ? p.servicePort : '')))",
    "two entries name the same service port",
)
_NO_REPLACE = Rule("!self", "is not supported by this version of Telelens")


MATCH_ONLY_HTTP = Rule("!has(self.match) || self.mechanism == 'http'", "match needs the mechanism http")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderMatch:
    """One header whose whole value must match a pattern."""

    name: Annotated[
        str, About("Name of the header; :path, :method and :authority, too.", min_length=1, max_length=NAME_LENGTH)
    ]
    regex: Annotated[str, About("Pattern of the whole value.", max_length=PATTERN_LENGTH)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathMatch:
    """The path, without the query."""

    kind: Annotated[PathKind, About("How it is compared.")]
    value: Annotated[str, About("What it is compared with.", min_length=1, max_length=PATTERN_LENGTH)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests are taken: those that match everything here."""

    headers: Annotated[tuple[HeaderMatch, ...], About("The headers.", max_items=MOST_HEADERS)] = ()
    path: Annotated[PathMatch | None, About("The path.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewIngress:
    """Where requests of a preview URL enter the cluster, where that is not the intercepted service."""

    host: Annotated[str, About("Name of a Service: NAME, or NAME.NAMESPACE.", min_length=1, max_length=NAME_LENGTH)]
    port: Annotated[int, About("Its port.", minimum=1, maximum=65535)]
    tls: Annotated[bool, About("Whether it speaks TLS.")] = False
    l5host: Annotated[
        str | None,
        About(
            "The host name that requests ask for; absent: host.",
            min_length=1,
            max_length=NAME_LENGTH,
            pattern=HOST_PATTERN,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRequest:
    """A shareable URL is wanted, whose requests get what the intercept matches."""

    banner: Annotated[bool, About("Whether pages show that they are a preview.")] = True
    ingress: Annotated[PreviewIngress | None, About("Where its requests enter; absent: at the service.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptSpec:
    """What the owner asked for. Immutable."""

    owner: Annotated[
        str,
        About("User name as the API server sees it; the requester.", min_length=1, max_length=NAME_LENGTH * 4),
    ]
    owner_groups: Annotated[
        tuple[str, ...],
        About(
            "Groups of the owner, all of them the requester's; asked whether they may have the environment.",
            max_items=MOST_GROUPS,
            item_length=GROUP_LENGTH,
        ),
    ] = ()
    session: Annotated[SessionReference, About("The owner's Session in the manager's namespace.")]
    workload: Annotated[WorkloadReference, About("The workload whose traffic is taken.")]
    service: Annotated[
        str | None,
        About("Which service, where several select the workload.", min_length=1, max_length=NAME_LENGTH),
    ] = None
    container: Annotated[
        str | None,
        About("Which container, where the port does not tell.", min_length=1, max_length=NAME_LENGTH),
    ] = None
    ports: Annotated[
        tuple[InterceptPort, ...],
        About("The ports to take.", min_items=1, max_items=MOST_PORTS, rules=(_PORTS_DISTINCT,)),
    ]
    mechanism: Annotated[Mechanism, About("How traffic is chosen.")] = Mechanism.TCP
    match: Annotated[Match | None, About("Which requests, with mechanism http; absent: every one.")] = None
    drain: Annotated[Drain, About("What happens to connections opened before.")] = Drain.IDLE
    replace: Annotated[bool, About("Take the container's place.", rules=(_NO_REPLACE,))] = False
    preview: Annotated[PreviewRequest | None, About("A shareable URL; absent: none.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPort:
    """What a port of the spec turned out to be in the cluster."""

    service_port_name: Annotated[str | None, About("Name of the service's port.", max_length=63)] = None
    service_port: Annotated[
        int, About("Number of the service's port; 0 where no service is used.", minimum=0, maximum=65535)
    ] = 0
    container_port: Annotated[int, About("Port inside the pod.", minimum=1, maximum=65535)]
    protocol: Annotated[Protocol, About("Transport protocol.")] = Protocol.TCP
    http2: Annotated[bool | None, About("Whether it speaks HTTP/2, with mechanism http; absent: not known.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentGrant:
    """Whether the owner may have the container's environment: who may not ``pods/exec`` there may not."""

    allowed: Annotated[bool, About("The environment is handed to the owner.")] = False
    reason: Annotated[str, About("Why not.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptedPod:
    """One pod of the workload with its agent."""

    name: Annotated[str, About("Name of the pod.", max_length=NAME_LENGTH)]
    uid: Annotated[str, About("UID of the pod.", max_length=64)]
    ip: Annotated[str, About("Address of the pod.", max_length=64)]
    certificate: Annotated[
        str, About("The agent's self-signed certificate (PEM); the pin.", max_length=CERTIFICATE_LENGTH)
    ]
    connected: Annotated[bool, About("The owner's tunnel is up.")] = False
    old_connections: Annotated[
        int, About("Connections opened before, that still go to the application.", minimum=0)
    ] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewState:
    """What became of the wish for a shareable URL. Who knows the URL may use it."""

    url: Annotated[str, About("The URL; empty: there is none.", max_length=NAME_LENGTH * 2)] = ""
    reason: Annotated[str, About("Why there is none, or why it leads nowhere at the moment.")] = ""

    @property
    def working_url(self) -> str:
        """The URL where it leads somewhere; else empty."""
        return "" if self.reason else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptStatus:
    """How it stands, written by the traffic manager. Environments never stand here: they hold secrets."""

    phase: Annotated[Phase, About("Where the intercept stands.")] = Phase.WAITING
    message: Annotated[str, About("One line: what happened, where.")] = ""
    hint: Annotated[str, About("One line: what to do.")] = ""
    since: Annotated[str | None, About("Since when the phase holds.", format="date-time")] = None
    redirect: Annotated[str | None, About("How traffic reaches the agent: toggle.", max_length=63)] = None
    service: Annotated[str | None, About("The service.", max_length=NAME_LENGTH)] = None
    container: Annotated[str | None, About("The container.", max_length=NAME_LENGTH)] = None
    ports: Annotated[tuple[ResolvedPort, ...], About("The ports, in the spec's order.", max_items=MOST_PORTS)] = ()
    environment: Annotated[EnvironmentGrant, About("Whether the environment is handed over.")] = field(
        default_factory=EnvironmentGrant
    )
    preview: Annotated[PreviewState | None, About("The shareable URL, where one is wanted.")] = None
    pods: Annotated[tuple[InterceptedPod, ...], About("The pods.", max_items=MOST_PODS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intercept:
    """One ``Intercept`` object."""

    metadata: Metadata
    spec: InterceptSpec
    status: InterceptStatus = field(default_factory=InterceptStatus)

    @classmethod
    def from_object(cls, document: Mapping[str, Any]) -> Intercept:
        """Reads the API server's form; raises ``ResourceError`` naming the field."""
        return codec.read(cls, document, INTERCEPT_KIND)

    def to_object(self) -> dict[str, Any]:
        """The API server's form."""
        return {"apiVersion": GROUP_VERSION, "kind": INTERCEPT_KIND, **codec.write(self)}
