"""The cluster that the demo runs on: the one that the user names, else the checkout's own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.demo.errors import DemoError

CHECKOUT = Path(__file__).resolve().parents[3]
ANSWER = "KUBECONFIG="


@dataclass(frozen=True, slots=True)
class DemoCluster:
    """``options`` lead to it; ``helm`` is its own program where it brings one."""

    options: GlobalOptions
    helm: Path | None


def find_cluster(options: GlobalOptions) -> DemoCluster:
    """Start the checkout's cluster unless another one is asked for. Raises DemoError."""
    flags = options.kubectl
    told = flags.kubeconfig or os.environ.get("KUBECONFIG", "")
    if told or flags.context or flags.server:
        return DemoCluster(options, helm=_helm_beside(told))
    if not (CHECKOUT / "Makefile").is_file():
        raise DemoError(
            "there is no cluster to show it on: this is no checkout that could start one",
            hint="say which: telelens demo --context NAME",
        )
    kubeconfig = _make_cluster()
    own = replace(options, kubectl=replace(flags, kubeconfig=kubeconfig))
    return DemoCluster(own, helm=_helm_beside(kubeconfig))


def _make_cluster() -> str:
    ended = subprocess.run(["make", "-s", "cluster"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=False)
    lines = ended.stdout.strip().splitlines()
    if ended.returncode != 0 or not lines or not lines[-1].startswith(ANSWER):
        raise DemoError("the cluster did not start", hint="make cluster says why; or: telelens demo --context NAME")
    return lines[-1].removeprefix(ANSWER)


def _helm_beside(kubeconfig: str) -> Path | None:
    """The project's own clusters record where their helm is, beside their kubeconfig."""
    try:
        recorded = json.loads((Path(kubeconfig).parent / "cluster.json").read_text())
        return Path(recorded["helm"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
