"""What the agent's process is made of."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path

from telelens_cluster.agent.certificate import own_certificate
from telelens_cluster.agent.memory import recall, remember
from telelens_cluster.agent.version import installed_version
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration

HEAVY = {"kubernetes", "grpc", "pydantic", "aiohttp", "cryptography", "email", "http", "yaml"}


def test_the_process_stays_small() -> None:
    program = "import sys, telelens_cluster.agent.__main__; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True,
                           env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    modules = set(shown.stdout.split())
    assert not HEAVY & modules
    assert "google._upb._message" in modules
    assert "google.protobuf.internal.decoder" not in modules, "protobuf's pure-Python half"


def test_a_certificate_is_made_once(tmp_path: Path) -> None:
    made = own_certificate(tmp_path)
    assert own_certificate(tmp_path) == made
    assert made.key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["agent.crt", "agent.key"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    context.load_verify_locations(cadata=made.der)
    assert context.get_ca_certs() == [], "not an authority"


def test_half_a_certificate_is_made_anew(tmp_path: Path) -> None:
    first = own_certificate(tmp_path)
    (tmp_path / "other").mkdir()
    other = own_certificate(tmp_path / "other")
    other.key.replace(first.key)
    assert own_certificate(tmp_path).der != first.der


def test_the_configuration_is_kept(tmp_path: Path) -> None:
    assert recall(tmp_path) is None
    remember(tmp_path, AgentConfiguration(generation=3))
    assert recall(tmp_path) == AgentConfiguration(generation=3)
    (tmp_path / "configuration.pb").write_bytes(b"\xff\xff")
    assert recall(tmp_path) is None


def test_the_version_is_a_folders_name(tmp_path: Path) -> None:
    (tmp_path / "telelens-1.2.3.dist-info").mkdir()
    assert installed_version(["/nowhere", str(tmp_path)]) == "1.2.3"
    assert installed_version(["/nowhere"]) == ""
