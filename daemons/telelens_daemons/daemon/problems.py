"""How errors travel over gRPC: as a Problem in the trailing metadata."""

from __future__ import annotations

import logging
import traceback

from telelens_schemas.wire.daemon_pb2 import Problem

from telelens_daemons.errors import UserError

logger = logging.getLogger(__name__)

PROBLEM_KEY = "telelens-problem-bin"
INTERNAL_CODE = "internal"


def problem_of(error: BaseException) -> Problem:
    """A user's error as it is; anything else is a bug and says where its traceback is."""
    if isinstance(error, UserError):
        return Problem(code=error.code, message=error.message, hint=error.hint, detail=error.detail)
    logger.error("a bug", exc_info=error)
    return Problem(
        code=INTERNAL_CODE,
        message=f"the daemon failed: {type(error).__name__}: {error}",
        hint="this is a bug in telelens; its log has the details (telelens status says where it is)",
        detail="".join(traceback.format_exception(error)),
    )


def error_of(problem: Problem) -> UserError:
    """The same, on the caller's side."""
    return UserError(problem.message, hint=problem.hint, detail=problem.detail, code=problem.code)
