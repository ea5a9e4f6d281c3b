"""The memory comes back as it was kept, or stops the start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from failover.core.cells import Term
from failover.core.effects import Memory
from failover.disk.memory import MemoryDamaged, read_memory, write_memory

KEPT = Memory((("dispatch-1", Term(2, 7)), ("影像-1", Term(1, 3))), 2.17, (("影像-1", Term(1, 3)),))


def test_it_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    write_memory(path, KEPT)
    assert read_memory(path) == KEPT
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["memory"]


def test_a_new_agent_remembers_nothing(tmp_path: Path) -> None:
    assert read_memory(tmp_path / "memory") == Memory()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content.replace(b"7", b"6"),
        lambda _: b"",
        lambda _: b"no memory at all",
    ],
    ids=["torn", "edited", "empty", "strange"],
)
def test_a_damaged_one_stops_the_start(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "memory"
    write_memory(path, KEPT)
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(MemoryDamaged) as refused:
        read_memory(path)
    assert str(path) in refused.value.problem
    assert "status" in refused.value.hint


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(MemoryDamaged, match="cannot be read"):
        read_memory(tmp_path)


def test_a_full_disk_leaves_the_memory_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "memory"
    write_memory(path, KEPT)

    def full(descriptor: int, content: bytes) -> int:
        del descriptor, content
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        write_memory(path, Memory())
    monkeypatch.undo()
    assert read_memory(path) == KEPT
    assert [each.name for each in tmp_path.iterdir()] == ["memory"]
