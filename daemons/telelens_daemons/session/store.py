"""What a session leaves on disk, so that a daemon that was killed comes back as the same session."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from telelens_schemas.wire.daemon_pb2 import ConnectRequest

from telelens_daemons.errors import UserError


@dataclass(frozen=True, slots=True)
class SavedSession:
    """How to find the session again. The caller's environment is not kept: it may hold secrets of other programs."""

    request: ConnectRequest
    name: str
    uid: str
    intercept_namespaces: tuple[str, ...]
    held_intercepts: tuple[str, ...] = ()
    """NAMESPACE/NAME of those that end with the call that made them."""


class SessionStore:
    """One folder, mode 0700, of one session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def certificate(self) -> Path:
        """The certificate's file."""
        return self._folder / "certificate.pem"

    @property
    def key(self) -> Path:
        """The key's file."""
        return self._folder / "key.pem"

    async def make_certificate(self) -> str:
        """Make a new key and certificate; return the certificate (PEM)."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "telelens_daemons.session.make_certificate",
            str(self._folder),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, errors = await process.communicate()
        except asyncio.CancelledError:
            # Else it would write its files after somebody has cleared them away.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        if process.returncode != 0:
            raise UserError("cannot make the session's key", detail=errors.decode(errors="replace"))
        return self.certificate.read_text()

    def save(self, saved: SavedSession) -> None:
        """Write the file in one step."""
        request = ConnectRequest()
        request.CopyFrom(saved.request)
        request.environment.clear()
        document = {
            "request": MessageToDict(request),
            "name": saved.name,
            "uid": saved.uid,
            "interceptNamespaces": list(saved.intercept_namespaces),
            "heldIntercepts": list(saved.held_intercepts),
        }
        beside = self._file.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file)
        beside.replace(self._file)

    def load(self) -> SavedSession | None:
        """The session to come back as, if there is one whole."""
        try:
            document = json.loads(self._file.read_text())
            saved = SavedSession(
                request=ParseDict(document["request"], ConnectRequest(), ignore_unknown_fields=True),
                name=document["name"],
                uid=document["uid"],
                intercept_namespaces=tuple(document["interceptNamespaces"]),
                held_intercepts=tuple(document.get("heldIntercepts", ())),
            )
        except (OSError, ValueError, KeyError, TypeError, ParseError):
            return None
        return saved if self.key.exists() and self.certificate.exists() else None

    def clear(self) -> None:
        """The session has ended: nothing of it stays."""
        for path in (self._file, self.key, self.certificate):
            path.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self._folder / "session.json"


def merged(namespaces: Iterable[str], more: str) -> tuple[str, ...]:
    """The namespaces with one more, each once."""
    return tuple(sorted({*namespaces, more}))
