from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Problem(_message.Message):
    __slots__ = ("code", "message", "hint", "detail")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    hint: str
    detail: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., hint: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class VersionRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VersionReply(_message.Message):
    __slots__ = ("version", "pid")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    version: str
    pid: int
    def __init__(self, version: _Optional[str] = ..., pid: _Optional[int] = ...) -> None: ...

class ConnectRequest(_message.Message):
    __slots__ = ("kubeconfig", "context", "namespace", "manager_namespace", "environment", "flags", "name", "holder", "any")
    class EnvironmentEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    KUBECONFIG_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MANAGER_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ANY_FIELD_NUMBER: _ClassVar[int]
    kubeconfig: str
    context: str
    namespace: str
    manager_namespace: str
    environment: _containers.ScalarMap[str, str]
    flags: KubeFlags
    name: str
    holder: str
    any: bool
    def __init__(self, kubeconfig: _Optional[str] = ..., context: _Optional[str] = ..., namespace: _Optional[str] = ..., manager_namespace: _Optional[str] = ..., environment: _Optional[_Mapping[str, str]] = ..., flags: _Optional[_Union[KubeFlags, _Mapping]] = ..., name: _Optional[str] = ..., holder: _Optional[str] = ..., any: _Optional[bool] = ...) -> None: ...

class KubeFlags(_message.Message):
    __slots__ = ("server", "cluster", "user", "token", "certificate_authority", "client_certificate", "client_key", "tls_server_name", "insecure_skip_tls_verify", "as_user", "as_groups", "request_timeout")
    SERVER_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    CLIENT_CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_KEY_FIELD_NUMBER: _ClassVar[int]
    TLS_SERVER_NAME_FIELD_NUMBER: _ClassVar[int]
    INSECURE_SKIP_TLS_VERIFY_FIELD_NUMBER: _ClassVar[int]
    AS_USER_FIELD_NUMBER: _ClassVar[int]
    AS_GROUPS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    server: str
    cluster: str
    user: str
    token: str
    certificate_authority: str
    client_certificate: str
    client_key: str
    tls_server_name: str
    insecure_skip_tls_verify: bool
    as_user: str
    as_groups: _containers.RepeatedScalarFieldContainer[str]
    request_timeout: str
    def __init__(self, server: _Optional[str] = ..., cluster: _Optional[str] = ..., user: _Optional[str] = ..., token: _Optional[str] = ..., certificate_authority: _Optional[str] = ..., client_certificate: _Optional[str] = ..., client_key: _Optional[str] = ..., tls_server_name: _Optional[str] = ..., insecure_skip_tls_verify: _Optional[bool] = ..., as_user: _Optional[str] = ..., as_groups: _Optional[_Iterable[str]] = ..., request_timeout: _Optional[str] = ...) -> None: ...

class ConnectEvent(_message.Message):
    __slots__ = ("progress", "connected")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    progress: str
    connected: ConnectionInfo
    def __init__(self, progress: _Optional[str] = ..., connected: _Optional[_Union[ConnectionInfo, _Mapping]] = ...) -> None: ...

class ConnectionInfo(_message.Message):
    __slots__ = ("context", "cluster", "server", "server_version", "namespace", "manager_namespace", "manager_version", "owner", "session", "session_uid", "name", "already_connected", "agent_image", "state", "holders")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_FIELD_NUMBER: _ClassVar[int]
    SERVER_FIELD_NUMBER: _ClassVar[int]
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MANAGER_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MANAGER_VERSION_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SESSION_UID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ALREADY_CONNECTED_FIELD_NUMBER: _ClassVar[int]
    AGENT_IMAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    HOLDERS_FIELD_NUMBER: _ClassVar[int]
    context: str
    cluster: str
    server: str
    server_version: str
    namespace: str
    manager_namespace: str
    manager_version: str
    owner: str
    session: str
    session_uid: str
    name: str
    already_connected: bool
    agent_image: str
    state: str
    holders: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, context: _Optional[str] = ..., cluster: _Optional[str] = ..., server: _Optional[str] = ..., server_version: _Optional[str] = ..., namespace: _Optional[str] = ..., manager_namespace: _Optional[str] = ..., manager_version: _Optional[str] = ..., owner: _Optional[str] = ..., session: _Optional[str] = ..., session_uid: _Optional[str] = ..., name: _Optional[str] = ..., already_connected: _Optional[bool] = ..., agent_image: _Optional[str] = ..., state: _Optional[str] = ..., holders: _Optional[_Iterable[str]] = ...) -> None: ...

