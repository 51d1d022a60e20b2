"""An image as an OCI layout in one tar, the form `ctr images import` and `docker load` read.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

import io
import json
import os
import platform
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imagebuilder.layers import Layer, digest

LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True, kw_only=True)
class Image:
    """Layers and how to start them."""

    name: str
    layers: Sequence[Layer]
    entrypoint: Sequence[str]
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    folder: str = "/"

    def config(self) -> dict[str, Any]:
        """The image's configuration, without any time: the same image has the same digest."""
        return {
            "architecture": architecture(),
            "os": "linux",
            "config": {
                "User": self.user,
                "Env": [f"{name}={value}" for name, value in self.environment.items()],
                "Entrypoint": list(self.entrypoint),
                "Cmd": list(self.command),
                "WorkingDir": self.folder,
            },
            "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in self.layers]},
        }


def architecture() -> str:
    """This machine's architecture in Go's words, which images use."""
    names = {"x86_64": "amd64", "aarch64": "arm64"}
    machine = platform.machine()
    return names.get(machine, machine)


def write(images: Sequence[Image], file: Path) -> None:
    """Write images into one tar, complete or not at all; what they share is in it once."""
    blobs: dict[str, bytes] = {}
    layers = {layer.digest: layer for image in images for layer in image.layers}
    manifests = [_manifest(image, blobs) for image in images]
    index = _blob({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests})
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".unfinished-{os.getpid()}")
    with tarfile.open(unfinished, "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, "oci-layout", _blob({"imageLayoutVersion": "1.0.0"}))
        _add(tar, "index.json", index)
        for name, blob in blobs.items():
            _add(tar, _place(name), blob)
        for layer in layers.values():
            member = tarfile.TarInfo(_place(layer.digest))
            member.size = layer.size
            with layer.file.open("rb") as stream:
                tar.addfile(member, stream)
    unfinished.replace(file)


def _manifest(image: Image, blobs: dict[str, bytes]) -> dict[str, Any]:
    """The image's entry in the index; puts its configuration and manifest among the blobs."""
    config = _blob(image.config())
    layers = [{"mediaType": LAYER_TYPE, "digest": layer.digest, "size": layer.size} for layer in image.layers]
    manifest = _blob(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": _descriptor(CONFIG_TYPE, config),
            "layers": layers,
        }
    )
    blobs[digest(config)], blobs[digest(manifest)] = config, manifest
    return {
        **_descriptor(MANIFEST_TYPE, manifest),
        "platform": {"architecture": architecture(), "os": "linux"},
        "annotations": {
            "io.containerd.image.name": image.name,
            "org.opencontainers.image.ref.name": image.name.rpartition(":")[2],
        },
    }


def _blob(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _descriptor(media_type: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest(blob), "size": len(blob)}


def _place(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
