"""What lies outside of the template: the environment that its caller gives, and host names."""

from __future__ import annotations

import re
from typing import Final

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.values import byte_length

SURROUNDINGS = Family()
function = SURROUNDINGS.function

_REFERENCE: Final = re.compile(r"\$(?:\{([*#$@!?0-9-])\}|\{([^}]*)\}|([*#$@!?0-9-])|([A-Za-z_][A-Za-z0-9_]*)|(\{))")


@function("env", "name string", "string", "The value of an environment variable; empty where it is not set.")
def env(calling: Calling, name: str) -> str:
    return calling.environment.get(name, "")


@function("expandenv", "text string", "string", "The text with $NAME and ${NAME} replaced by environment variables.")
def expandenv(calling: Calling, text: str) -> str:
    def value(found: re.Match[str]) -> str:
        calling.budget.step()
        name = next((group for group in found.groups()[:4] if group), "")
        expanded = calling.environment.get(name, "") if name else ""
        calling.budget.memory(byte_length(expanded))
        return expanded

    calling.budget.memory(byte_length(text))
    return _REFERENCE.sub(value, text)


@function(
    "getHostByName", "name string", "string", "An address of the host. Not asked for while a file is only looked at."
)
def get_host_by_name(calling: Calling, name: str) -> str:
    if not calling.may_use_network:
        raise FunctionError("the network is not asked here: getHostByName works when the specification runs")
    import socket

    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FunctionError(f"no address for host {name}: {error}") from error
    return str(found[0][4][0])
