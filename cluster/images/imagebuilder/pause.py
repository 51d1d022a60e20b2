"""The image that holds a pod's namespaces: one static program."""

import subprocess
from pathlib import Path

from imagebuilder.layers import cached
from imagebuilder.oci import Image

SOURCE = Path(__file__).with_name("pause.c")
NAME = "localhost/pause:1"


def image(cache: Path) -> Image:
    def compile_into(root: Path) -> None:
        command = ["cc", "-Os", "-static", "-s", "-o", str(root / "pause"), str(SOURCE)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    layer = cached(cache, f"pause {SOURCE.read_text()}", compile_into)
    return Image(name=NAME, layers=[layer], entrypoint=["/pause"], user="65535:65535")
