"""The judge of templates: Go's own text/template and sprig, in a program that is built once per worker."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

GOLANG = Path(__file__).parent / "golang"


@dataclass(frozen=True)
class Reference:
    """The running program; one question at a time."""

    process: subprocess.Popen[str]

    def expand(self, template: str, data: object = None, env: Mapping[str, str] | None = None) -> dict[str, Any]:
        """``{"output": …}`` or ``{"error": …, "line": …, "column": …}``, the column in bytes from 0."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        question = {"template": template, "data": data, "env": {"TZ": "UTC", **(env or {})}}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@pytest.fixture(scope="session")
def reference_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("go") is None:
        pytest.skip("Go is not installed: the committed table is the proof here")
    program = tmp_path_factory.mktemp("golang") / "reference"
    subprocess.run(["go", "build", "-buildvcs=false", "-o", str(program), "."], cwd=GOLANG, check=True)
    return program


@pytest.fixture(scope="session")
def reference(reference_program: Path) -> Iterator[Reference]:
    with subprocess.Popen(
        [str(reference_program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Reference(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=10)


@pytest.fixture(scope="session")
def reference_functions(reference_program: Path) -> dict[str, str]:
    """Every function of sprig with its Go type."""
    listed = subprocess.run([str(reference_program), "functions"], capture_output=True, text=True, check=True).stdout
    return dict(line.split(" ", 1) for line in listed.splitlines())