class QuitRequest(_message.Message):
    __slots__ = ("stop_daemon", "only_unused")
    STOP_DAEMON_FIELD_NUMBER: _ClassVar[int]
    ONLY_UNUSED_FIELD_NUMBER: _ClassVar[int]
    stop_daemon: bool
    only_unused: bool
    def __init__(self, stop_daemon: _Optional[bool] = ..., only_unused: _Optional[bool] = ...) -> None: ...

class QuitReply(_message.Message):
    __slots__ = ("was_connected", "left", "unfinished", "used")
    WAS_CONNECTED_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    UNFINISHED_FIELD_NUMBER: _ClassVar[int]
    USED_FIELD_NUMBER: _ClassVar[int]
    was_connected: bool
    left: _containers.RepeatedScalarFieldContainer[str]
    unfinished: str
    used: bool
    def __init__(self, was_connected: _Optional[bool] = ..., left: _Optional[_Iterable[str]] = ..., unfinished: _Optional[str] = ..., used: _Optional[bool] = ...) -> None: ...

class StatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StatusReply(_message.Message):
    __slots__ = ("version", "pid", "resident_bytes", "connection", "intercepts", "log_file")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_FIELD_NUMBER: _ClassVar[int]
    INTERCEPTS_FIELD_NUMBER: _ClassVar[int]
    LOG_FILE_FIELD_NUMBER: _ClassVar[int]
    version: str
    pid: int
    resident_bytes: int
    connection: ConnectionInfo
    intercepts: _containers.RepeatedCompositeFieldContainer[InterceptInfo]
    log_file: str
    def __init__(self, version: _Optional[str] = ..., pid: _Optional[int] = ..., resident_bytes: _Optional[int] = ..., connection: _Optional[_Union[ConnectionInfo, _Mapping]] = ..., intercepts: _Optional[_Iterable[_Union[InterceptInfo, _Mapping]]] = ..., log_file: _Optional[str] = ...) -> None: ...

class ListRequest(_message.Message):
    __slots__ = ("namespace",)
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    def __init__(self, namespace: _Optional[str] = ...) -> None: ...

class ListReply(_message.Message):
    __slots__ = ("workloads", "namespace")
    WORKLOADS_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    workloads: _containers.RepeatedCompositeFieldContainer[WorkloadInfo]
    namespace: str
    def __init__(self, workloads: _Optional[_Iterable[_Union[WorkloadInfo, _Mapping]]] = ..., namespace: _Optional[str] = ...) -> None: ...

class WorkloadInfo(_message.Message):
    __slots__ = ("kind", "name", "namespace", "ready_replicas", "replicas", "agent_installed", "intercepts", "not_interceptable")
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    READY_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    AGENT_INSTALLED_FIELD_NUMBER: _ClassVar[int]
    INTERCEPTS_FIELD_NUMBER: _ClassVar[int]
    NOT_INTERCEPTABLE_FIELD_NUMBER: _ClassVar[int]
    kind: str
    name: str
    namespace: str
    ready_replicas: int
    replicas: int
    agent_installed: bool
    intercepts: _containers.RepeatedCompositeFieldContainer[InterceptInfo]
    not_interceptable: str
    def __init__(self, kind: _Optional[str] = ..., name: _Optional[str] = ..., namespace: _Optional[str] = ..., ready_replicas: _Optional[int] = ..., replicas: _Optional[int] = ..., agent_installed: _Optional[bool] = ..., intercepts: _Optional[_Iterable[_Union[InterceptInfo, _Mapping]]] = ..., not_interceptable: _Optional[str] = ...) -> None: ...

