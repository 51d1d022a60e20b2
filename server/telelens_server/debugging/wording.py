"""What can be done, in an editor's words: it has settings and keys where the command line has flags, and these the user
daemon names to whoever asks."""

from __future__ import annotations

from typing import Final

from telelens_daemons.errors import UserError
from telelens_daemons.intercepts.wording import Wording

from telelens_server.requests import Intercepted

in_editor: Final = Wording(
    {
        "--manager-namespace": "the setting telelens.managerNamespace",
        "--context": "the setting telelens.context",
        "--kubeconfig": 'the key "kubeconfig"',
        "--namespace": 'the key "namespace"',
        "--workload-kind": 'the key "kind"',
        "--service": 'the key "service"',
        "--container": 'the key "container"',
        "--mechanism": 'the key "mechanism"',
        "--port LOCAL:PORT": 'the key "ports", in a specification "port"',
        "--http-header auto": 'a header with the value "auto"',
        "--as, --as-group": '"as" and "as-group" in "kubeFlags"',
        "--request-timeout": '"request-timeout" in "kubeFlags"',
    }
)


def ended(intercepted: Intercepted, error: Exception | None) -> str:
    """Of an intercept that nobody here wanted to end: what happened, and what to do. No error: others ended it."""
    one = intercepted
    # An editor may show the beginning alone.
    told = (
        f"{one.workload} is no longer intercepted: {error or 'that was ended from outside'}."
        f" Requests of {one.name} in namespace {one.namespace} go to the cluster again."
    )
    hint = "somebody deleted it in the cluster, or telelens leave or quit did; intercept again to go on"
    if error is not None:
        hint = error.hint if isinstance(error, UserError) else ""
    return f"{told} {hint[:1].upper()}{hint[1:]}." if hint else told
