"""Distance: a TCP relay in front of the API server that holds every byte back for a while.

Stands in for `netem`, which not every kernel has. Run by itself (`python -m localkube.relay`) it is
the relay; `run_in_node` is how one gets it to where the API server is.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from localkube.cluster import Cluster
from localkube.users import user

CHUNK = 64 * 1024
CHUNKS = 512
"""At most 32 MiB under way per direction: more than 20 ms of any link that we emulate."""


@dataclass(frozen=True, kw_only=True)
class Delay:
    """Where the relay listens, and how far away the API server seems (round trip)."""

    port: int
    milliseconds: float


def run_in_node(cluster: Cluster, delay: Delay, *, user_name: str, groups: Sequence[str], out: Path) -> None:
    """Write a kubeconfig for the relay and become the relay, in the node's namespace."""
    user(
        cluster,
        user_name,
        out=out,
        groups=groups,
        server=f"https://{cluster.node_address}:{delay.port}",
        tls_server_name="kubernetes",
    )
    arguments = [cluster.node_address, str(delay.port), cluster.api_url, str(delay.milliseconds)]
    enter = ["nsenter", f"--net=/run/netns/{cluster.node_namespace}", "--"]
    command = [*enter, sys.executable, "-m", "localkube.relay", *arguments]
    os.execvp(command[0], command)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Carry one direction; each chunk leaves `seconds` after it came, in order."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS)

    async def deliver() -> None:
        while True:
            due, chunk = await under_way.get()
            await asyncio.sleep(due - loop.time())
            if not chunk:
                writer.write_eof()
                return
            writer.write(chunk)
            await writer.drain()

    async def take() -> None:
        while True:
            chunk = await reader.read(CHUNK)
            await under_way.put((loop.time() + seconds, chunk))
            if not chunk:
                return

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take())
        tasks.create_task(deliver())


async def serve(address: str, delay: Delay, target: tuple[str, int]) -> None:
    """Relay connections until cancelled."""
    half = delay.milliseconds / 2 / 1000

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*target)
        except OSError:
            writer.close()
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_carry(reader, far_writer, half))
                tasks.create_task(_carry(far_reader, writer, half))
        except* (OSError, RuntimeError):
            pass  # one side is gone; the other is closed below
        finally:
            far_writer.close()
            writer.close()

    server = await asyncio.start_server(relay, address, delay.port, limit=CHUNK)
    async with server:
        print(f"relaying {address}:{delay.port}, {delay.milliseconds:g} ms away", flush=True)
        await server.serve_forever()


def main() -> None:
    address, port, url, milliseconds = sys.argv[1:]
    host, _, api_port = url.removeprefix("https://").rpartition(":")
    delay = Delay(port=int(port), milliseconds=float(milliseconds))
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(address, delay, (host, int(api_port))))


if __name__ == "__main__":
    main()
