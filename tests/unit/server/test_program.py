"""The program itself: its ways to be started, and what it does not import before somebody asks."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

from unit.server.client import language_client


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(400):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
    raise AssertionError("it does not listen")


async def test_it_serves_one_editor_over_tcp_and_ends_with_it() -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "telelens_server", "--tcp", f"127.0.0.1:{port}"
    )
    try:
        reader, writer = await connected(port)
        body = json.dumps(
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "initialize",
                "params": {"processId": None, "rootUri": None, "capabilities": {}},
            }
        ).encode()
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        header = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        length = int(header.lower().partition(b"content-length:")[2].split()[0])
        answer = json.loads(await reader.readexactly(length))
        assert answer["result"]["serverInfo"]["name"] == "telelens-server"
        assert answer["result"]["capabilities"]["textDocumentSync"]["change"] == 2
        writer.close()
        await asyncio.wait_for(process.wait(), 20)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_installed_program_serves_over_its_standard_streams() -> None:
    program = Path(sysconfig.get_path("scripts")) / "telelens-server"
    async with language_client(program=[str(program)]) as client:
        assert client.capabilities["hoverProvider"]
        assert await client.stop() == 0


def test_what_is_not_an_address_is_refused() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "telelens_server", "--tcp", "here"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 2
    assert "'here' is not HOST:PORT" in found.stderr


def test_neither_grpc_nor_a_kubernetes_client_is_imported_before_somebody_asks() -> None:
    program = (
        "import sys; from telelens_server.server import create_server; create_server();"
        "print([name for name in ('grpc', 'aiohttp', 'kubernetes', 'pydantic') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
