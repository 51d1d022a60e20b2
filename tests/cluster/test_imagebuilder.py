"""The image builder: the same sources make the same bytes, and the lock files are current."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

BUILDER = Path(__file__).resolve().parents[2] / "cluster" / "images"


def build(*arguments: str | Path, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(BUILDER), "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-m", "imagebuilder", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


def test_two_builds_without_a_common_cache_are_equal(tmp_path: Path) -> None:
    images = []
    for name in ("one", "two"):
        made = build("build", "pause", "--out", tmp_path / f"{name}.tar", cache=tmp_path / name)
        assert made.returncode == 0, made.stderr
        assert made.stdout == "localhost/pause:1\n"
        images.append((tmp_path / f"{name}.tar").read_bytes())
    assert images[0] == images[1]


def test_image_names_itself_and_runs_as_nobody_special(tmp_path: Path) -> None:
    build("build", "pause", "--out", tmp_path / "image.tar", cache=tmp_path)

    def read(tar: tarfile.TarFile, name: str) -> dict[str, object]:
        stream = tar.extractfile(name)
        assert stream is not None
        contents: dict[str, object] = json.load(stream)
        return contents

    with tarfile.open(tmp_path / "image.tar") as tar:
        index = json.dumps(read(tar, "index.json"))
        blobs = [name for name in tar.getnames() if name.startswith("blobs/")]
        small = [read(tar, name) for name in blobs if tar.getmember(name).size < 10_000]
    assert '"io.containerd.image.name": "localhost/pause:1"' in index
    (config,) = [entry["config"] for entry in small if "rootfs" in entry]
    assert isinstance(config, dict)
    assert config["User"] == "65535:65535"


def test_unknown_image_is_named(tmp_path: Path) -> None:
    refused = build("build", "agnet", "--out", tmp_path / "image.tar", cache=tmp_path)
    assert refused.returncode == 1
    assert "no image named agnet: there are agent, manager, sample, pause" in refused.stderr


def test_lock_files_of_the_images_are_current(tmp_path: Path) -> None:
    checked = build("lock", "--check", cache=tmp_path)
    assert checked.returncode == 0, checked.stderr
