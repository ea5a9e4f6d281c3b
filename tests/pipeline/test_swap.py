"""Where a build goes: what is refused, what is left alone, what is never written to."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from telemed_infra.pipeline.build import build
from telemed_infra.pipeline.errors import OutputError
from telemed_infra.pipeline.swap import next_output, remove_strangers, write_if_changed
from tests.pipeline.provinces import Place, content


def make(out: Path, text: str = "x") -> None:
    with next_output(out) as output:
        write_if_changed(output.folder / "file", text.encode())
        output.accept()


def test_builds_take_turns(tmp_path: Path) -> None:
    out = tmp_path / "build"
    for text in ("one", "two", "three"):
        make(out, text)
        assert (out / "file").read_text() == text
    assert {path.name for path in tmp_path.iterdir()} == {
        "build", ".build.a", ".build.b", ".build.lock",
    }  # fmt: skip


def test_what_is_not_accepted_does_not_show(tmp_path: Path) -> None:
    out = tmp_path / "build"
    make(out, "old")
    with next_output(out) as output:
        (output.folder / "file").write_text("new")
    assert (out / "file").read_text() == "old"


def test_an_error_inside_leaves_the_old(tmp_path: Path) -> None:
    out = tmp_path / "build"
    make(out, "old")

    def fail() -> None:
        with next_output(out) as output:
            (output.folder / "file").write_text("new")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (out / "file").read_text() == "old"


def stands_a_file(out: Path) -> None:
    out.write_text("mine")


def stands_a_folder(out: Path) -> None:
    out.mkdir()
    (out / "mine").write_text("mine")


def stands_a_link(out: Path) -> None:
    (out.parent / "mine").mkdir()
    out.symlink_to("mine")


def stands_a_dangling_link(out: Path) -> None:
    out.symlink_to("nowhere")


@pytest.mark.parametrize(
    "stands", [stands_a_file, stands_a_folder, stands_a_link, stands_a_dangling_link]
)
def test_what_is_not_ours_is_left_alone(tmp_path: Path, stands: object) -> None:
    out = tmp_path / "build"
    assert callable(stands)
    stands(out)
    before = content(tmp_path), os.path.lexists(out)
    with pytest.raises(OutputError, match="is not a build of ours") as refused:
        make(out)
    assert refused.value.hint
    assert (content(tmp_path), os.path.lexists(out)) == before


def test_a_parent_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError):
        make(tmp_path / "file" / "build")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="name too long"):
        make(tmp_path / ("x" * 300))


@pytest.mark.parametrize("removed", [".build.a", ".build.b"])
def test_a_folder_removed_by_hand(tmp_path: Path, removed: str) -> None:
    out = tmp_path / "build"
    make(out, "one")
    make(out, "two")
    remove_strangers(tmp_path / removed, ())
    (tmp_path / removed).rmdir()
    make(out, "three")
    assert (out / "file").read_text() == "three"


def test_a_folder_of_ours_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / ".build.a").write_text("mine")
    with pytest.raises(OutputError, match=r"\.build\.a"):
        make(tmp_path / "build")


def test_two_builds_at_once(tmp_path: Path) -> None:
    out = tmp_path / "build"
    with next_output(out):
        with pytest.raises(OutputError, match="another build is writing"):
            make(out)
        make(tmp_path / "other")
    make(out)


def test_a_lock_that_leads_elsewhere_empties_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".build.lock").symlink_to("mine")
    make(tmp_path / "build")
    assert (tmp_path / "mine").read_text() == "mine"


class TestLinks:
    """Nothing outside is written or removed, whatever leads there."""

    @pytest.fixture
    def outside(self, tmp_path: Path) -> Path:
        folder = tmp_path / "outside"
        folder.mkdir()
        (folder / "file").write_text("mine")
        return folder

    def test_a_whole_folder(self, tmp_path: Path, outside: Path) -> None:
        (tmp_path / ".build.a").symlink_to(outside)
        make(tmp_path / "build")
        assert content(outside) == {"file": b"mine"}

    @pytest.mark.parametrize("name", ["file", "manifest.json", "configs"])
    def test_inside(self, place: Place, outside: Path, name: str) -> None:
        older = place.out.with_name(".build.b")
        older.mkdir()
        target = outside if name == "configs" else outside / "file"
        (older / name).symlink_to(target)
        place.edit("services.yml", "远程影像", "影像")
        result = build(place.request())
        assert result.proven
        assert place.out.readlink() == Path(".build.b")
        assert content(outside) == {"file": b"mine"}
        assert not (place.out / name).is_symlink()

    def test_strangers(self, tmp_path: Path, outside: Path) -> None:
        folder = tmp_path / "folder"
        (folder / "inner").mkdir(parents=True)
        (folder / "kept").write_text("kept")
        (folder / "inner" / "link").symlink_to(outside)
        (folder / "dangling").symlink_to("nowhere")
        remove_strangers(folder, {"kept"})
        assert {path.name for path in folder.iterdir()} == {"kept"}
        assert content(outside) == {"file": b"mine"}

    def test_a_copy_by_hard_links_keeps_what_it_says(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("old")
        (tmp_path / "copy").hardlink_to(tmp_path / "file")
        assert write_if_changed(tmp_path / "file", b"new")
        assert (tmp_path / "copy").read_text() == "old"
        assert (tmp_path / "file").read_text() == "new"


@pytest.mark.parametrize("old", [b"", b"same", b"longer than the new one", b"x"])
@pytest.mark.parametrize("new", [b"", b"same"])
def test_a_file_says_what_was_written(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(old)
    assert write_if_changed(path, new) == (old != new)
    assert path.read_bytes() == new


def test_the_error_comes_whole_out_of_a_worker() -> None:
    error = pickle.loads(pickle.dumps(OutputError("problem", "hint")))
    assert (str(error), error.problem, error.hint) == ("problem", "problem", "hint")
