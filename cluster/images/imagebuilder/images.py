"""The images: what each is made of and how it starts. One function, one image."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from imagebuilder import application, base, dependencies, pause
from imagebuilder.oci import Image
from imagebuilder.places import IMAGES, USER, version

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PYTHONPATH": f"{dependencies.FOLDER}:{application.FOLDER}",
    "PYTHONUNBUFFERED": "1",
    "LANG": "C.UTF-8",
}


def _program(cache: Path, role: str, **environment: str) -> Image:
    layers = [
        base.layer(cache),
        dependencies.layer(cache, IMAGES / f"{role}.lock"),
        application.layer(cache),
    ]
    return Image(
        name=f"localhost/telelens-{role}:{version()}",
        layers=layers,
        entrypoint=["python3", "-m", f"telelens_cluster.{role}"],
        environment=ENVIRONMENT | environment,
        user=USER,
    )


def agent(cache: Path) -> Image:
    return _program(cache, "agent", PYTHONOPTIMIZE="2")


def manager(cache: Path) -> Image:
    return _program(cache, "manager")


def sample(cache: Path) -> Image:
    """`args: [echo.py]` chooses the program."""
    return Image(
        name=f"localhost/telelens-sample:{version()}",
        layers=[base.layer(cache), application.samples(cache)],
        entrypoint=["python3"],
        command=["echo.py"],
        environment={name: value for name, value in ENVIRONMENT.items() if name != "PYTHONPATH"},
        user=USER,
        folder=application.SAMPLES,
    )


ALL: Mapping[str, Callable[[Path], Image]] = {
    "agent": agent,
    "manager": manager,
    "sample": sample,
    "pause": pause.image,
}

OURS: Sequence[str] = ("agent", "manager", "sample")
"""Those that `make images` builds; the pause image belongs to the local cluster."""
