"""A trial connection, as a caller would make it: only the agent itself knows the answer."""

from __future__ import annotations

import asyncio
from typing import Final

from telelens_cluster.manager.observed import Outcome

PATIENCE: Final = 1.0
SHORT_PATIENCE: Final = 0.2
"""Through a Service whose endpoints have just changed, the first connections may lead nowhere."""
_TRIALS: Final = 5


async def send_canaries(address: str, port: int, answer: bytes, *, patience: float = PATIENCE) -> Outcome:
    """Several through a Service, one after the other: where it still leads to a pod without an agent, too, one alone
    would meet the agent by luck. The first that does not meet it decides."""
    outcome = Outcome.ANSWERED
    for _ in range(_TRIALS):
        outcome = await send_canary(address, port, answer, patience=patience)
        if outcome is not Outcome.ANSWERED:
            break
    return outcome


async def send_canary(address: str, port: int, answer: bytes, *, patience: float = PATIENCE) -> Outcome:
    """Connect from this pod's own address, say nothing, and see who answers within ``patience`` seconds."""
    writer: asyncio.StreamWriter | None = None
    connected = False
    try:
        async with asyncio.timeout(patience):
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
