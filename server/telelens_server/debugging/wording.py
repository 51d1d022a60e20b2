"""What can be done, in an editor's words: it has settings and keys where the command line has flags, and these the user
daemon names to whoever asks."""

from __future__ import annotations

from typing import Final

from telelens_daemons.intercepts.wording import Wording

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
