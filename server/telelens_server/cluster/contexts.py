"""The user's kubeconfig: its contexts, and how to reach what each of them means. Followed while it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from telelens_daemons.errors import UserError
from telelens_daemons.kube.errors import KubeconfigError
from telelens_daemons.kube.kubeconfig import Access, Kubeconfig, Ways, config_paths

FRESH_SECONDS = 1.0
_WAYS = Ways(
    kubeconfig="start the editor with KUBECONFIG set to another",
    context='name a "context" in the connection',
)
"""An editor has no flags."""
FOLLOW_SECONDS = 2.0
"""How often the files are looked at while something of them is in use: nothing announces a change of theirs."""


class Contexts:
    """Read in a thread. ``changed`` is called when what is known is another than before."""

    def __init__(self, environment: Mapping[str, str], changed: Callable[[], None]) -> None:
        self.problem: UserError | None = None
        """Why there are none."""
        self._environment = environment
        self._changed = changed
        self._known: Kubeconfig | None = None
        self._stamp: object = None
        self._in_doubt = False
        self._read_at = 0.0
        self._settled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it was read."""
        return self._settled.is_set()

    @property
    def names(self) -> Sequence[str]:
        """Of every context."""
        return sorted(self._known.contexts) if self._known is not None else ()

    @property
    def current(self) -> str:
        """The context that counts where none is named; may be empty."""
        return self._known.current_context if self._known is not None else ""

    async def settled(self) -> None:
        """Returns when it was read."""
        self.refresh()
        await self._settled.wait()

    def cluster_of(self, context: str) -> str:
        """The name of a context's cluster."""
        entry = self._known.contexts.get(context) if self._known is not None else None
        return str(entry.get("cluster") or "") if entry is not None else ""

    def namespaces_like(self, context: str) -> Mapping[str, str]:
        """The namespaces that contexts of the same cluster name, each with the first of these contexts."""
        found: dict[str, str] = {}
        cluster = self.cluster_of(context)
        for name, entry in sorted(self._known.contexts.items()) if self._known is not None else ():
            if str(entry.get("cluster") or "") == cluster and entry.get("namespace"):
                found.setdefault(str(entry["namespace"]), name)
        return found

    def access(self, context: str) -> Access:
        """How to reach a context; of the current one where it is empty. Raises UserError."""
        if self.problem is not None:
            raise self.problem.again()
        if self._known is None:
            raise UserError("the kubeconfig is not read yet")
        return self._known.access(context=context)

    def refresh(self) -> None:
        """Look at the files again, unless that was done a moment ago; from now on, look now and then."""
        loop = asyncio.get_running_loop()
        if self._timer is None:
            self._timer = loop.call_later(FOLLOW_SECONDS, self._follow)
        is_stale = self._read_at == 0.0 or loop.time() - self._read_at > FRESH_SECONDS
        if is_stale and (self._task is None or self._task.done()):
            self._read_at = loop.time()
            self._task = asyncio.create_task(self._read(), name="read the kubeconfig")

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _follow(self) -> None:
        self._timer = None
        self.refresh()

    async def _read(self) -> None:
        known, problem = self._known, self.problem
        found: Kubeconfig | None = None
        failed: UserError | None = None
        try:
            found = await asyncio.to_thread(self._load)
        except UserError as error:
            failed = error
        if found is None and failed is None:
            return
        if self._known is not None and not self._in_doubt and not (found is not None and found.contexts):
            # Whoever writes the file may be in the middle of it.
            self._in_doubt, self._stamp = True, None
            return
        self._in_doubt = False
        self._known, self.problem = found, failed
        self._settled.set()
        if failed is not None:
            self._stamp = None
        if known is not self._known or _said(problem) != _said(failed):
            self._changed()

    def _load(self) -> Kubeconfig | None:
        """``None``: it is as it was."""
        paths = config_paths("", self._environment)
        stamp = [_stamp_of(path) for path in paths]
        if stamp == self._stamp:
            return None
        try:
            found = Kubeconfig.load(paths, _WAYS)
        except (TypeError, ValueError, AttributeError) as error:
            raise KubeconfigError(
                f"{paths[0]} is not a kubeconfig", hint="check it with: kubectl config view", detail=repr(error)
            ) from error
        self._stamp = stamp
        return found


def _said(problem: UserError | None) -> str:
    return problem.message if problem is not None else ""


def _stamp_of(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
