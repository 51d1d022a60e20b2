"""The admission webhook: injects pods, refuses Intercepts whose place is taken.

Every replica serves it. Each answer is made from what the API says at that moment, never from a cache; when we cannot
answer, the API server goes on without us (failurePolicy Ignore).

Anybody in the cluster's network can ask as well. What a review may cost is therefore bounded: its size, the number of
its parts (a byte of JSON may become thirty of memory), how many are read and answered at a time, and for how long.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from telelens_schemas.resources import Intercept, ResourceError
from telelens_schemas.workloads import TargetError, resolve_target

from telelens_cluster.injector.patch import patch_between
from telelens_cluster.injector.pod import inject
from telelens_cluster.injector.policy import cannot_be_injected, judge
from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.conflict import find_conflict
from telelens_cluster.manager.errors import ApiError, ManagerError, NotAName
from telelens_cluster.manager.kinds import INTERCEPT, SERVICE, SESSION, WORKLOADS, Kind
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.refusals import Refusals, quoted

_log = logging.getLogger(__name__)
Object = Mapping[str, Any]
Answer = dict[str, Any]
_ALLOWED: Answer = {"allowed": True}
_LARGEST_REVIEW = 3 << 20
"""Bytes: the API server takes no larger objects."""
_MOST_PARTS = 200_000
"""Objects, lists and members in one review."""
_SMALL_REVIEW = 64 << 10
"""Bytes up to which a review may be sent slowly without keeping others waiting."""
_LARGE_AT_A_TIME = 2
_AT_A_TIME = 4
_PATIENCE = 3.0
"""Seconds for one review; the API server waits for 2."""
_MALFORMED = (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError)


class Webhooks:
    """The hooks as one web application."""

    def __init__(
        self,
        api: Api,
        *,
        injection: Callable[[], InjectionSettings],
        manager_namespace: str,
        metrics: Metrics,
    ) -> None:
        self._api = api
        self._injection = injection
        self._manager_namespace = manager_namespace
        self._metrics = metrics
        self._refusals = Refusals(metrics, clock=time.monotonic)
        self._large = asyncio.Semaphore(_LARGE_AT_A_TIME)
        self._turns = asyncio.Semaphore(_AT_A_TIME)

    def application(self) -> web.Application:
        """To be served with TLS."""
        application = web.Application()
        application.router.add_post("/inject", self._hook(self._inject))
        application.router.add_post("/conflicts", self._hook(self._refuse_conflicts))
        return application

    def _hook(
        self, answer: Callable[[Object], Awaitable[Answer]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self._metrics.count("webhook_requests", path=request.path)
            try:
                async with asyncio.timeout(_PATIENCE), contextlib.AsyncExitStack() as turns:
                    length = request.content_length
                    if length is None or length > _SMALL_REVIEW:
                        await turns.enter_async_context(self._large)
                    if (body := await _body(request)) is None:
                        self._refusals.note("large", f"a review from {request.remote}", f"over {_LARGEST_REVIEW} bytes")
                        return web.Response(status=413, text="too large\n")
                    await turns.enter_async_context(self._turns)
                    response = await self._respond(request, body, answer)
                    await response.prepare(request)
                    await response.write_eof()  # who does not read must not have it kept
                    return response
            except TimeoutError:
                self._refusals.note("slow", f"a review from {request.remote}", f"not over within {_PATIENCE:g} s")
                if request.transport:
                    request.transport.abort()
                return web.Response(status=408)

        return handle

    async def _respond(
        self, request: web.Request, body: bytearray, answer: Callable[[Object], Awaitable[Answer]]
    ) -> web.Response:
        """Whatever goes wrong is said in our log; the API server only notes that the hook failed."""
        peer = f"a review for {request.path} from {request.remote}"
        if sum(map(body.count, (b"{", b"[", b","))) > _MOST_PARTS:
            self._refusals.note("large", peer, f"more than {_MOST_PARTS} parts")
            return web.Response(status=413, text="too many parts\n")
        try:
            review = json.loads(body)
            asked = review["request"]
            response = {"uid": asked["uid"], **await answer(asked)}
            return web.json_response({"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response})
        except NotAName as error:
            self._refusals.note("malformed", peer, error)
            return web.Response(status=400, text=f"{error}\n")
        except ManagerError as error:
            _log.error("%s failed: %s", request.path, error)
            return web.Response(status=500, text=f"{error}\n")
        except _MALFORMED as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._refusals.note("malformed", peer, f"{where.name}:{where.lineno}: {type(error).__name__}: {error}")
            return web.Response(status=400, text="this is no review that can be answered\n")

    async def _inject(self, asked: Object) -> Answer:
        pod, namespace = asked["object"], asked["namespace"]
        if cannot_be_injected(pod):
            return _ALLOWED
        verdict = judge(pod, await self._intercepts(namespace))
        if not verdict.inject:
            return _ALLOWED
        injected = inject(pod, self._injection(), verdict.redirected)
        self._metrics.count("injected_pods")
        name = pod["metadata"].get("name") or pod["metadata"].get("generateName")
        _log.info("injecting %s/%s, redirected from the start: %s", namespace, quoted(name), list(verdict.redirected))
        return _patched(patch_between(pod, injected))

    async def _refuse_conflicts(self, asked: Object) -> Answer:
        try:
            intercept = Intercept.from_object(asked["object"])
        except ResourceError:
            return _ALLOWED  # the CRD's own rules say better what is wrong
        namespace = asked["namespace"]
        workload = intercept.spec.workload
        if workload.kind not in WORKLOADS:
            return _ALLOWED
        others, found, services = await asyncio.gather(
            self._intercepts(namespace),
            self._read(WORKLOADS[workload.kind], namespace, workload.name),
            self._api.get(SERVICE.collection(namespace)),
        )
        others = [one for one in others if one.spec.workload == workload]
        if not others or found is None:
            return _ALLOWED
        try:
            target = resolve_target(
                found,
                services.get("items") or [],
                service=intercept.spec.service,
                container=intercept.spec.container,
                ports=intercept.spec.ports,
            )
        except TargetError:
            return _ALLOWED  # the manager says so in the status
        conflict = find_conflict(intercept.spec, target.ports, others)
        if conflict is None or not await self._has_session(conflict.other):
            return _ALLOWED
        self._metrics.count("refused_conflicts")
        message = f"{conflict.message(datetime.now(UTC))}; {conflict.hint}"
        return {"allowed": False, "status": {"code": 409, "reason": "Conflict", "message": message}}

    async def _has_session(self, intercept: Intercept) -> bool:
        """One whose session is gone is about to be deleted and keeps nobody out."""
        reference = intercept.spec.session
        session = await self._read(SESSION, self._manager_namespace, reference.name)
        return session is not None and session["metadata"]["uid"] == reference.uid

    async def _intercepts(self, namespace: str) -> list[Intercept]:
        found = (await self._api.get(INTERCEPT.collection(namespace))).get("items") or []
        readable = []
        for item in found:
            try:
                readable.append(Intercept.from_object(item))
            except ResourceError as error:
                _log.warning("Intercept %s/%s: %s", namespace, item["metadata"]["name"], quoted(error))
        return readable

    async def _read(self, kind: Kind, namespace: str, name: str) -> Object | None:
        try:
            return await self._api.get(kind.object(namespace, name))
        except NotAName:  # the spec's word: nothing has that name
            return None
        except ApiError as error:
            if error.status != 404:
                raise
            return None


async def _body(request: web.Request) -> bytearray | None:
    """What was sent; None, with nothing kept, where it is too large."""
    if (request.content_length or 0) > _LARGEST_REVIEW:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > _LARGEST_REVIEW:
            return None
    return body


def _patched(patch: list[dict[str, Any]]) -> Answer:
    if not patch:
        return _ALLOWED
    encoded = base64.b64encode(json.dumps(patch).encode()).decode()
    return {"allowed": True, "patchType": "JSONPatch", "patch": encoded}
