"""Which kinds of workloads can be intercepted."""

from __future__ import annotations

from typing import Final

from telelens_daemons.kube.resources import DEPLOYMENTS, STATEFUL_SETS, Resource

KINDS: Final[dict[str, Resource]] = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFUL_SETS}
