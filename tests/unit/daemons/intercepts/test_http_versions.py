"""Programs that speak another version of HTTP than the service whose requests they take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import grpc
import pytest
from telelens_daemons.intercepts import http_versions
from telelens_daemons.intercepts.http_versions import differing_versions
from telelens_schemas.matching.http2 import declared
from telelens_schemas.resources import (
    Intercept,
    InterceptPort,
    InterceptSpec,
    InterceptStatus,
    Mechanism,
    Metadata,
    ResolvedPort,
    SessionReference,
    WorkloadReference,
)


@pytest.fixture
async def grpc_port() -> AsyncIterator[int]:
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield port
    await server.stop(None)


@pytest.fixture
async def http_port() -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def intercept(port: int, http2: bool | None, mechanism: Mechanism = Mechanism.HTTP) -> Intercept:
    return Intercept(
        metadata=Metadata(name="echo"),
        spec=InterceptSpec(
            owner="ada",
            session=SessionReference(name="s", uid="u"),
            workload=WorkloadReference(kind="Deployment", name="echo"),
            ports=(InterceptPort(local_port=port),),
            mechanism=mechanism,
        ),
        status=InterceptStatus(
            service="echo", ports=(ResolvedPort(service_port_name="rpc", container_port=1, http2=http2),)
        ),
    )


async def test_a_program_that_differs_is_named(grpc_port: int, http_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_versions, "LISTENED_SECONDS", 60)  # A machine that is busy.
    (line,) = await differing_versions(intercept(http_port, True))
    assert f"port rpc of echo speaks HTTP/2, the program on 127.0.0.1:{http_port} HTTP/1.1" in line
    (line,) = await differing_versions(intercept(grpc_port, False))
    assert "echo speaks HTTP/1.1" in line


@asynccontextmanager
async def python_server() -> AsyncIterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield server.server_port
        finally:
            await asyncio.to_thread(server.shutdown)
            await asyncio.to_thread(serving.join)


async def test_a_program_on_pythons_http_server_differs_from_http2() -> None:
    async with python_server() as port:
        (line,) = await differing_versions(intercept(port, True))
    assert f"the program on 127.0.0.1:{port} HTTP/1.1" in line


async def test_a_program_that_agrees_in_http1_has_nothing_to_log(capfd: pytest.CaptureFixture[str]) -> None:
    """It would be the first line that a user sees in the debug console: a request that nobody made."""
    async with python_server() as port:
        assert await differing_versions(intercept(port, False)) == []
    assert capfd.readouterr().err == ""


async def test_a_program_that_speaks_both_versions_understands_http1() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (await reader.read(3)) == b"PRI":
            writer.write(b"\0\0\0\4\0\0\0\0\0")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await differing_versions(intercept(port, False)) == []
        assert await differing_versions(intercept(port, True)) == []


async def test_who_agrees_is_absent_or_is_not_judged_differs_in_nothing(grpc_port: int, http_port: int) -> None:
    assert await differing_versions(intercept(grpc_port, True)) == []
    assert await differing_versions(intercept(http_port, False)) == []
    assert await differing_versions(intercept(http_port, None)) == []
    assert await differing_versions(intercept(1, True)) == []
    assert await differing_versions(intercept(http_port, True, Mechanism.TCP)) == []


@pytest.mark.parametrize(
    ("app_protocol", "name", "expected"),
    [
        ("kubernetes.io/h2c", "http", True),
        ("grpc", "", True),
        ("http", "grpc", False),
        ("example.com/own", "grpc", None),
        ("", "grpc-api", True),
        ("", "http2", True),
        ("", "http", None),
        ("", "", None),
    ],
)
def test_what_is_declared_is_believed(app_protocol: str, name: str, expected: bool | None) -> None:
    assert declared(app_protocol, name) is expected
