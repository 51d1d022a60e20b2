"""Which kinds of workloads can be intercepted: among these a run, a check and the editor look for a name."""

from __future__ import annotations

from typing import Final

from telelens_schemas.workloads.reasons import SUPPORTED_KINDS

from telelens_daemons.kube.resources import DEPLOYMENTS, STATEFUL_SETS, Resource

_RESOURCES: Final = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFUL_SETS}
KINDS: Final[dict[str, Resource]] = {kind: _RESOURCES[kind] for kind in SUPPORTED_KINDS}
