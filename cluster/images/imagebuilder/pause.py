"""The image that holds a pod's namespaces: one static program."""

from pathlib import Path

from imagebuilder.layers import cached, packed
from imagebuilder.oci import Image
from imagebuilder.programs import run

SOURCE = Path(__file__).with_name("pause.c")


def image(cache: Path) -> Image:
    def fill(root: Path) -> None:
        run("cc", "-Os", "-static", "-s", "-o", root / "pause", SOURCE)

    layer = cached(cache, f"pause {SOURCE.read_text()}", packed(fill))
    return Image(name="localhost/pause:1", layers=[layer], entrypoint=["/pause"], user="65535:65535")
