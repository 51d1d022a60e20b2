"""Tells of each step, with its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from telelens_daemons.cli.output import Output
from telelens_daemons.errors import UserError


@dataclass(slots=True)
class Step:
    """One line of the demo. ``shows`` is set by the step itself, to what was seen."""

    name: str
    seconds: float = 0.0
    succeeded: bool = False
    shows: str = ""


@dataclass(slots=True)
class Steps:
    """All of them, in the order in which they ended."""

    output: Output
    began: float = field(default_factory=time.monotonic)
    done: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Write the line when the step is over, well or not."""
        step, began = Step(name), time.monotonic()
        try:
            yield step
            step.succeeded = True
        except UserError as error:
            step.shows = f"failed: {error.message}"
            raise
        except BaseException:
            step.shows = "cut short"
            raise
        finally:
            step.seconds = time.monotonic() - began
            self.done.append(step)
            self.output.line(f"{step.seconds:7.2f} s  {step.name}{': ' if step.shows else ''}{step.shows}")

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.began

    def to_object(self) -> list[dict[str, object]]:
        """For ``--format json``."""
        return [
            {"step": one.name, "seconds": round(one.seconds, 3), "succeeded": one.succeeded, "shows": one.shows}
            for one in self.done
        ]
