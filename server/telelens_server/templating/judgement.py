"""One judgement of a templated text, worked out beside the loop: nothing here may be shared with it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event

from telelens_daemons.username import username
from telelens_schemas.specification.expanding import Expanded, read_expanded, read_unexpanded
from telelens_schemas.templates import Limits, Template, parse

from telelens_server.templating.evaluating import LIMITS, is_left_to_the_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. ``environment`` is ``None`` where nothing may be expanded; ``earlier`` is used up."""

    text: str
    name: str
    environment: Mapping[str, str] | None
    template: Template | None = None
    earlier: Expanded | None = None
    is_thorough: bool = False
    """Whether it may cost as much as for a run."""


def judge(question: Question, stale: Event) -> Expanded:
    """Ends early, with an answer that nobody should read, when it is ``stale``."""
    template = question.template or parse(question.text)
    environment = question.environment
    if environment is None or is_left_to_the_run(template):
        return read_unexpanded(template, question.name, environment=environment, earlier=question.earlier)

    def clock() -> float:
        # Of this thread alone: what others do meanwhile makes no template slow.
        return math.inf if stale.is_set() else time.thread_time()

    return read_expanded(
        question.text,
        question.name,
        environment=environment,
        username=username(environment),
        limits=Limits() if question.is_thorough else LIMITS,
        clock=clock,
        template=template,
        earlier=question.earlier,
    )
