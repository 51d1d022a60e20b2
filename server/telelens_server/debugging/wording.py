"""What can be done, in an editor's words: it has settings and keys where the command line has flags, and these the user
daemon names to whoever asks."""

from __future__ import annotations

import re

_FOR = {
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
_FLAG = re.compile(rf"(?<!\S)\(?({'|'.join(map(re.escape, _FOR))})(?![\w-])")
_WHOLE = (
    (re.compile(r"telelens intercept (\S+) --service (\S+)"), r'"\1", with the key "service": "\2"'),
    (re.compile(r"^--container (\S+)$"), r'write the key "container": "\1"'),
)
"""What has a value of its own."""


def in_editor(text: str) -> str:
    """A message or a hint, with what an editor has in place of flags."""
    for pattern, words in _WHOLE:
        text = pattern.sub(words, text)
    return _FLAG.sub(lambda found: found[0].replace(found[1], _FOR[found[1]]), text)
