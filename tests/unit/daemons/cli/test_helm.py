"""What the helm program is told, and how its failures are."""

from __future__ import annotations

from pathlib import Path

import pytest
from telelens_daemons.cli.helm import HelmError, helm
from telelens_daemons.cli.options import GlobalOptions, KubectlFlags

SHOW = '#!/bin/sh\necho "$@"\necho "$HELM_KUBETOKEN"\n'


def put_helm(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "helm"
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_a_token_travels_where_nobody_else_can_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_helm(tmp_path, SHOW, monkeypatch)
    options = GlobalOptions(kubectl=KubectlFlags(context="work", token="secret", as_groups=("a", "b")))
    arguments, token = helm(options, ["list"]).splitlines()
    assert arguments == "list --kube-context work --kube-as-group a --kube-as-group b"
    assert token == "secret"


@pytest.mark.parametrize("flags", [{"cluster": "staging"}, {"user": "admin"}, {"client_certificate": "x.pem"}])
def test_what_helm_cannot_be_told_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: dict[str, str]
) -> None:
    """Else it would speak to another cluster than the rest of the command."""
    put_helm(tmp_path, SHOW, monkeypatch)
    with pytest.raises(HelmError, match=f"helm has no option --{next(iter(flags)).replace('_', '-')}"):
        helm(GlobalOptions(kubectl=KubectlFlags(**flags)), ["list"])


def test_its_last_word_is_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_helm(tmp_path, "#!/bin/sh\necho 'WARNING: no' >&2\necho 'Error: release: not found' >&2\nexit 1\n", monkeypatch)
    with pytest.raises(HelmError, match=r"^helm uninstall: release: not found$") as caught:
        helm(GlobalOptions(), ["uninstall"])
    assert "--namespace" in caught.value.hint


def test_without_helm_it_says_where_it_is_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HelmError, match="helm is not on PATH") as caught:
        helm(GlobalOptions(), ["list"])
    assert "install it" in caught.value.hint
