"""The whole language as one table: every key, what it may hold, what it means, whether this version can run it."""

from __future__ import annotations

import re

from telelens_schemas.specification.models import (
    Connection,
    Debug,
    Handler,
    Header,
    Intercept,
    Script,
    Specification,
    Variable,
    Workload,
)
from telelens_schemas.specification.shapes import (
    Anything,
    Flag,
    Key,
    LocalPort,
    Many,
    Names,
    ServicePort,
    Struct,
    Support,
    Text,
    TextMap,
)

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DNS_LABEL = Text("a DNS label", re.compile(_LABEL))
_OBJECT_NAME = Text("a name in Kubernetes (RFC 1123)", re.compile(rf"{_LABEL}(\.{_LABEL})*"))
_HANDLER_NAME = Text("a handler's name", re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*"))
_SOME_TEXT = Text("text that is not empty", may_be_blank=False)

VARIABLE = Struct(
    "environment variable",
    Variable,
    (
        Key(
            "name",
            Text("a variable's name", re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")),
            "Name of the variable.",
            field="name",
            required=True,
        ),
        Key("value", Text(), "Its value, over the one imported from the container.", field="value", required=True),
    ),
)
SCRIPT = Struct(
    "script",
    Script,
    (
        Key("run", _SOME_TEXT, "What the shell runs; may have several lines.", field="run", required=True),
        Key(
            "shell",
            Text("bash, zsh or sh", choices=("bash", "zsh", "sh")),
            "Which shell; default: the user's SHELL.",
            field="shell",
        ),
    ),
)
DEBUG = Struct(
    "debug",
    Debug,
    (
        Key("type", Text("debugpy", choices=("debugpy",)), "Which debugger.", field="type"),
        Key("port", LocalPort(), "Where the debugger listens; default: a free port.", field="port"),
        Key("waitForClient", Flag(), "Wait for the editor before the first line runs.", field="wait_for_client"),
        Key("justMyCode", Flag(), "Step over libraries.", field="just_my_code"),
        Key("subProcess", Flag(), "Debug child processes too.", field="sub_process"),
    ),
)
HANDLER = Struct(
    "handler",
    Handler,
    (
        Key("name", _HANDLER_NAME, "Reference name.", field="name", required=True),
        Key("environment", Many(VARIABLE), "Variables over those of the container.", field="environment"),
        Key("script", SCRIPT, "A shell script that runs here.", field="script"),
        Key("docker", Anything(), "A container that runs here.", support=Support.NOT_YET),
        Key("external", Anything(), "Something that the user starts.", support=Support.NOT_YET),
        Key("debug", DEBUG, "Run the handler under a debugger.", field="debug"),
    ),
    exclusive=(("script", "docker", "external"),),
)
CONNECTION = Struct(
    "connection",
    Connection,
    (
        Key(
            "name", Text("a connection's name", re.compile(r"[a-z0-9][a-z0-9-]{0,62}")), "Reference name.", field="name"
        ),
        Key(
            "context",
            _SOME_TEXT,
            "Context of the kubeconfig; default: the current one.",
            field="context",
            names=Names.CONTEXT,
        ),
        Key(
            "namespace",
            _DNS_LABEL,
            "Namespace that it is bound to; default: the context's.",
            field="namespace",
            names=Names.NAMESPACE,
        ),
        Key(
            "managerNamespace",
            _DNS_LABEL,
            "Where the traffic manager is.",
            field="manager_namespace",
            names=Names.NAMESPACE,
        ),
        Key("kubeconfig", _SOME_TEXT, "Path of the kubeconfig.", field="kubeconfig"),
        Key("kubeFlags", TextMap(), "kubectl's connection flags, without the dashes.", field="kube_flags"),
        Key("mappedNamespaces", Anything(), "Namespaces that it cares about.", support=Support.IGNORED),
        Key("alsoProxy", Anything(), "Further subnets to reach.", support=Support.IGNORED),
        Key("neverProxy", Anything(), "Subnets not to reach.", support=Support.IGNORED),
        Key("allowConflictingSubnets", Anything(), "Subnets that may overlap.", support=Support.IGNORED),
        Key("proxyVia", Anything(), "Subnets to translate.", support=Support.IGNORED),
        Key("hostname", Anything(), "Host name of the isolated network.", support=Support.NOT_YET),
        Key("expose", Anything(), "Publish a port of the isolated network.", support=Support.NOT_YET),
        Key("docker", Anything(), "Connect inside a container.", support=Support.OFF_ONLY),
    ),
)
FILTER_KEYS = frozenset({"headers", "pathPrefix", "pathEqual", "pathRegexp"})
HEADER = Struct(
    "header",
    Header,
    (
        Key(
            "name",
            _SOME_TEXT,
            "Name of the header; :path, :method and :authority, too.",
            field="name",
            required=True,
            names=Names.HEADER,
        ),
        Key(
            "value",
            Text(),
            "A regular expression that the whole value must match; auto: a value that is this intercept's alone.",
            field="value",
            required=True,
        ),
    ),
)
INTERCEPT = Struct(
    "intercept",
    Intercept,
    (
        Key("name", _OBJECT_NAME, "Name of the intercept; default: the workload's.", field="name"),
        Key("enabled", Flag(), "false skips it.", field="enabled"),
        Key("handler", _HANDLER_NAME, "Which handler takes it.", field="handler", names=Names.HANDLER),
        Key(
            "service",
            _DNS_LABEL,
            "Which service, where several select the workload.",
            field="service",
            names=Names.SERVICE,
        ),
        Key("port", ServicePort(), "The service's port: number or name.", field="port", names=Names.PORT),
        Key("localPort", LocalPort(), "Where the handler listens; default: 8080.", field="local_port"),
        Key("headers", Many(HEADER), "Only requests with all of these headers.", field="headers"),
        Key("pathPrefix", _SOME_TEXT, "Only requests whose path begins so.", field="path_prefix"),
        Key("pathEqual", _SOME_TEXT, "Only requests of this path.", field="path_equal"),
        Key("pathRegexp", _SOME_TEXT, "Only requests whose whole path matches.", field="path_regexp"),
        Key("global", Flag(), "All traffic; excludes headers and paths.", field="is_global"),
        Key("replace", Anything(), "The container does not run meanwhile.", support=Support.OFF_ONLY),
        Key("mountPoint", Anything(), "Where remote volumes are mounted.", support=Support.OFF_ONLY),
        Key("previewURL", Anything(), "A shareable URL that sets the header.", support=Support.OFF_ONLY),
    ),
    exclusive=(("pathPrefix", "pathEqual", "pathRegexp"),),
)
WORKLOAD = Struct(
    "workload",
    Workload,
    (
        Key(
            "name",
            Text("a workload's name", re.compile(r"([a-z0-9][a-z0-9-]{0,62}/)?[a-z][a-z0-9-]{0,62}")),
            "Name of the workload.",
            field="name",
            required=True,
            names=Names.WORKLOAD,
        ),
        Key(
            "namespace",
            _DNS_LABEL,
            "Its namespace; default: the connection's.",
            field="namespace",
            names=Names.NAMESPACE,
        ),
        Key("intercepts", Many(INTERCEPT), "What to intercept of it.", field="intercepts"),
    ),
)
SPECIFICATION = Struct(
    "specification",
    Specification,
    (
        Key("name", _SOME_TEXT, "Name of the specification; default: the file's.", field="name"),
        Key("connection", CONNECTION, "How to connect.", field="connection"),
        Key("connections", Anything(), "Several connections.", support=Support.NOT_YET),
        Key("prerequisites", Anything(), "Handlers to run before and after.", support=Support.NOT_YET),
        Key("handlers", Many(HANDLER), "Code that runs locally.", field="handlers"),
        Key("workloads", Many(WORKLOAD), "Remote workloads to intercept.", field="workloads"),
    ),
    exclusive=(("connection", "connections"),),
)
GROUP = "getambassador.io"
KIND = "InterceptSpecification"
VERSION = "v1alpha4"
_METADATA = Struct(
    "metadata",
    dict,
    (
        Key("name", _DNS_LABEL, "Name of the object, and of the specification.", required=True),
        Key("namespace", _DNS_LABEL, "Where the object is stored.", names=Names.NAMESPACE),
        Key("labels", Anything(), "Labels of the object."),
        Key("annotations", Anything(), "Annotations of the object."),
    ),
)
CRD_FORM = Struct(
    "Kubernetes object",
    dict,
    (
        Key("apiVersion", Text(choices=(f"{GROUP}/{VERSION}",)), "Group and version of the kind.", required=True),
        Key("kind", Text(choices=(KIND,)), "What the object is.", required=True),
        Key("metadata", _METADATA, "Name and labels of the object."),
        Key("spec", SPECIFICATION, "The specification itself.", required=True),
    ),
)
"""What is around a specification that is a Kubernetes object; the rest of what may stand there is Kubernetes'."""