class PortMapping(_message.Message):
    __slots__ = ("local_host", "local_port", "service_port", "protocol")
    LOCAL_HOST_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PORT_FIELD_NUMBER: _ClassVar[int]
    SERVICE_PORT_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    local_host: str
    local_port: int
    service_port: str
    protocol: str
    def __init__(self, local_host: _Optional[str] = ..., local_port: _Optional[int] = ..., service_port: _Optional[str] = ..., protocol: _Optional[str] = ...) -> None: ...

class InterceptRequest(_message.Message):
    __slots__ = ("name", "workload", "workload_kind", "namespace", "service", "container", "ports", "mechanism", "drain", "hold", "headers", "path", "automatic_header", "preview")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WORKLOAD_FIELD_NUMBER: _ClassVar[int]
    WORKLOAD_KIND_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    PORTS_FIELD_NUMBER: _ClassVar[int]
    MECHANISM_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_HEADER_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    name: str
    workload: str
    workload_kind: str
    namespace: str
    service: str
    container: str
    ports: _containers.RepeatedCompositeFieldContainer[PortMapping]
    mechanism: str
    drain: str
    hold: bool
    headers: _containers.RepeatedCompositeFieldContainer[HeaderMatch]
    path: PathMatch
    automatic_header: bool
    preview: Preview
    def __init__(self, name: _Optional[str] = ..., workload: _Optional[str] = ..., workload_kind: _Optional[str] = ..., namespace: _Optional[str] = ..., service: _Optional[str] = ..., container: _Optional[str] = ..., ports: _Optional[_Iterable[_Union[PortMapping, _Mapping]]] = ..., mechanism: _Optional[str] = ..., drain: _Optional[str] = ..., hold: _Optional[bool] = ..., headers: _Optional[_Iterable[_Union[HeaderMatch, _Mapping]]] = ..., path: _Optional[_Union[PathMatch, _Mapping]] = ..., automatic_header: _Optional[bool] = ..., preview: _Optional[_Union[Preview, _Mapping]] = ...) -> None: ...

class Preview(_message.Message):
    __slots__ = ("no_banner", "ingress")
    NO_BANNER_FIELD_NUMBER: _ClassVar[int]
    INGRESS_FIELD_NUMBER: _ClassVar[int]
    no_banner: bool
    ingress: PreviewIngress
    def __init__(self, no_banner: _Optional[bool] = ..., ingress: _Optional[_Union[PreviewIngress, _Mapping]] = ...) -> None: ...

class PreviewIngress(_message.Message):
    __slots__ = ("host", "port", "tls", "l5host")
    HOST_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    TLS_FIELD_NUMBER: _ClassVar[int]
    L5HOST_FIELD_NUMBER: _ClassVar[int]
    host: str
    port: int
    tls: bool
    l5host: str
    def __init__(self, host: _Optional[str] = ..., port: _Optional[int] = ..., tls: _Optional[bool] = ..., l5host: _Optional[str] = ...) -> None: ...

