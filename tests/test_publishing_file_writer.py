"""A file is replaced as a whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from aggregator.publishing.file_writer import FileNotWritten, replace_file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_can_be_read_by_all_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    new, old = tmp_path / "new.xml", tmp_path / "old.xml"
    replace_file(new, b"body")
    assert (new.read_bytes(), mode(new)) == (b"body", 0o644)
    old.write_bytes(b"a longer body than the new one")
    old.chmod(0o600)
    replace_file(old, b"body")
    assert (old.read_bytes(), mode(old)) == (b"body", 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.xml", "old.xml"], "no other file is left"


def test_a_symbolic_link_stays_one_and_its_target_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    link, target = tmp_path / "link.xml", folder / "target.xml"
    target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new")


def test_a_file_that_cannot_be_written_is_told_with_the_cause_and_leaves_nothing(tmp_path: Path) -> None:
    missing, folder = tmp_path / "nowhere" / "a.xml", tmp_path / "folder"
    with pytest.raises(FileNotWritten) as raised:
        replace_file(missing, b"body")
    assert str(raised.value) == f"{missing}: cannot be written: No such file or directory"
    folder.mkdir()
    with pytest.raises(FileNotWritten) as raised:
        replace_file(folder, b"body")
    assert str(raised.value) == f"{folder}: cannot be written: Is a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
