"""What a build says and leaves: the same bytes, what changed, what is trusted, a part of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from telemed_infra.model.pattern import PatternError
from telemed_infra.pipeline.build import BuildResult, build
from telemed_infra.pipeline.errors import OutputError
from telemed_infra.pipeline.manifest import read_manifest
from telemed_infra.problem import InputError
from tests.pipeline.provinces import AS_OF, Place, content

SITE = "configs/bijie/weining-caohai"
GATEWAY = f"{SITE}/BJ-WN-CH-GW01.nft"
ONE_BUILD = """
import sys
from datetime import date
from pathlib import Path
from telemed_infra.pipeline.build import BuildRequest, build
inventory, out, jobs = sys.argv[1:]
print(build(BuildRequest(inventory=Path(inventory), out=Path(out), jobs=int(jobs), native="none",
                         as_of=date(2026, 7, 1))).proven)
"""


def trusted(place: Place, **other: object) -> bool:
    return bool(build(place.request(**other)).trusted)


def test_same_input_same_bytes(made_once: Place, tmp_path: Path) -> None:
    """Whatever the number of processes, the seed of hashes and the folder one stands in."""
    for number, (jobs, seed) in enumerate([(1, "1"), (2, "2")]):
        out = tmp_path / str(number)
        run = subprocess.run(
            [sys.executable, "-c", ONE_BUILD, made_once.inventory, out, str(jobs)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.stdout == "True\n", run.stderr
        assert content(out) == made_once.content()


def test_relative_paths_and_a_linked_inventory_make_the_same(
    made_once: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a link").symlink_to(made_once.inventory)
    monkeypatch.chdir(tmp_path)
    place = Place(Path("a link"), Path("a folder/of its own/build 1"))
    assert build(place.request()).proven
    assert place.content() == made_once.content()


def test_nothing_changed(place: Place) -> None:
    result = build(place.request())
    assert result.trusted
    assert (result.changed, result.proven) == (0, True)
    assert result.files == len(place.content()) - 2  # manifest and proof


@pytest.mark.parametrize("file", [GATEWAY, f"{SITE}/origin.json", "proof.json", "manifest.json"])
def test_a_changed_file_is_noticed_and_mended(place: Place, file: str) -> None:
    before = place.content()
    path = place.out / file
    path.write_bytes(path.read_bytes()[:-2] + b"#\n")
    result = build(place.request())
    assert not result.trusted
    assert result.changed == file.startswith("configs/")
    assert place.content() == before
    assert trusted(place)


def test_a_missing_file_is_noticed(place: Place) -> None:
    (place.out / GATEWAY).unlink()
    result = build(place.request())
    assert (result.trusted, result.changed) == ("", 1)


@pytest.mark.parametrize("name", ["configs/stranger.nft", "notes.txt", f"{SITE}/.hidden"])
def test_a_file_too_many_is_noticed_and_goes(place: Place, name: str) -> None:
    (place.out / name).write_text("x")
    assert not trusted(place)
    assert not (place.out / name).exists()


def test_a_link_in_place_of_a_file_is_noticed(place: Place, tmp_path: Path) -> None:
    path = place.out / GATEWAY
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert not trusted(place)
    assert not path.is_symlink()


def test_trust_needs_neither_schemas_nor_templates_nor_parsers() -> None:
    """What is not loaded takes no time."""
    code = "import sys, telemed_infra.pipeline.build; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = ("jinja2", "pydantic", "yaml", *(
        f"telemed_infra.{stage}"
        for stage in ("native", "prove", "parse", "render", "compile", "intent", "plan")
    ))  # fmt: skip
    assert not [name for name in run.stdout.split() if name.startswith(heavy)]


def test_a_changed_inventory_is_noticed(place: Place) -> None:
    place.edit("services.yml", "远程影像", "影像")
    assert not trusted(place)
    assert trusted(place)


def test_a_renamed_inventory_is_another_one(place: Place) -> None:
    """Origins begin with its name."""
    place.inventory.rename(place.inventory.with_name("other"))
    other = Place(place.inventory.with_name("other"), place.out)
    assert not trusted(other)


def test_an_inventory_behind_links_is_looked_at(place: Place, tmp_path: Path) -> None:
    (place.inventory / "sites").rename(tmp_path / "elsewhere")
    (place.inventory / "sites").symlink_to(tmp_path / "elsewhere")
    assert trusted(place)
    place.edit("sites/5227-qiannan.yml", "昌明镇卫生院", "昌明镇中心卫生院")
    assert not trusted(place)


def test_a_changed_template_is_noticed(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from telemed_infra.pipeline import build as module  # noqa: PLC0415
    from telemed_infra.resources import shipped  # noqa: PLC0415

    subprocess.run(["cp", "-r", shipped("templates"), tmp_path], check=True)
    monkeypatch.setattr(module, "shipped", lambda name: tmp_path / name)
    assert trusted(place)
    template = tmp_path / "templates" / "nftables" / "gateway.j2"
    template.write_text(template.read_text("utf-8") + "{# no word of it is printed #}", "utf-8")
    assert not trusted(place)


def test_another_environment_and_other_programs_are_noticed(place: Place) -> None:
    (place.inventory / "environments").mkdir()
    (place.inventory / "environments" / "lab.yml").write_text(
        "services.yml: {portal: {rto: 60s}}\n"
    )
    assert trusted(place)
    assert not trusted(place, environment="lab")
    assert trusted(place, environment="lab")
    assert not trusted(place)
    manifest = read_manifest(place.out / "manifest.json")
    assert manifest
    assert manifest.current(manifest.inputs, AS_OF, "none")
    assert not manifest.current(manifest.inputs, AS_OF, "shape")


def test_a_review_that_ran_out_is_noticed(place: Place) -> None:
    manifest = read_manifest(place.out / "manifest.json")
    assert manifest
    last = AS_OF.fromisoformat(manifest.holds_until)
    assert trusted(place, as_of=last)
    with pytest.raises(InputError, match="held 12 months"):
        build(place.request(as_of=last + timedelta(days=1)))
    with pytest.raises(InputError, match="is after"):
        build(place.request(as_of=AS_OF.fromisoformat(manifest.reviewed) - timedelta(days=1)))


def test_a_finding_leaves_the_old_build_and_says_where_the_refused_one_lies(place: Place) -> None:
    before = place.content()
    place.break_an_expectation()
    result = build(place.request())
    assert [one.kind for one in result.findings] == ["expectation"]
    assert place.content() == before
    refused = Path(result.refused)
    assert (refused / GATEWAY).is_file()
    assert not (refused / "manifest.json").exists()


def test_a_broken_inventory_writes_nothing(empty: Place) -> None:
    empty.edit("services.yml", "rto: 15s", "rto: soon")
    with pytest.raises(InputError):
        build(empty.request())
    assert {path.name for path in empty.out.parent.iterdir()} == {"inventory"}


def test_a_pattern_that_names_nothing_writes_nothing(empty: Place) -> None:
    with pytest.raises(PatternError):
        build(empty.request(limit="county_nowhere"))
    assert {path.name for path in empty.out.parent.iterdir()} == {"inventory"}


class TestLimit:
    def test_other_files_are_carried_over(self, place: Place) -> None:
        before = place.content()
        place.edit("policies/imaging.yml", "apps: [dicom-tls]", "apps: [dicom-tls, https]")
        result = build(place.request(limit="BJ-WN-CH-*"))
        assert result.proven
        after = place.content()
        changed = {name for name in before if before[name] != after[name]}
        assert before.keys() == after.keys()
        assert changed == {GATEWAY, "manifest.json", "proof.json"}
        assert result.changed == 1

    def test_it_never_poses_as_a_whole_one(self, place: Place) -> None:
        whole = place.content()
        build(place.request(limit="BJ-WN-CH-GW01"))
        assert json.loads((place.out / "proof.json").read_bytes())["whole"] is False
        assert not trusted(place)
        assert place.content() == whole

    def test_origins_of_a_site_are_merged(self, place: Place) -> None:
        before = json.loads((place.out / SITE / "origin.json").read_bytes())
        assert build(place.request(limit="BJ-WN-CH-GW01")).proven
        assert json.loads((place.out / SITE / "origin.json").read_bytes()) == before

    def test_damaged_origins_are_made_anew(self, place: Place) -> None:
        (place.out / SITE / "origin.json").write_text("[]")
        assert build(place.request(limit="BJ-WN-CH-GW01")).proven

    def test_a_file_changed_by_hand_is_not_approved_by_being_copied(self, place: Place) -> None:
        path = place.out / "configs/bijie/weining-zhongshui/BJ-WN-ZS-GW01.nft"
        path.write_text(path.read_text("utf-8") + "# by hand\n", "utf-8")
        build(place.request(limit="BJ-WN-CH-GW01"))
        said = [str(one) for one in place.verify().findings]
        assert said == [f"{path.relative_to(place.out)}: manifest: was changed after the build"]

    def test_a_file_removed_by_hand_is_told_of(self, place: Place) -> None:
        path = place.out / "configs/bijie/weining-zhongshui/BJ-WN-ZS-GW01.nft"
        path.unlink()
        assert build(place.request(limit="BJ-WN-CH-GW01")).proven
        assert [one.kind for one in place.verify().findings] == ["unread"]

    def test_beside_a_damaged_manifest_it_is_refused(self, place: Place) -> None:
        (place.out / "manifest.json").write_text("{}")
        before = place.content()
        with pytest.raises(OutputError, match="manifest"):
            build(place.request(limit="BJ-WN-CH-GW01"))
        assert place.content() == before


class TestCheckOnly:
    """What Ansible's check mode asks: what would change, and nothing is written."""

    @staticmethod
    def changed(place: Place, **other: object) -> BuildResult:
        before = content(place.out.parent)
        result = build(place.request(check_only=True, **other))
        assert content(place.out.parent) == before
        return result

    def test_nothing(self, place: Place) -> None:
        assert self.changed(place).changed == 0

    def test_nothing_of_a_part(self, place: Place) -> None:
        assert self.changed(place, limit="county_weining").changed == 0

    def test_a_policy(self, place: Place) -> None:
        place.edit("policies/imaging.yml", "apps: [dicom-tls]", "apps: [dicom-tls, https]")
        dry = self.changed(place)
        assert 0 < dry.changed < dry.files
        assert build(place.request()).changed == dry.changed

    def test_a_site_that_goes(self, place: Place) -> None:
        line = "      guiding-panjiang: {num: 2, short: PJ,"
        text = (place.inventory / "sites/5227-qiannan.yml").read_text("utf-8")
        kept = [one for one in text.splitlines(keepends=True) if not one.startswith(line)]
        (place.inventory / "sites/5227-qiannan.yml").write_text("".join(kept), "utf-8")
        dry = self.changed(place)
        assert dry.changed >= 3  # gateway, switch, origins
        assert build(place.request()).changed == dry.changed
        assert not (place.out / "configs/qiannan/guiding-panjiang").exists()

    def test_everything_if_nothing_stands(self, empty: Place) -> None:
        result = self.changed(empty)
        assert result.changed == result.files

    def test_with_a_finding(self, place: Place) -> None:
        place.break_an_expectation()
        result = self.changed(place)
        assert (result.proven, result.refused) == (False, "")
