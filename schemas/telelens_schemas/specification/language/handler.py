"""Code that runs locally."""

from __future__ import annotations

import re

from telelens_schemas.specification.language.docker import DOCKER
from telelens_schemas.specification.language.texts import HANDLER_NAME, SOME_TEXT
from telelens_schemas.specification.models import Debug, External, Handler, Script, Variable
from telelens_schemas.specification.shapes import Flag, Key, Leads, LocalPort, Many, Struct, Support, Text

VARIABLE_NAME = Text("a variable's name", re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*"), is_name=True)
VARIABLE = Struct(
    "environment variable",
    Variable,
    (
        Key("name", VARIABLE_NAME, "Name of the variable.", field="name", required=True),
        Key("value", Text(), "Its value, over the one imported from the container.", field="value", required=True),
    ),
)
SCRIPT = Struct(
    "script",
    Script,
    (
        Key("run", SOME_TEXT, "What the shell runs; may have several lines.", field="run", required=True),
        Key(
            "shell",
            Text("bash, zsh or sh", choices=("bash", "zsh", "sh")),
            "Which shell.",
            field="shell",
            default="the user's SHELL",
        ),
    ),
    main="run",
)
EXTERNAL = Struct(
    "external",
    External,
    (
        Key(
            "isDocker",
            Flag(),
            "Whether what the user starts is a container.",
            field="is_docker",
            default="false",
        ),
        Key(
            "outputFormat",
            Text("json or yaml", choices=("json", "yaml")),
            "How environment, mounts, ports and the intercept are written.",
            field="output_format",
            default="json",
        ),
        Key(
            "outputPath",
            SOME_TEXT,
            "Where they are written to: stdout, stderr or a file.",
            field="output_path",
            leads=Leads.OUTPUT,
            default="stdout",
        ),
    ),
)
DEBUG = Struct(
    "debug",
    Debug,
    (
        Key("type", Text("debugpy", choices=("debugpy",)), "Which debugger.", field="type", default="debugpy"),
        Key("port", LocalPort(), "Where the debugger listens.", field="port", default="a free port"),
        Key(
            "waitForClient",
            Flag(),
            "Wait for the editor before the first line runs.",
            field="wait_for_client",
            default="false",
        ),
        Key("justMyCode", Flag(), "Step over libraries.", field="just_my_code", default="true"),
        Key("subProcess", Flag(), "Debug child processes too.", field="sub_process", default="true"),
    ),
)
HANDLER = Struct(
    "handler",
    Handler,
    (
        Key("name", HANDLER_NAME, "Reference name.", field="name", required=True),
        Key("environment", Many(VARIABLE), "Variables over those of the container.", field="environment"),
        Key("script", SCRIPT, "A shell script that runs here.", field="script"),
        Key(
            "docker",
            DOCKER,
            "A container that runs here.",
            field="docker",
            support=Support.NOT_YET,
            instead="write a script that starts the container",
        ),
        Key(
            "external",
            EXTERNAL,
            "Something that the user starts: nothing is run, what it needs to know is written.",
            field="external",
            support=Support.NOT_YET,
            instead="leave the handler out of its intercepts and use telelens intercept --env-file",
        ),
        Key("debug", DEBUG, "Run the handler under a debugger.", field="debug"),
    ),
    exclusive=(("script", "docker", "external"),),
    main="name",
)
