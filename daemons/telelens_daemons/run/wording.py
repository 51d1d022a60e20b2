"""What can be done, in the words of a specification."""

from __future__ import annotations

from typing import Final

from telelens_daemons.intercepts.wording import Wording

in_specification: Final = Wording(
    {
        "--service": 'the key "service"',
        "--container": 'the key "container"',
        "--port LOCAL:PORT": 'the keys "port" and "localPort"',
        "--workload-kind": "telelens intercept can, a specification cannot",
    }
)
"""For a run, which takes the connection's flags but none of an intercept's."""
