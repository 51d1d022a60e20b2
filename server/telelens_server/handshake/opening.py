"""The first message of a client, answered before the server proper is there, which then hears it once more."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import Any, BinaryIO, cast

from telelens_server.handshake.capabilities import Unexpected, initialize_result

_LENGTH = re.compile(rb"Content-Length: (\d+)\r\n")
_MOST_HEADERS = 16
_LONGEST_HEADER = 4096
logger = logging.getLogger(__name__)


def open_conversation(reader: BinaryIO, writer: BinaryIO) -> tuple[BinaryIO, BinaryIO]:
    """Answers ``initialize`` where that is the first message; the streams on which the server proper goes on.

    Waits for that message. Whatever else comes first is left to the server proper.
    """
    heard, body = _first_message(reader)
    goes_on = cast(BinaryIO, _Heard(heard, reader))
    answer = _answer(body)
    if answer is None:
        return goes_on, writer
    writer.write(_encode(answer))
    writer.flush()
    return goes_on, cast(BinaryIO, _Answered(answer, writer))


def _answer(body: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(body)
        if not isinstance(message, dict) or message.get("method") != "initialize" or "id" not in message:
            return None
        if message.get("jsonrpc") != "2.0" or not isinstance(message["id"], int | str):
            return None
        return {"id": message["id"], "jsonrpc": "2.0", "result": initialize_result(message.get("params"))}
    except (ValueError, RecursionError, Unexpected):
        return None


def _first_message(reader: BinaryIO) -> tuple[bytes, bytes]:
    """All that was read, and the body in it; an empty body where it is no message."""
    heard = bytearray()
    length = 0
    for _ in range(_MOST_HEADERS):
        line = reader.readline(_LONGEST_HEADER)
        heard += line
        found = _LENGTH.fullmatch(line)
        if found:
            length = int(found[1])
        elif not line or (length and not line.strip()):
            break
    else:
        return bytes(heard), b""
    body = reader.read(length)
    return bytes(heard + body), body


def _encode(message: dict[str, Any]) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class _Heard:
    """A stream from its beginning, although somebody has read the first of it."""

    def __init__(self, heard: bytes, rest: BinaryIO) -> None:
        self._heard = io.BytesIO(heard)
        self._rest = rest

    def readline(self) -> bytes:
        """The next line; what was read before may end within one."""
        line = self._heard.readline()
        return line if line.endswith(b"\n") else line + self._rest.readline()

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        known = self._heard.read(size)
        return known + self._rest.read(size - len(known)) if len(known) < size else known


class _Answered:
    """A stream to the client that leaves out the answer which it has got."""

    def __init__(self, answer: dict[str, Any], writer: BinaryIO) -> None:
        self._answer: dict[str, Any] | None = answer
        self._writer = writer

    def write(self, data: bytes) -> None:
        """One whole message."""
        if self._answer is not None:
            message = json.loads(data.partition(b"\r\n\r\n")[2])
            if "method" not in message and message.get("id") == self._answer["id"]:
                self._compare(message)
                self._answer = None
                return
        self._writer.write(data)

    def _compare(self, message: dict[str, Any]) -> None:
        if message == self._answer:
            return
        logger.error("initialize was answered with %s, but it should have been %s", self._answer, message)
        if "error" in message:
            text = f"Telelens cannot serve this editor: initialize: {message['error'].get('message')}"
            params = {"type": 1, "message": text}
            self._writer.write(_encode({"jsonrpc": "2.0", "method": "window/showMessage", "params": params}))

    def flush(self) -> None:
        """Hands on what was written."""
        self._writer.flush()

    def close(self) -> None:
        """No more will be said."""
        self._writer.close()
