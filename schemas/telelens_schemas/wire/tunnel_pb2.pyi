from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Protocol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TCP: _ClassVar[Protocol]
    UDP: _ClassVar[Protocol]

class Drain(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NONE: _ClassVar[Drain]
    IDLE: _ClassVar[Drain]
    ALL: _ClassVar[Drain]

class HttpPathKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EQUAL: _ClassVar[HttpPathKind]
    PREFIX: _ClassVar[HttpPathKind]
    REGEX: _ClassVar[HttpPathKind]
TCP: Protocol
UDP: Protocol
NONE: Drain
IDLE: Drain
ALL: Drain
EQUAL: HttpPathKind
PREFIX: HttpPathKind
REGEX: HttpPathKind

class Hello(_message.Message):
    __slots__ = ("protocol", "oldest_protocol", "version", "capabilities", "workstation", "agent", "manager")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    OLDEST_PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    WORKSTATION_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    protocol: int
    oldest_protocol: int
    version: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    workstation: WorkstationIdentity
    agent: AgentIdentity
    manager: ManagerIdentity
    def __init__(self, protocol: _Optional[int] = ..., oldest_protocol: _Optional[int] = ..., version: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., workstation: _Optional[_Union[WorkstationIdentity, _Mapping]] = ..., agent: _Optional[_Union[AgentIdentity, _Mapping]] = ..., manager: _Optional[_Union[ManagerIdentity, _Mapping]] = ...) -> None: ...

class WorkstationIdentity(_message.Message):
    __slots__ = ("session_uid", "lane")
    SESSION_UID_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    session_uid: str
    lane: int
    def __init__(self, session_uid: _Optional[str] = ..., lane: _Optional[int] = ...) -> None: ...

class AgentIdentity(_message.Message):
    __slots__ = ("pod_name", "pod_namespace", "pod_uid", "pod_ip", "service_account_token", "certificate")
    POD_NAME_FIELD_NUMBER: _ClassVar[int]
    POD_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    POD_UID_FIELD_NUMBER: _ClassVar[int]
    POD_IP_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ACCOUNT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    pod_name: str
    pod_namespace: str
    pod_uid: str
    pod_ip: str
    service_account_token: str
    certificate: bytes
    def __init__(self, pod_name: _Optional[str] = ..., pod_namespace: _Optional[str] = ..., pod_uid: _Optional[str] = ..., pod_ip: _Optional[str] = ..., service_account_token: _Optional[str] = ..., certificate: _Optional[bytes] = ...) -> None: ...

class ManagerIdentity(_message.Message):
    __slots__ = ("pod_name", "pod_ip")
    POD_NAME_FIELD_NUMBER: _ClassVar[int]
    POD_IP_FIELD_NUMBER: _ClassVar[int]
    pod_name: str
    pod_ip: str
    def __init__(self, pod_name: _Optional[str] = ..., pod_ip: _Optional[str] = ...) -> None: ...

class Open(_message.Message):
    __slots__ = ("intercept_uid", "container_port", "source_address", "source_port")
    INTERCEPT_UID_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_PORT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PORT_FIELD_NUMBER: _ClassVar[int]
    intercept_uid: str
    container_port: int
    source_address: str
    source_port: int
    def __init__(self, intercept_uid: _Optional[str] = ..., container_port: _Optional[int] = ..., source_address: _Optional[str] = ..., source_port: _Optional[int] = ...) -> None: ...

class Control(_message.Message):
    __slots__ = ("agent_configuration", "agent_status", "environment_request", "environment_reply")
    AGENT_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    AGENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_REQUEST_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_REPLY_FIELD_NUMBER: _ClassVar[int]
    agent_configuration: AgentConfiguration
    agent_status: AgentStatus
    environment_request: EnvironmentRequest
    environment_reply: EnvironmentReply
    def __init__(self, agent_configuration: _Optional[_Union[AgentConfiguration, _Mapping]] = ..., agent_status: _Optional[_Union[AgentStatus, _Mapping]] = ..., environment_request: _Optional[_Union[EnvironmentRequest, _Mapping]] = ..., environment_reply: _Optional[_Union[EnvironmentReply, _Mapping]] = ...) -> None: ...

class AgentConfiguration(_message.Message):
    __slots__ = ("generation", "intercepts", "lingering", "canary_sources", "canary_answer")
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    INTERCEPTS_FIELD_NUMBER: _ClassVar[int]
    LINGERING_FIELD_NUMBER: _ClassVar[int]
    CANARY_SOURCES_FIELD_NUMBER: _ClassVar[int]
    CANARY_ANSWER_FIELD_NUMBER: _ClassVar[int]
    generation: int
    intercepts: _containers.RepeatedCompositeFieldContainer[InterceptConfiguration]
    lingering: _containers.RepeatedCompositeFieldContainer[RedirectedPort]
    canary_sources: _containers.RepeatedScalarFieldContainer[str]
    canary_answer: bytes
    def __init__(self, generation: _Optional[int] = ..., intercepts: _Optional[_Iterable[_Union[InterceptConfiguration, _Mapping]]] = ..., lingering: _Optional[_Iterable[_Union[RedirectedPort, _Mapping]]] = ..., canary_sources: _Optional[_Iterable[str]] = ..., canary_answer: _Optional[bytes] = ...) -> None: ...

class RedirectedPort(_message.Message):
    __slots__ = ("container_port", "protocol", "http")
    CONTAINER_PORT_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    HTTP_FIELD_NUMBER: _ClassVar[int]
    container_port: int
    protocol: Protocol
    http: bool
    def __init__(self, container_port: _Optional[int] = ..., protocol: _Optional[_Union[Protocol, str]] = ..., http: _Optional[bool] = ...) -> None: ...

class InterceptConfiguration(_message.Message):
    __slots__ = ("uid", "session_uid", "session_certificate", "mechanism", "container", "ports", "drain", "environment_allowed", "environment_denied_reason", "away", "match")
    UID_FIELD_NUMBER: _ClassVar[int]
    SESSION_UID_FIELD_NUMBER: _ClassVar[int]
    SESSION_CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    MECHANISM_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    PORTS_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_DENIED_REASON_FIELD_NUMBER: _ClassVar[int]
    AWAY_FIELD_NUMBER: _ClassVar[int]
    MATCH_FIELD_NUMBER: _ClassVar[int]
    uid: str
    session_uid: str
    session_certificate: bytes
    mechanism: str
    container: str
    ports: _containers.RepeatedCompositeFieldContainer[RedirectedPort]
    drain: Drain
    environment_allowed: bool
    environment_denied_reason: str
    away: bool
    match: HttpMatch
    def __init__(self, uid: _Optional[str] = ..., session_uid: _Optional[str] = ..., session_certificate: _Optional[bytes] = ..., mechanism: _Optional[str] = ..., container: _Optional[str] = ..., ports: _Optional[_Iterable[_Union[RedirectedPort, _Mapping]]] = ..., drain: _Optional[_Union[Drain, str]] = ..., environment_allowed: _Optional[bool] = ..., environment_denied_reason: _Optional[str] = ..., away: _Optional[bool] = ..., match: _Optional[_Union[HttpMatch, _Mapping]] = ...) -> None: ...

class HttpMatch(_message.Message):
    __slots__ = ("headers", "path")
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    headers: _containers.RepeatedCompositeFieldContainer[HttpHeader]
    path: HttpPath
    def __init__(self, headers: _Optional[_Iterable[_Union[HttpHeader, _Mapping]]] = ..., path: _Optional[_Union[HttpPath, _Mapping]] = ...) -> None: ...

class HttpHeader(_message.Message):
    __slots__ = ("name", "regex")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REGEX_FIELD_NUMBER: _ClassVar[int]
    name: str
    regex: str
    def __init__(self, name: _Optional[str] = ..., regex: _Optional[str] = ...) -> None: ...

class HttpPath(_message.Message):
    __slots__ = ("kind", "value")
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    kind: HttpPathKind
    value: str
    def __init__(self, kind: _Optional[_Union[HttpPathKind, str]] = ..., value: _Optional[str] = ...) -> None: ...

class AgentStatus(_message.Message):
    __slots__ = ("generation", "table_present", "table_message", "redirected_tcp_ports", "intercepts", "http_ports", "http2")
    class Http2Entry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bool
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bool] = ...) -> None: ...
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    TABLE_PRESENT_FIELD_NUMBER: _ClassVar[int]
    TABLE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REDIRECTED_TCP_PORTS_FIELD_NUMBER: _ClassVar[int]
    INTERCEPTS_FIELD_NUMBER: _ClassVar[int]
    HTTP_PORTS_FIELD_NUMBER: _ClassVar[int]
    HTTP2_FIELD_NUMBER: _ClassVar[int]
    generation: int
    table_present: bool
    table_message: str
    redirected_tcp_ports: _containers.RepeatedScalarFieldContainer[int]
    intercepts: _containers.RepeatedCompositeFieldContainer[InterceptStatus]
    http_ports: _containers.RepeatedScalarFieldContainer[int]
    http2: _containers.ScalarMap[int, bool]
    def __init__(self, generation: _Optional[int] = ..., table_present: _Optional[bool] = ..., table_message: _Optional[str] = ..., redirected_tcp_ports: _Optional[_Iterable[int]] = ..., intercepts: _Optional[_Iterable[_Union[InterceptStatus, _Mapping]]] = ..., http_ports: _Optional[_Iterable[int]] = ..., http2: _Optional[_Mapping[int, bool]] = ...) -> None: ...

