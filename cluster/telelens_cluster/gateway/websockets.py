"""A WebSocket of a preview: messages both ways until one end closes."""

from __future__ import annotations

import asyncio
from typing import Final

import aiohttp
from aiohttp import WSMsgType, web

LARGEST_MESSAGE: Final = 4 << 20
"""Bytes that are held of a message in each direction."""
_CLOSING: Final = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)

Socket = aiohttp.ClientWebSocketResponse | web.WebSocketResponse


async def relay(visitor: web.WebSocketResponse, upstream: aiohttp.ClientWebSocketResponse) -> None:
    """Returns when both are closed."""
    pumps = [
        asyncio.create_task(_pump(visitor, upstream), name="WebSocket to the cluster"),
        asyncio.create_task(_pump(upstream, visitor), name="WebSocket to the visitor"),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        await asyncio.gather(visitor.close(), upstream.close(), return_exceptions=True)


async def _pump(source: Socket, destination: Socket) -> None:
    while True:
        message = await source.receive()
        if message.type is WSMsgType.TEXT:
            await destination.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await destination.send_bytes(message.data)
        elif message.type in _CLOSING:
            code = source.close_code
            await destination.close(code=code if code and code not in (1005, 1006, 1015) else 1000)
            return
