"""What the extension's requests do: they go to the user daemon, and what they make is held for the editor."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from lsprotocol.types import WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from telelens_daemons.errors import UserError
from telelens_daemons.run.for_caller import read_for_caller
from telelens_schemas.wire.daemon_pb2 import InterceptInfo, StatusReply

from telelens_server import requests
from telelens_server.debugging.daemon import Daemon
from telelens_server.debugging.interception import Interception
from telelens_server.debugging.runs import run_specification
from telelens_server.debugging.shapes import json_of, parameters
from telelens_server.debugging.targets import intercept_target, manifest_target
from telelens_server.debugging.wording import ended, in_editor

REQUEST_FAILED = -32803  # LSP 3.17: the request was right, and failed


class Debugging:
    """What is held for one editor. All of it are tasks of the server's loop, which ends with the editor's connection:
    then each is cancelled and undoes itself; and where even that fails, the daemon sees its calls break off."""

    def __init__(self, server: LanguageServer, daemon: Daemon) -> None:
        self._server = server
        self._daemon = daemon
        self._held: dict[str, Interception] = {}

    async def intercept(self, given: object) -> Any:
        params = parameters(given, requests.InterceptParams)
        with _Told():
            progress = _Progress(self._server, params.work_done_token, f"Intercepting {params.workload}")
            interception = Interception(
                params,
                self._daemon,
                progress=progress.report,
                changed=self._changed,
                ended=lambda error: self._ended(interception.active.result(), error),
            )
            try:
                active = await asyncio.shield(interception.active)
            except BaseException:
                await asyncio.shield(asyncio.ensure_future(interception.release()))
                raise
            finally:
                progress.end()
            self._held[active.id] = interception
            return json_of(active)

    async def release(self, given: object) -> None:
        params = parameters(given, requests.ReleaseParams)
        held = self._held.pop(params.id, None)
        if held is not None:
            await asyncio.shield(asyncio.ensure_future(held.release()))

    async def run(self, given: object) -> None:
        params = parameters(given, requests.RunParams)
        with _Told():
            await run_specification(params, self._daemon, self._tell)

    async def status(self, _: object) -> Any:
        with _Told():
            return json_of(_status(await self._daemon.status()))

    async def debug_target(self, given: object) -> Any:
        params = parameters(given, requests.DebugTargetParams)
        text = self._server.workspace.get_text_document(params.uri).source
        if params.intercept or params.place is not None:
            # A button that is pressed, in a workspace that is trusted: its templates count, and may take their time.
            expanded = await asyncio.to_thread(read_for_caller, text, "")
            # As a run of the same text sees it.
            folder = os.path.dirname(to_fs_path(params.uri) or "")
            found = intercept_target(
                expanded, workload=params.name, intercept=params.intercept, folder=folder, place=params.place
            )
        else:
            found = manifest_target(
                text, kind=params.kind, name=params.name, namespace=params.namespace, occurrence=params.occurrence
            )
        return json_of(found) if found is not None else None

    def _tell(self, event: requests.RunEvent) -> None:
        self._server.protocol.notify(requests.RUN_EVENT, json_of(event))

    def _changed(self, info: InterceptInfo) -> None:
        change = requests.InterceptChanged(id=info.uid, phase=info.phase, message=info.message)
        self._server.protocol.notify(requests.INTERCEPT_CHANGED, json_of(change))

    def _ended(self, intercepted: requests.Intercepted, error: Exception | None) -> None:
        self._held.pop(intercepted.id, None)
        message = in_editor(ended(intercepted, error))
        change = requests.InterceptChanged(id=intercepted.id, phase="", message=message, ended=True)
        self._server.protocol.notify(requests.INTERCEPT_CHANGED, json_of(change))


class _Told:
    """Turns a UserError within into a failed request that carries it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UserError):
            message = in_editor(error.message)
            problem = requests.Problem(code=error.code, message=message, hint=in_editor(error.hint))
            raise JsonRpcException(message, code=REQUEST_FAILED, data=json_of(problem)) from error


class _Progress:
    """Work-done progress, where the editor asked for it."""

    def __init__(self, server: LanguageServer, token: str | int | None, title: str) -> None:
        self._progress = server.work_done_progress
        self._token = token
        if token is not None:
            self._progress.begin(token, WorkDoneProgressBegin(title=title, cancellable=True))

    def report(self, text: str) -> None:
        if self._token is not None:
            self._progress.report(self._token, WorkDoneProgressReport(message=text))

    def end(self) -> None:
        if self._token is not None:
            self._progress.end(self._token, WorkDoneProgressEnd())
            self._progress.tokens.pop(self._token, None)
            self._token = None


def _status(reply: StatusReply | None) -> requests.Status:
    if reply is None:
        return requests.Status(daemon="", connection=None, intercepts=())
    connection = reply.connection
    return requests.Status(
        daemon=reply.version,
        connection=requests.ConnectionState(
            context=connection.context,
            server=connection.server,
            namespace=connection.namespace,
            owner=connection.owner,
            state=connection.state,
        )
        if connection.session_uid
        else None,
        intercepts=tuple(
            requests.InterceptState(
                name=one.name,
                namespace=one.namespace,
                workload=one.workload,
                workload_kind=one.workload_kind,
                phase=one.phase,
                message=one.message,
                curl=one.curl,
            )
            for one in reply.intercepts
        ),
    )
