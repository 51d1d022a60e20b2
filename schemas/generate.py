"""Generates the protobuf modules beside their .proto files: ``python schemas/generate.py [OUTPUT_FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).parent
WIRE = Path("telelens_schemas/wire")


def generate(output: Path) -> None:
    """Write ``*_pb2.py``, ``*_pb2.pyi`` and the daemon's ``*_pb2_grpc.py`` under ``output``."""
    output.mkdir(parents=True, exist_ok=True)
    common = ["protoc", f"-I{ROOT}", f"--python_out={output}", f"--pyi_out={output}"]
    runs = [
        [*common, str(ROOT / WIRE / "tunnel.proto")],
        [*common, f"--grpc_python_out={output}", str(ROOT / WIRE / "daemon.proto")],
    ]
    for arguments in runs:
        status = protoc.main(arguments)
        if status != 0:
            raise SystemExit(status)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
