"""A trial connection, as a caller would make it: only the agent itself knows the answer."""

from __future__ import annotations

import asyncio
from typing import Final

from telelens_cluster.manager.observed import Outcome

_PATIENCE: Final = 1.0


async def send_canary(address: str, port: int, answer: bytes) -> Outcome:
    """Connect from this pod's own address, say nothing, and see who answers."""
    writer: asyncio.StreamWriter | None = None
    connected = False
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(address, port)
            connected = True
            heard = await reader.readexactly(len(answer))
    except TimeoutError:
        return Outcome.STRANGER if connected else Outcome.SILENT
    except asyncio.IncompleteReadError:
        return Outcome.STRANGER
    except ConnectionRefusedError:
        return Outcome.REFUSED
    except OSError:
        return Outcome.STRANGER if connected else Outcome.SILENT
    finally:
        if writer:
            writer.transport.abort()
    return Outcome.ANSWERED if heard == answer else Outcome.STRANGER
