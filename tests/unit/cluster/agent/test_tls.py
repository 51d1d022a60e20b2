"""TLS of callers, without a process: what the Secrets hold, and what HAProxy is configured with."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from fixtures.authority import Authority, Pair
from telelens_cluster.agent.http.haproxy_config import Files, render
from telelens_cluster.agent.http.tls.ending import TlsEnding
from telelens_cluster.agent.http.tls.material import (
    BrokenMaterialError,
    Material,
    MaterialError,
    Shape,
    read_material,
)
from telelens_cluster.agent.injection import NamedSecret, TlsSecrets

TERMINATING = NamedSecret("telelens.dev/inject-terminating-tls-secret", "web-tls")
ORIGINATING = NamedSecret("telelens.dev/inject-originating-tls-secret", "client-tls")
BOTH = TlsSecrets(TERMINATING, ORIGINATING)
FILES = Files(Path("/run/telelens/http-1-1"), Path("/run/telelens/http-1-sockets"))


def make_pair() -> Pair:
    return Authority().issue("web")


def bring(directory: Path, purpose: str, **files: str | bytes) -> None:
    folder = directory / purpose
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_bytes(text.encode() if isinstance(text, str) else text)


def test_what_both_secrets_hold(tmp_path: Path) -> None:
    web, client = make_pair(), make_pair()
    bring(tmp_path, "terminating", tls_crt="Straße\n\n" + web.certificate, tls_key="\n" + web.key)
    bring(tmp_path, "originating", tls_crt=client.certificate, tls_key=client.key, ca_crt=web.certificate)
    found = read_material(tmp_path, BOTH)
    assert found.certificate.decode() == web.key + web.certificate
    assert (found.callers, found.client.decode()) == (b"", client.key + client.certificate)
    assert found.trust.decode() == web.certificate
    assert found.shape == Shape(mutual=False, trusts=True)
    assert b"\n\n" not in found.certificate, "a blank line ends what HAProxy is told"
    assert "PRIVATE" not in repr(found)


@pytest.mark.parametrize("missing", ["terminating", "originating"])
def test_what_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    web = make_pair()
    if missing != "terminating":
        bring(tmp_path, "terminating", tls_crt=web.certificate, tls_key=web.key)
    else:
        bring(tmp_path, "terminating", tls_crt=web.certificate)  # half of it
    with pytest.raises(MaterialError) as error:
        read_material(tmp_path, BOTH)
    assert not isinstance(error.value, BrokenMaterialError)
    named = TERMINATING if missing == "terminating" else ORIGINATING
    assert f'Secret "{named.secret}" (annotation {named.annotation}) is not there' in str(error.value)


def test_an_originating_secret_alone_does_nothing(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match=r"does nothing alone\nadd the annotation telelens\.dev/inject-term"):
        read_material(tmp_path, TlsSecrets(None, ORIGINATING))


@pytest.mark.parametrize("kind", ["another-key", "no-pem", "no-text", "bad-authority"])
def test_what_cannot_be_used_is_named_without_being_shown(tmp_path: Path, kind: str) -> None:
    web, other = make_pair(), make_pair()
    keys: dict[str, str | bytes] = {"another-key": other.key, "no-pem": b"secret words", "no-text": b"\xff\xfe"}
    bring(tmp_path, "terminating", tls_crt=web.certificate, tls_key=keys.get(kind, web.key))
    if kind == "bad-authority":
        bring(tmp_path, "terminating", ca_crt=b"-----BEGIN CERTIFICATE-----\n\xff\n-----END CERTIFICATE-----\n")
    with pytest.raises(BrokenMaterialError) as error:
        read_material(tmp_path, TlsSecrets(TERMINATING, None))
    assert 'Secret "web-tls"' in str(error.value)
    assert "secret words" not in str(error.value)


def test_an_authority_of_callers_alone_is_none_of_haproxys_business() -> None:
    """As in the Secrets of many an issuer: nothing of it is told, and none of it is missed at a renewal."""
    material = Material(b"pair", b"authority", b"", b"")
    assert material.shape == Shape(mutual=False, trusts=False)
    assert FILES.tls.contents(material) == {FILES.tls.certificate: b"pair"}


def test_without_tls_haproxy_hears_nothing_of_it() -> None:
    assert "ssl" not in render(FILES)


@pytest.mark.parametrize("trusts", [True, False])
def test_the_application_is_verified_where_an_authority_is_given(trusts: bool) -> None:
    text = render(FILES, Shape(mutual=False, trusts=trusts))
    servers = [line for line in text.splitlines() if " ssl sni " in line]
    assert servers
    wanted = f"verify required ca-file {FILES.tls.trust}" if trusts else "verify none"
    assert all(wanted in line for line in servers)
    assert "_mutual" not in text, "there is nothing to show"


def test_the_agents_certificate_is_shown_for_callers_alone_who_showed_theirs() -> None:
    text = render(FILES, Shape(mutual=True, trusts=False))
    binds = [line for line in text.splitlines() if line.startswith("  bind unix@") and "name " in line]
    assert {line.split(" name ")[1].split()[0]: "verify required" in line for line in binds} == {
        f"{version}{names}{mutual}": bool(mutual)
        for version in ("h2", "h1")
        for names in ("", "_lower")
        for mutual in ("", "_mutual")
    }
    backend = ""
    for line in text.splitlines():
        backend = line.removeprefix("backend ") if line.startswith("backend ") else backend
        assert (f" crt {FILES.tls.client}" in line) == (" ssl sni " in line and "_mutual" in backend), backend


def test_every_backend_that_is_chosen_is_there() -> None:
    for shape in (None, *(Shape(mutual=a, trusts=b) for a in (True, False) for b in (True, False))):
        lines = render(FILES, shape).splitlines()
        there = {line.removeprefix("backend ") for line in lines if line.startswith("backend ")}
        chosen = {line.split()[1] for line in lines if line.lstrip().startswith(("use_backend", "default_backend"))}
        assert {one for one in chosen if "%" not in one} <= there


async def test_an_application_that_is_no_longer_trusted_is_left_alone(tmp_path: Path) -> None:
    """HAProxy would have nothing for its callers but a 503."""
    trusted, other = Authority(), Authority()
    web = make_pair()
    bring(tmp_path, "terminating", tls_crt=web.certificate, tls_key=web.key)
    bring(tmp_path, "originating", ca_crt=trusted.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def show(authority: Authority) -> None:
        pair = authority.issue("application")
        (tmp_path / "pair.pem").write_text(pair.key + pair.certificate)
        context.load_cert_chain(tmp_path / "pair.pem")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
        writer.close()

    show(trusted)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        ending = TlsEnding(directory=tmp_path, secrets=BOTH, host="127.0.0.1", changed=lambda: None, late=0.0)
        assert await ending.routes({port}) == {port: "h1"}
        assert not ending.error({port})
        show(other)
        assert await ending.routes({port}) == {}
        assert "is not of the originating Secret's ca.crt" in ending.error({port})
    assert await ending.routes(set()) == {}
    assert not ending.error({port}), "nobody asks for it"


async def test_an_answer_that_was_asked_with_former_secrets_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, other = Authority(), Authority()
    web, own = make_pair(), trusted.issue("application")
    bring(tmp_path, "terminating", tls_crt=web.certificate, tls_key=web.key)
    bring(tmp_path, "originating", ca_crt=trusted.certificate)
    (tmp_path / "pair.pem").write_text(own.key + own.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pair.pem")
    asked, seen = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        asked.set()
        await seen.wait()
        writer.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
        writer.close()

    monkeypatch.setattr("telelens_cluster.agent.http.tls.ending.LOOK_SECONDS", 0.01)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server, asyncio.timeout(20), asyncio.TaskGroup() as group:
        port = server.sockets[0].getsockname()[1]
        ending = TlsEnding(directory=tmp_path, secrets=BOTH, host="127.0.0.1", changed=seen.set)
        asking = group.create_task(ending.routes({port}))
        await asked.wait()
        bring(tmp_path, "originating", ca_crt=other.certificate)
        looking = group.create_task(ending.run())
        await seen.wait()
        looking.cancel()
        await asking
        assert await ending.routes({port}) == {}
        assert "is not of the originating Secret's ca.crt" in ending.error({port})
