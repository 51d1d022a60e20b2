"""What may go wrong on the workstation, told to people.

A ``UserError`` is expected and is shown as it is; anything else that escapes is a bug and is shown as one.
"""

from __future__ import annotations

from typing import Self

WARNING = "warning: "
"""How a line of progress begins that everybody should see, though nothing has failed."""


class UserError(Exception):
    """One line that says what happened and where, one that says what to do, and the rest for ``--debug``.

    ``code`` is stable and kebab-case, for programs.
    """

    code = "failed"

    def __init__(self, message: str, *, hint: str = "", detail: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail
        if code is not None:
            self.code = code

    def again(self) -> Self:
        """The same, for who keeps one and raises it to each who asks: an exception holds, in its traceback, all that
        everyone held to whom it was raised."""
        other = type(self).__new__(type(self), *self.args)
        other.__dict__.update(self.__dict__)
        return other


def first_user_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Of several failures at once, the one to tell.

    Not by ``except*``: what is raised there comes out in another group before Python 3.11.4.
    """
    error: BaseException = group.subgroup(UserError) or group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class NotConnectedError(UserError):
    """Something needs a connection and there is none."""

    code = "not-connected"

    def __init__(self, notice: str = "") -> None:
        """``notice``: why there is none any more."""
        super().__init__("; ".join(filter(None, ("not connected to a cluster", notice))), hint="run: telelens connect")
