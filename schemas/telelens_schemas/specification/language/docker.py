"""Handlers that run in containers."""

from __future__ import annotations

import re

from telelens_schemas.specification.language.texts import ARGUMENT, CONNECTION_NAME, DNS_LABEL, SOME_TEXT
from telelens_schemas.specification.models import (
    Build,
    Compose,
    ComposeService,
    ComposeSpec,
    ComposeSpecService,
    Docker,
    Mapping,
)
from telelens_schemas.specification.shapes import Key, Keyed, Leads, LocalPort, Many, Names, Struct, Text

MAPPING = Struct(
    "mapping",
    Mapping,
    (
        Key("name", DNS_LABEL, "Name of the service in the cluster.", field="name", names=Names.SERVICE, required=True),
        Key(
            "namespace",
            DNS_LABEL,
            "Its namespace.",
            field="namespace",
            names=Names.NAMESPACE,
            default="the connection's",
        ),
    ),
    main="name",
)
_BEHAVIOR = Key(
    "behavior",
    Text("interceptHandler, remote or local", choices=("interceptHandler", "remote", "local")),
    "interceptHandler: runs here and takes the traffic; remote: is not started, its name leads to the cluster's"
    " service; local: runs here, untouched.",
    field="behavior",
    default="local",
)
_REST = (
    _BEHAVIOR,
    Key("mapping", MAPPING, "The service of the cluster that the name of a remote one leads to.", field="mapping"),
    Key("connection", CONNECTION_NAME, "Which connection it uses.", field="connection", names=Names.CONNECTION),
)
COMPOSE_SERVICE = Struct(
    "compose service",
    ComposeService,
    (
        Key(
            "name",
            Text("a compose service's name", re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*"), is_name=True),
            "Name of the service in the compose file.",
            field="name",
            required=True,
            names=Names.COMPOSE_SERVICE,
        ),
        *_REST,
    ),
    main="name",
)
EXTENSION = "x-telepresence"
COMPOSE_SPEC_SERVICE = Struct(
    "service",
    ComposeSpecService,
    (
        Key(
            EXTENSION,
            Struct(EXTENSION, ComposeService, _REST),
            "What becomes of the service; the keys of docker.compose.services, without the name.",
            field="extension",
        ),
    ),
    is_open=True,
)
COMPOSE_SPEC = Struct(
    "compose file",
    ComposeSpec,
    (Key("services", Keyed(COMPOSE_SPEC_SERVICE), "Its services by name.", field="services"),),
    is_open=True,
)
COMPOSE = Struct(
    "compose",
    Compose,
    (
        Key(
            "context",
            SOME_TEXT,
            "Path of a compose file, or of the folder that has one.",
            field="context",
            leads=Leads.COMPOSE_FILE,
            default="the current folder",
        ),
        # A published example spells it with a capital.
        Key("services", Many(COMPOSE_SERVICE), "What becomes of its services.", field="services", also=("Services",)),
        Key("spec", COMPOSE_SPEC, "A compose file, written here.", field="spec"),
    ),
    main="context",
)
BUILD = Struct(
    "build",
    Build,
    (
        Key(
            "context",
            SOME_TEXT,
            "A folder with a Dockerfile, or a git URL.",
            field="context",
            required=True,
            leads=Leads.FOLDER,
        ),
        Key("args", Many(ARGUMENT), "Arguments of docker build.", field="args"),
    ),
    main="context",
)
DOCKER = Struct(
    "docker",
    Docker,
    (
        Key("image", SOME_TEXT, "Which image to run.", field="image"),
        Key("build", BUILD, "How to build the image.", field="build"),
        Key("compose", COMPOSE, "A compose file whose services run.", field="compose"),
        Key("ports", Many(LocalPort()), "Ports that are published on the host.", field="ports"),
        Key("options", Many(ARGUMENT), "Further options of docker run.", field="options"),
        Key("command", SOME_TEXT, "What to run in the container.", field="command", default="the image's"),
        Key("args", Many(ARGUMENT), "Arguments of the command.", field="args"),
    ),
    exclusive=(("image", "build", "compose"),),
    at_least_one=(("image", "build", "compose"),),
    main="image",
)