class InterceptStatus(_message.Message):
    __slots__ = ("uid", "tunnel_connected", "old_connections", "error")
    UID_FIELD_NUMBER: _ClassVar[int]
    TUNNEL_CONNECTED_FIELD_NUMBER: _ClassVar[int]
    OLD_CONNECTIONS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    uid: str
    tunnel_connected: bool
    old_connections: int
    error: str
    def __init__(self, uid: _Optional[str] = ..., tunnel_connected: _Optional[bool] = ..., old_connections: _Optional[int] = ..., error: _Optional[str] = ...) -> None: ...

class EnvironmentRequest(_message.Message):
    __slots__ = ("id", "intercept_uid")
    ID_FIELD_NUMBER: _ClassVar[int]
    INTERCEPT_UID_FIELD_NUMBER: _ClassVar[int]
    id: int
    intercept_uid: str
    def __init__(self, id: _Optional[int] = ..., intercept_uid: _Optional[str] = ...) -> None: ...

class EnvironmentReply(_message.Message):
    __slots__ = ("id", "environment", "denied_reason")
    class EnvironmentEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    DENIED_REASON_FIELD_NUMBER: _ClassVar[int]
    id: int
    environment: _containers.ScalarMap[str, str]
    denied_reason: str
    def __init__(self, id: _Optional[int] = ..., environment: _Optional[_Mapping[str, str]] = ..., denied_reason: _Optional[str] = ...) -> None: ...
