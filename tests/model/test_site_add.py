"""A new site is one new line; every other byte of the file stays."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from telemed_infra.model.insertion import NoPlace, insert_entry
from telemed_infra.model.load import load
from telemed_infra.model.site_add import SiteRequest, add_site, apply
from telemed_infra.problem import InputError
from tests.model.small_province import FILES, changed, write

BIJIE = "sites/5205-bijie.yml"
TOWNSHIP = SiteRequest(
    kind="township", id="weining-longjie", name="龙街镇卫生院", parent="weining",
    uplink_mbps=20, code="520526104",
)  # fmt: skip


def request(**values: object) -> SiteRequest:
    base = {name: getattr(TOWNSHIP, name) for name in TOWNSHIP.__dataclass_fields__}
    return SiteRequest(**{**base, **values})


def refused(inventory: Path, wanted: SiteRequest) -> str:
    with pytest.raises(InputError) as caught:
        add_site(inventory, wanted)
    return str(caught.value)


def test_one_line_is_added_and_nothing_else(tmp_path: Path) -> None:
    inventory = write(tmp_path)
    change = add_site(inventory, TOWNSHIP)
    before, after = change.before.split("\n"), change.after.split("\n")
    (line,) = [line for line in after if line not in before]
    assert line == (
        '      weining-longjie: {num: 4, short: LO, code: "520526104", name: 龙街镇卫生院, '
        "uplink_mbps: 20}"
    )
    after.remove(line)
    assert after == before
    assert (inventory / BIJIE).read_text("utf-8") == FILES[BIJIE]  # a plan so far
    assert change.diff().count("\n+ ") == 1


def test_it_is_loaded_with_its_number(tmp_path: Path) -> None:
    inventory = write(tmp_path)
    path = inventory / BIJIE
    path.chmod(0o640)
    apply(add_site(inventory, TOWNSHIP))
    site = load(inventory, as_of=None).sites["weining-longjie"]
    assert (site.num, site.short, site.vendor) == (4, "LO", "huawei")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(entry.name for entry in path.parent.iterdir()) == [
        "52-province.yml", "5205-bijie.yml", "5227-qiannan.yml",
    ]  # fmt: skip


def test_a_retired_number_is_never_given_again(tmp_path: Path) -> None:
    inventory = write(tmp_path)
    numbers = []
    for name in ("aa", "bb", "cc"):
        change = add_site(inventory, request(id=f"weining-{name}"))
        apply(change)
        numbers.append(change.num)
    assert numbers == [4, 5, 6]  # 2 is retired


def test_gaps_are_used_when_the_end_is_reached(tmp_path: Path) -> None:
    inventory = write(tmp_path, changed(BIJIE, "zhongshui: {num: 3", "zhongshui: {num: 56"))
    assert add_site(inventory, TOWNSHIP).num == 3


def test_a_full_block_names_the_way_out(tmp_path: Path) -> None:
    wanted = request(kind="county-hospital", id="nayong-h3", parent="nayong", code=None)
    told = refused(write(tmp_path), wanted)
    assert "no number is left in `nayong`: the county's aligned /19, two /20s" in told
    assert "a replaced hospital needs a second county number" in told


@pytest.mark.parametrize(
    ("wanted", "num", "short", "file"),
    [
        (request(kind="county-hospital", id="weining-h2"), 1, "H2", BIJIE),
        (request(kind="city-hospital", id="bijie-h2", parent="bijie"), 49, "H2", BIJIE),
        (
            request(kind="provincial-hospital", id="guizhou-h2", parent="province"),
            2,
            "H2",
            "sites/52-province.yml",
        ),
        (request(id="guiding-x", parent="guiding"), 3, "X2", "sites/5227-qiannan.yml"),
        (request(id="weining-chahe"), 4, "CHA", BIJIE),  # CH is taken
        (request(id="weining-1st"), 4, "T2", BIJIE),
        (request(short="Z"), 4, "Z", BIJIE),
    ],
)
def test_each_kind_has_its_place(
    wanted: SiteRequest, num: int, short: str, file: str, tmp_path: Path
) -> None:
    inventory = write(tmp_path)
    change = add_site(inventory, wanted)
    assert (change.num, change.short, change.file) == (num, short, f"inventory/{file}")
    apply(change)
    assert wanted.id in load(inventory, as_of=None).sites


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (request(parent="weinin"), "did you mean `weining`?"),
        (request(kind="city-hospital", parent="province"), "`province` has no city-hospitals"),
        (request(id="weining-caohai"), "the site `weining-caohai` is there"),
        (request(short="CH"), "the short name `CH` is taken"),
        (request(code=None), "a township needs its code"),
        (request(code="12'}"), "a township needs its code"),
        (request(uplink_mbps=0), "uplink_mbps: `0` is not more than 0"),
        (request(carrier="unikom"), "did you mean `unicom`?"),
        (request(id="Weining"), "is not an identifier"),
        (request(name="a\nb"), "has control characters"),
        (request(name="password: hunter2"), "is a secret in plain text"),
    ],
)
def test_a_wrong_request(wanted: SiteRequest, told: str, tmp_path: Path) -> None:
    inventory = write(tmp_path)
    assert told in refused(inventory, wanted)
    assert (inventory / BIJIE).read_text("utf-8") == FILES[BIJIE]


@pytest.mark.parametrize("name", ["no", "a: b", '"', "#x", "{x}", "* \\ '", "1:30", "~", "院 #1"])
def test_any_name_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    inventory = write(tmp_path)
    apply(add_site(inventory, request(name=name)))
    assert load(inventory, as_of=None).sites["weining-longjie"].name == name


def test_a_file_that_changed_meanwhile_is_let_be(tmp_path: Path) -> None:
    inventory = write(tmp_path)
    change = add_site(inventory, TOWNSHIP)
    (inventory / BIJIE).write_text(FILES[BIJIE] + "# new\n", "utf-8")
    with pytest.raises(InputError, match="was changed while"):
        apply(change)
    assert (inventory / BIJIE).read_text("utf-8").endswith("# new\n")


def test_a_broken_inventory_is_not_added_to(tmp_path: Path) -> None:
    assert "is missing" in refused(write(tmp_path, changed(BIJIE, "    short: WN\n", "")), TOWNSHIP)


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ("a:\n  x: {n: 1}\n", ("a",), "a:\n  x: {n: 1}\n  y: 2\n"),
        ("a:\n  x: {n: 1} # c\n# d\nb: 1\n", ("a",), "a:\n  x: {n: 1} # c\n  y: 2\n# d\nb: 1\n"),
        ("a:\n  x:\n    n: 1\nb: 1\n", ("a",), "a:\n  x:\n    n: 1\n  y: 2\nb: 1\n"),
        ("a:\n  x: {n:\n    1}\nb: 1\n", ("a",), "a:\n  x: {n:\n    1}\n  y: 2\nb: 1\n"),
        ("a:\n  x: 1", ("a",), "a:\n  x: 1\n  y: 2"),
        ("a:\r\n  x: 1\r\nb: 1\r\n", ("a",), "a:\r\n  x: 1\r\n  y: 2\r\nb: 1\r\n"),
        ("a: {}\nb: 1\n", ("a",), "a:\n  y: 2\nb: 1\n"),
        ("a: {}   # none yet\nb: 1\n", ("a",), "a:   # none yet\n  y: 2\nb: 1\n"),
        ("b: 1\n", ("a",), "b: 1\na:\n  y: 2\n"),
        ("a:\n  x:\n    n:\n\n# c\nb: 1\n", ("a",), "a:\n  x:\n    n:\n  y: 2\n\n# c\nb: 1\n"),
        ("a:\n  x: |\n    n\nb: 1\n", ("a",), "a:\n  x: |\n    n\n  y: 2\nb: 1\n"),
        (
            "c:\n  a:\n      x: 1\n  b: 1\n",
            ("c", "a"),
            "c:\n  a:\n      x: 1\n      y: 2\n  b: 1\n",
        ),
    ],
)
def test_the_place_of_a_line(text: str, path: tuple[str, ...], after: str) -> None:
    assert insert_entry(text, path, "y: 2") == after


@pytest.mark.parametrize("text", ["a: {x: 1}\n", "{b: 1}\n"])
def test_braces_leave_no_place(text: str) -> None:
    with pytest.raises(NoPlace):
        insert_entry(text, ("a",), "y: 2")
