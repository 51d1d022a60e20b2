"""Files of ``--env-file``: refused before anything is done, never readable by others, never silently incomplete."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from telelens_daemons.cli.environment_files import environment_files
from telelens_daemons.errors import UserError

LINES = {"KEY": "-----BEGIN\nEND-----", "WORD": "s3cret"}


@pytest.mark.parametrize(
    ("name", "why"),
    [("missing/e.env", "there is no folder .*/missing"), (".", "it is a folder"), ("file/e.env", "there is no folder")],
)
def test_a_path_that_cannot_be_written_is_found_before(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "file").touch()
    for asked in ({"env_file": tmp_path / name, "env_json": None}, {"env_file": None, "env_json": tmp_path / name}):
        with pytest.raises(UserError, match=f"cannot write .*: {why}"):
            environment_files(env_syntax="", **asked)


def test_a_folder_that_nobody_may_write_in_is_found_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The super-user may write anywhere, but not in a file system that is mounted read-only.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UserError, match="you may not write in"):
        environment_files(env_file=tmp_path / "e.env", env_syntax="", env_json=None)


def test_the_default_syntax_leaves_out_what_it_cannot_hold_and_says_so(tmp_path: Path) -> None:
    (file,) = environment_files(env_file=tmp_path / "e.env", env_syntax="", env_json=None)
    assert file.write(LINES) == ("KEY",)
    assert (tmp_path / "e.env").read_text() == "WORD=s3cret\n"


def test_a_syntax_that_was_chosen_and_cannot_hold_it_is_an_error_and_the_json_is_there(tmp_path: Path) -> None:
    first, second = environment_files(env_file=tmp_path / "e.env", env_syntax="docker", env_json=tmp_path / "e.json")
    assert first.write(LINES) == ()
    with pytest.raises(UserError, match="docker files cannot hold KEY"):
        second.write(LINES)
    assert json.loads((tmp_path / "e.json").read_text()) == LINES
    assert not (tmp_path / "e.env").exists()


def test_a_syntax_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UserError, match='"bash" is not known') as caught:
        environment_files(env_file=tmp_path / "e", env_syntax="bash", env_json=None)
    assert "sh:export" in caught.value.hint


def test_a_file_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    path, link = tmp_path / "e.env", tmp_path / "link.env"
    path.write_text("OLD=1\n")
    path.chmod(0o644)
    link.symlink_to(path)
    with path.open() as reader:
        (file,) = environment_files(env_file=link, env_syntax="", env_json=None)
        file.write({"A": "1"})
        assert reader.read() == "OLD=1\n"
    assert link.is_symlink()
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("A=1\n", 0o600)
    assert sorted(tmp_path.iterdir()) == [path, link]


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        (file,) = environment_files(env_file=pipe, env_syntax="", env_json=None)
        file.write({"A": "1"})
        assert os.read(reader, 100) == b"A=1\n"
    finally:
        os.close(reader)
