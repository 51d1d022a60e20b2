"""How a specification connects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telelens_schemas.specification.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to connect; what is ``None`` is the caller's default."""

    name: str | None = None
    context: str | None = None
    namespace: str | None = None
    mapped_namespaces: tuple[str, ...] = ()
    manager_namespace: str | None = None
    hostname: str | None = None
    """Of the container or isolated network."""
    expose: tuple[str, ...] = ()
    """``[IP:][port:]container-port``, each published on the host."""
    also_proxy: tuple[str, ...] = ()
    never_proxy: tuple[str, ...] = ()
    allow_conflicting_subnets: tuple[str, ...] = ()
    proxy_via: tuple[str, ...] = ()
    """``CIDR=WORKLOAD`` each."""
    docker: bool = False
    kubeconfig: str | None = None
    kube_flags: Mapping[str, str] = field(default_factory=dict)
    source: Source = field(default_factory=Source, compare=False, repr=False)
