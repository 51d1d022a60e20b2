"""What the server holds while somebody types for a long time."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from telelens_schemas.specification import Reading
from unit.server.features.editor import Editor

TEXTS = {
    "plain": "connection: {{namespace: shop}}\nhandlers: [{{name: one{number}}}]\nworkloads: []\n",
    "templated": 'connection: {{namespace: "{{{{ .Telelens.Username }}}}"}}\nhandlers: [{{name: one{number}}}]\n',
}
KUBECONFIGS = {
    "none": None,
    "broken": "clusters: 1\n",
    "without an answer": """\
apiVersion: v1
kind: Config
current-context: away
contexts: [{name: away, context: {cluster: away, user: ada}}]
clusters: [{name: away, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: ada, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: "false"}}}]
""",
}
EDITS = 16


def held(beginning: str) -> int:
    """How many readings there are of texts that begin so."""
    gc.collect()
    trees = [one.tree for one in gc.get_objects() if isinstance(one, Reading)]
    return sum(one is not None and one.whole.text.startswith(beginning) for one in trees)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kubeconfig", KUBECONFIGS)
async def test_no_text_is_kept_but_the_last_ones(
    text: str, kubeconfig: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    if (content := KUBECONFIGS[kubeconfig]) is not None:
        config.write_text(content)
    monkeypatch.setenv("KUBECONFIG", str(config))
    beginning = f"# {tmp_path}\n"
    editor = await Editor.opened(beginning)
    for number in range(EDITS):
        editor.change(beginning + TEXTS[text].format(number=number))
        await editor.ask("diagnostic")
        await editor.ask("hover", position={"line": 1, "character": 15})
        await editor.ask("completion", position={"line": 1, "character": 28})
    assert 0 < held(beginning) <= 8
