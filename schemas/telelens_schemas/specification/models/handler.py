"""Code that runs locally."""

from __future__ import annotations

from dataclasses import dataclass, field

from telelens_schemas.specification.models.docker import Docker
from telelens_schemas.specification.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """An environment variable of a handler."""

    name: str = ""
    value: str = ""
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A handler that is a shell script; ``shell`` ``None`` is the user's own."""

    run: str = ""
    shell: str | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """Runs nothing: writes what something that the user starts needs to know."""

    is_docker: bool = False
    output_format: str = "json"
    output_path: str = "stdout"
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Debug:
    """How a handler runs under a debugger; ``port`` ``None`` is a free one."""

    type: str = "debugpy"
    port: int | None = None
    wait_for_client: bool = False
    just_my_code: bool = True
    sub_process: bool = True
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """At most one of ``script``, ``docker``, ``external``; without any it is a no-op: a service that is down."""

    name: str = ""
    environment: tuple[Variable, ...] = ()
    script: Script | None = None
    docker: Docker | None = None
    external: External | None = None
    debug: Debug | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """Its environment, by name; of one that is given twice, the last."""
        return {variable.name: variable.value for variable in self.environment}

    @property
    def kind(self) -> str:
        """In a word, as lists show it."""
        if self.docker is not None and self.docker.compose is not None:
            return "compose"
        return next((word for word in ("script", "docker", "external") if getattr(self, word) is not None), "no-op")
