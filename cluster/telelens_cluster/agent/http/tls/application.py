"""Asks the pod's own application how it speaks TLS on a port: HAProxy may promise callers no more than that."""

from __future__ import annotations

import asyncio
import os
import ssl
from dataclasses import dataclass
from typing import Final

from telelens_schemas.matching.http2 import question

from telelens_cluster.agent.http.header_names import without_capitals
from telelens_cluster.agent.http.http2_check import HTTP1_QUESTION, read_head
from telelens_cluster.agent.http.tls.material import Material

SECONDS: Final = 1.5
_HTTP2: Final = "h2"
_PROTOCOLS: Final = (_HTTP2, "http/1.1")
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"})
"""How OpenSSL calls an answer in clear text."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a port's application speaks."""

    tls: bool
    http2: bool = False
    lower_names: bool = False
    """It writes the names of headers without capitals, as far as HTTP/1.1 shows it."""
    mutual: bool = False
    """It takes nobody without a certificate."""
    problem: str = ""
    """Why HAProxy cannot speak for its callers; a second line says what to do."""


CLEAR: Final = Spoken(tls=False)


class _Refused(Exception):
    """It speaks TLS, but not to us."""


async def spoken_on(host: str, port: int, material: Material | None) -> Spoken | None:
    """None where nobody says anything yet. Without ``material`` only whether it is TLS counts."""
    trust = material.trust if material else b""
    try:
        http2, lower_names = await _dialect(host, port, _context(trust))
        return Spoken(tls=True, http2=http2, lower_names=lower_names)
    except ssl.SSLCertVerificationError as error:
        return Spoken(
            tls=True,
            problem=f"its certificate is not of the originating Secret's ca.crt: {error.verify_message}"
            "\nput the authority of the application's certificate there",
        )
    except _Refused as error:
        refusal = str(error)
    except (ConnectionRefusedError, TimeoutError):
        return None
    except OSError:
        return CLEAR  # it hung up on a ClientHello, or answered with something else
    if material is None:
        return Spoken(tls=True)
    return await _with_certificate(host, port, material, refusal)


async def _with_certificate(host: str, port: int, material: Material, refusal: str) -> Spoken | None:
    said = f"it refuses the agent, which shows no certificate and asks for no name ({refusal})"
    if not material.client:
        return Spoken(
            tls=True,
            problem=f"{said}, and a caller's own cannot be passed on"
            "\nname a Secret with one that it takes by the annotation telelens.dev/inject-originating-tls-secret",
        )
    if not material.callers:
        # Else whoever reaches the port would be let in with the agent's.
        return Spoken(
            tls=True,
            problem=f"{said}, and callers' own cannot be checked"
            "\nput the authority of callers' certificates into the terminating Secret, as ca.crt",
        )
    try:
        http2, lower_names = await _dialect(host, port, _context(material.trust, material.client))
    except _Refused as error:
        return Spoken(
            tls=True,
            problem=f"it refuses the certificate of the originating Secret ({error})\nput one there that it takes",
        )
    except (OSError, TimeoutError):
        return None
    return Spoken(tls=True, http2=http2, lower_names=lower_names, mutual=True)


async def _dialect(host: str, port: int, context: ssl.SSLContext) -> tuple[bool, bool]:
    """Whether it chose HTTP/2, and whether it answers without capitals. Raises _Refused, OSError, TimeoutError."""
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname="")
    except ssl.SSLCertVerificationError:
        raise
    except ssl.SSLError as error:
        if error.reason is None or error.reason in _NO_TLS:
            raise
        raise _Refused(_reason(error)) from error
    try:
        http2 = bool(writer.get_extra_info("ssl_object").selected_alpn_protocol() == _HTTP2)
        # In TLS 1.3 a refusal comes after the handshake, when something is to be read.
        writer.write(question() if http2 else HTTP1_QUESTION)
        said = b""
        try:
            async with asyncio.timeout(SECONDS):
                said = await read_head(reader)
                if not said:
                    raise _Refused("it closes the connection")
        except TimeoutError:
            pass  # slow, but no refusal
        except OSError as error:
            raise _Refused(_reason(error)) from error
        return http2, bool(without_capitals(said))
    finally:
        writer.transport.abort()


def _reason(error: OSError) -> str:
    reason = getattr(error, "reason", None)
    return reason.lower().replace("_", " ") if isinstance(reason, str) else "it resets the connection"


def _context(trust: bytes, client: bytes = b"") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # no caller has said a name yet; HAProxy checks those that are said
    context.verify_mode = ssl.CERT_REQUIRED if trust else ssl.CERT_NONE
    context.set_alpn_protocols(_PROTOCOLS)
    if trust:
        context.load_verify_locations(cadata=trust.decode("ascii"))
    if client:
        _load(context, client)
    return context


def _load(context: ssl.SSLContext, pair: bytes) -> None:
    """Python takes keys from files only: this one is nowhere but in memory."""
    descriptor = os.memfd_create("pair")
    try:
        os.write(descriptor, pair)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