class HeaderMatch(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class PathMatch(_message.Message):
    __slots__ = ("kind", "value")
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    kind: str
    value: str
    def __init__(self, kind: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class InterceptEvent(_message.Message):
    __slots__ = ("progress", "active", "changed")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    progress: str
    active: InterceptInfo
    changed: InterceptInfo
    def __init__(self, progress: _Optional[str] = ..., active: _Optional[_Union[InterceptInfo, _Mapping]] = ..., changed: _Optional[_Union[InterceptInfo, _Mapping]] = ...) -> None: ...

class InterceptInfo(_message.Message):
    __slots__ = ("name", "namespace", "uid", "owner", "host", "workload_kind", "workload", "service", "container", "phase", "message", "mechanism", "drain", "redirect", "ports", "pods", "environment", "environment_denied_reason", "created", "mine", "intercepting", "headers", "path", "curl", "preview_url", "preview_denied_reason")
    class EnvironmentEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    WORKLOAD_KIND_FIELD_NUMBER: _ClassVar[int]
    WORKLOAD_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MECHANISM_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    REDIRECT_FIELD_NUMBER: _ClassVar[int]
    PORTS_FIELD_NUMBER: _ClassVar[int]
    PODS_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_DENIED_REASON_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    MINE_FIELD_NUMBER: _ClassVar[int]
    INTERCEPTING_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    CURL_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_URL_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_DENIED_REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    namespace: str
    uid: str
    owner: str
    host: str
    workload_kind: str
    workload: str
    service: str
    container: str
    phase: str
    message: str
    mechanism: str
    drain: str
    redirect: str
    ports: _containers.RepeatedCompositeFieldContainer[InterceptedPort]
    pods: _containers.RepeatedCompositeFieldContainer[InterceptedPod]
    environment: _containers.ScalarMap[str, str]
    environment_denied_reason: str
    created: str
    mine: bool
    intercepting: str
    headers: _containers.RepeatedCompositeFieldContainer[HeaderMatch]
    path: PathMatch
    curl: str
    preview_url: str
    preview_denied_reason: str
    def __init__(self, name: _Optional[str] = ..., namespace: _Optional[str] = ..., uid: _Optional[str] = ..., owner: _Optional[str] = ..., host: _Optional[str] = ..., workload_kind: _Optional[str] = ..., workload: _Optional[str] = ..., service: _Optional[str] = ..., container: _Optional[str] = ..., phase: _Optional[str] = ..., message: _Optional[str] = ..., mechanism: _Optional[str] = ..., drain: _Optional[str] = ..., redirect: _Optional[str] = ..., ports: _Optional[_Iterable[_Union[InterceptedPort, _Mapping]]] = ..., pods: _Optional[_Iterable[_Union[InterceptedPod, _Mapping]]] = ..., environment: _Optional[_Mapping[str, str]] = ..., environment_denied_reason: _Optional[str] = ..., created: _Optional[str] = ..., mine: _Optional[bool] = ..., intercepting: _Optional[str] = ..., headers: _Optional[_Iterable[_Union[HeaderMatch, _Mapping]]] = ..., path: _Optional[_Union[PathMatch, _Mapping]] = ..., curl: _Optional[str] = ..., preview_url: _Optional[str] = ..., preview_denied_reason: _Optional[str] = ...) -> None: ...

class InterceptedPort(_message.Message):
    __slots__ = ("service_port_identifier", "service_port", "container_port", "local_host", "local_port", "protocol")
    SERVICE_PORT_IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    SERVICE_PORT_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_PORT_FIELD_NUMBER: _ClassVar[int]
    LOCAL_HOST_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PORT_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    service_port_identifier: str
    service_port: int
    container_port: int
    local_host: str
    local_port: int
    protocol: str
    def __init__(self, service_port_identifier: _Optional[str] = ..., service_port: _Optional[int] = ..., container_port: _Optional[int] = ..., local_host: _Optional[str] = ..., local_port: _Optional[int] = ..., protocol: _Optional[str] = ...) -> None: ...

class InterceptedPod(_message.Message):
    __slots__ = ("name", "address", "transport", "connected", "old_connections")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    TRANSPORT_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    OLD_CONNECTIONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    address: str
    transport: str
    connected: bool
    old_connections: int
    def __init__(self, name: _Optional[str] = ..., address: _Optional[str] = ..., transport: _Optional[str] = ..., connected: _Optional[bool] = ..., old_connections: _Optional[int] = ...) -> None: ...

class LeaveRequest(_message.Message):
    __slots__ = ("name", "namespace")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    name: str
    namespace: str
    def __init__(self, name: _Optional[str] = ..., namespace: _Optional[str] = ...) -> None: ...

class LeaveReply(_message.Message):
    __slots__ = ("intercept",)
    INTERCEPT_FIELD_NUMBER: _ClassVar[int]
    intercept: InterceptInfo
    def __init__(self, intercept: _Optional[_Union[InterceptInfo, _Mapping]] = ...) -> None: ...

class RunRequest(_message.Message):
    __slots__ = ("file", "text", "environment", "working_directory", "debug_handler", "connect", "umask")
    class EnvironmentEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    FILE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    WORKING_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    DEBUG_HANDLER_FIELD_NUMBER: _ClassVar[int]
    CONNECT_FIELD_NUMBER: _ClassVar[int]
    UMASK_FIELD_NUMBER: _ClassVar[int]
    file: str
    text: str
    environment: _containers.ScalarMap[str, str]
    working_directory: str
    debug_handler: str
    connect: ConnectRequest
    umask: int
    def __init__(self, file: _Optional[str] = ..., text: _Optional[str] = ..., environment: _Optional[_Mapping[str, str]] = ..., working_directory: _Optional[str] = ..., debug_handler: _Optional[str] = ..., connect: _Optional[_Union[ConnectRequest, _Mapping]] = ..., umask: _Optional[int] = ...) -> None: ...

class RunEvent(_message.Message):
    __slots__ = ("progress", "active", "handler_started", "handler_output", "handler_ended", "ready")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    HANDLER_STARTED_FIELD_NUMBER: _ClassVar[int]
    HANDLER_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    HANDLER_ENDED_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    progress: str
    active: InterceptInfo
    handler_started: HandlerStarted
    handler_output: HandlerOutput
    handler_ended: HandlerEnded
    ready: RunReady
    def __init__(self, progress: _Optional[str] = ..., active: _Optional[_Union[InterceptInfo, _Mapping]] = ..., handler_started: _Optional[_Union[HandlerStarted, _Mapping]] = ..., handler_output: _Optional[_Union[HandlerOutput, _Mapping]] = ..., handler_ended: _Optional[_Union[HandlerEnded, _Mapping]] = ..., ready: _Optional[_Union[RunReady, _Mapping]] = ...) -> None: ...

class HandlerStarted(_message.Message):
    __slots__ = ("handler", "pid", "debug_host", "debug_port")
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    DEBUG_HOST_FIELD_NUMBER: _ClassVar[int]
    DEBUG_PORT_FIELD_NUMBER: _ClassVar[int]
    handler: str
    pid: int
    debug_host: str
    debug_port: int
    def __init__(self, handler: _Optional[str] = ..., pid: _Optional[int] = ..., debug_host: _Optional[str] = ..., debug_port: _Optional[int] = ...) -> None: ...

class HandlerOutput(_message.Message):
    __slots__ = ("handler", "is_stderr", "data")
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    IS_STDERR_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    handler: str
    is_stderr: bool
    data: bytes
    def __init__(self, handler: _Optional[str] = ..., is_stderr: _Optional[bool] = ..., data: _Optional[bytes] = ...) -> None: ...

class HandlerEnded(_message.Message):
    __slots__ = ("handler", "exit_code", "reason")
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    handler: str
    exit_code: int
    reason: str
    def __init__(self, handler: _Optional[str] = ..., exit_code: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class RunReady(_message.Message):
    __slots__ = ("intercepts",)
    INTERCEPTS_FIELD_NUMBER: _ClassVar[int]
    intercepts: _containers.RepeatedCompositeFieldContainer[InterceptInfo]
    def __init__(self, intercepts: _Optional[_Iterable[_Union[InterceptInfo, _Mapping]]] = ...) -> None: ...
