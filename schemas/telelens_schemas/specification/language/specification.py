"""The root of a specification."""

from __future__ import annotations

import re

from telelens_schemas.specification.language.connection import CONNECTION, NAMED_CONNECTION
from telelens_schemas.specification.language.handler import HANDLER
from telelens_schemas.specification.language.intercept import INTERCEPT
from telelens_schemas.specification.language.texts import DNS_LABEL, HANDLER_NAME, SOME_TEXT
from telelens_schemas.specification.models import Prerequisite, Specification, Workload
from telelens_schemas.specification.shapes import Key, Many, Names, Struct, Support, Text

WORKLOAD_NAME = Text("a workload's name", re.compile(r"([a-z0-9][a-z0-9-]{0,62}/)?[a-z][a-z0-9-]{0,62}"), is_name=True)
WORKLOAD_NAMESPACE = Key(
    "namespace",
    DNS_LABEL,
    "Its namespace.",
    field="namespace",
    names=Names.NAMESPACE,
    default="the connection's",
)
WORKLOAD = Struct(
    "workload",
    Workload,
    (
        Key(
            "name",
            WORKLOAD_NAME,
            "Name of the workload; where there are several connections, CONNECTION/NAME.",
            field="name",
            required=True,
            names=Names.WORKLOAD,
        ),
        WORKLOAD_NAMESPACE,
        Key("intercepts", Many(INTERCEPT), "What to intercept of it.", field="intercepts"),
    ),
    main="name",
)
PREREQUISITE = Struct(
    "prerequisite",
    Prerequisite,
    (
        Key(
            "create",
            HANDLER_NAME,
            "Handler that runs before the first intercept.",
            field="create",
            names=Names.HANDLER,
        ),
        Key(
            "delete",
            HANDLER_NAME,
            "Handler that runs after the last intercept is gone, whatever happened, if the create succeeded.",
            field="delete",
            names=Names.HANDLER,
        ),
    ),
    at_least_one=(("create", "delete"),),
)
NAME = Key("name", SOME_TEXT, "Name of the specification.", field="name", default="the file's name")
ONE_CONNECTION = Key("connection", CONNECTION, "How to connect.", field="connection")
PREREQUISITES = Key(
    "prerequisites",
    Many(PREREQUISITE),
    "Handlers to run before and after; the ones after in reverse order.",
    field="prerequisites",
    support=Support.NOT_YET,
    instead="run them by hand and leave the key out",
)
HANDLERS = Key("handlers", Many(HANDLER), "Code that runs locally.", field="handlers")
WORKLOADS = Key("workloads", Many(WORKLOAD), "Remote workloads to intercept.", field="workloads")
SPECIFICATION = Struct(
    "specification",
    Specification,
    (
        NAME,
        ONE_CONNECTION,
        Key(
            "connections",
            Many(NAMED_CONNECTION),
            "Several connections, each with a name, with which then every workload's name begins.",
            field="connections",
            support=Support.NOT_YET,
            instead="write one specification for each connection",
        ),
        PREREQUISITES,
        HANDLERS,
        WORKLOADS,
    ),
    exclusive=(("connection", "connections"),),
)
