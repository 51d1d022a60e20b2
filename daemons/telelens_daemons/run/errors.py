"""Why a specification is not run, or not any longer."""

from __future__ import annotations

from collections.abc import Sequence

from telelens_schemas.specification import Problem

from telelens_daemons.errors import UserError


class SpecificationRefusedError(UserError):
    """It has errors; nothing was done."""

    code = "specification-refused"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            f"{problems[0]}{more}",
            hint=f"see all with: telelens intercept validate {file}",
            detail="\n".join(str(problem) for problem in problems),
        )


class UnsupportedSpecificationError(UserError):
    """It is right, but asks for what this version cannot do yet; nothing was done."""

    code = "not-supported-yet"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first, *others = problems
        super().__init__(
            f"{first.file}:{first.range.line}:{first.range.column}: {first.message}",
            hint="; ".join(f"line {one.range.line}: {one.message}" for one in others),
            detail="\n".join(str(problem) for problem in problems),
        )


class UnknownHandlerError(UserError):
    """``--debug`` names a handler that the specification does not have."""

    code = "unknown-handler"


class LocalPortTakenError(UserError):
    """A handler could not listen where the specification says that it does."""

    code = "port-taken"


class HandlerEndedError(UserError):
    """A handler ended by itself; the run ends with it."""

    code = "handler-ended"


class InterceptEndedError(UserError):
    """An intercept of the run was taken away by somebody."""

    code = "intercept-ended"
