"""Hold, resume, switchover, takeover: what is written, what is refused, what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from failover.core.cells import HoldCell, OrderCell, OrderKind
from failover.disk.journal import broken_at
from tests.failover.cli.conftest import Run
from tests.failover.cli.places import cells, make_place, own

LI = ("--by", "li")


@pytest.fixture
def node(tmp_path: Path) -> Path:
    return make_place(tmp_path)


def test_a_hold_is_written_kept_and_ended(telemed_failover: Run, node: Path) -> None:
    at = ("--node", str(node), *LI)
    ended = telemed_failover("hold", "portal", "--for", "1h30m", "--reason", "a disk", *at)
    assert (ended.code, ended.err) == (0, "")
    assert "portal is held for 1 h 30 min: it is not taken, and nothing is closed" in ended.out
    hold = cells(node)["hold/portal"]
    assert isinstance(hold, HoldCell)
    assert (hold.length_s, hold.by, hold.reason) == (5400.0, "li", "a disk")
    assert telemed_failover("resume", "portal", *at).code == 0
    hold = cells(node)["hold/portal"]
    assert isinstance(hold, HoldCell)
    assert (hold.length_s, hold.reason) == (0.0, "resumed")
    history = telemed_failover("history", "--verify", "--node", str(node))
    assert history.code == 0
    lines = history.out.splitlines()
    assert lines[0].endswith("said: li: hold portal for 1 h 30 min (a disk): asked")
    assert "said: li: resume portal: written at revision " in lines[3]


def test_every_group_may_be_held(telemed_failover: Run, node: Path) -> None:
    words = ("hold", "*", "--for", "90s", "--reason", "a storm", "--node", str(node), *LI, "--json")
    document = json.loads(telemed_failover(*words).out)
    assert (document["written"], document["group"], document["length_s"]) == (True, "*", 90.0)
    assert "hold/*" in cells(node)


def test_an_order_is_written(telemed_failover: Run, node: Path) -> None:
    own(node, "portal-1", "dc-a")
    words = ("switchover", "portal", "--to", "dc-b", "--node", str(node), *LI)
    assert telemed_failover(*words, "--no-watch").code == 0
    order = cells(node)["order/portal"]
    assert isinstance(order, OrderCell)
    assert (order.kind, order.to, order.by) == (OrderKind.SWITCHOVER, "dc-b", "li")


def test_an_order_that_nobody_obeys_is_told_so(telemed_failover: Run, node: Path) -> None:
    own(node, "portal-1", "dc-a")
    words = ("switchover", "portal", "--to", "dc-b", "--within", "1s", "--watch")
    ended = telemed_failover(*words, "--node", str(node), *LI)
    assert ended.code == 1
    assert "not begun within 1 s, and void now: dc-a has never had a lease" in ended.err


def test_a_group_that_is_there_is_not_moved(telemed_failover: Run, node: Path) -> None:
    own(node, "portal-1", "dc-b")
    words = ("switchover", "portal", "--to", "dc-b", "--node", str(node), *LI)
    ended = telemed_failover(*words)
    assert (ended.code, ended.err.splitlines()[0]) == (1, "error: portal is at dc-b already")
    assert "order/portal" not in cells(node)


def test_a_take_over_by_force_is_said_twice(telemed_failover: Run, node: Path) -> None:
    own(node, "portal-1", "dc-a")
    words = ("takeover", "portal", "--to", "dc-b", "--no-watch", "--node", str(node), *LI)
    ended = telemed_failover(*words)
    assert ended.code == 2
    assert "May be lost: nothing: it keeps no data." in ended.err
    assert ended.err.endswith("hint: add `--yes`\n")
    assert "order/portal" not in cells(node)
    assert telemed_failover(*words, "--yes").code == 0
    order = cells(node)["order/portal"]
    assert isinstance(order, OrderCell)
    assert order.kind is OrderKind.TAKEOVER


MISUSES = {
    "group": (("hold", "portals", "--for", "2h", "--reason", "x"), "choose one of archive, portal"),
    "order's group": (("switchover", "*", "--to", "dc-b"), "choose one of archive, portal"),
    "instance": (
        ("hold", "portal-1", "--for", "2h", "--reason", "x"),
        "`portal-1` is not a move group: it is an instance of `portal`\nhint: a group moves",
    ),
    "resumed instance": (("resume", "portal-1"), "it is an instance of `portal`"),
    "order's instance": (("switchover", "portal-1", "--to", "dc-b"), "say `portal` if all of it"),
    "taken instance": (("takeover", "portal-1", "--to", "dc-b"), "it is an instance of `portal`"),
    "centre": (("switchover", "portal", "--to", "dc-c"), "choose dc-a or dc-b"),
    "length": (("hold", "portal", "--for", "2", "--reason", "x"), "`90s`, `15m` or `2h`"),
    "reason": (("hold", "portal", "--for", "2h", "--reason", "a\x1b[2J"), "--reason: is no line"),
    "no reason": (("hold", "portal", "--for", "2h", "--reason", " "), "--reason: is empty"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_writes_nothing(telemed_failover: Run, node: Path, name: str) -> None:
    words, said = MISUSES[name]
    ended = telemed_failover(*words, "--node", str(node), *LI)
    assert ended.code == 2
    names = "choose one of archive, portal" in said
    assert said in ended.err or (names and "choose one of portal, archive" in ended.err)
    assert cells(node) == {}
    assert not (node.parent / "state/words").exists()


def test_somebody_speaks(
    telemed_failover: Run, node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("resume", "*", "--node", str(node), "--json")
    monkeypatch.setenv("USER", "root")
    monkeypatch.setenv("SUDO_USER", "wang")
    assert json.loads(telemed_failover(*words).out)["by"] == "wang"
    monkeypatch.delenv("SUDO_USER")
    assert json.loads(telemed_failover(*words).out)["by"] == "root"
    monkeypatch.delenv("USER")
    assert telemed_failover(*words).code == 2


def test_a_node_file_that_cannot_be_read(telemed_failover: Run, tmp_path: Path) -> None:
    for words in (("status",), ("resume", "*", *LI), ("history",)):
        ended = telemed_failover(*words, "--node", str(tmp_path / "none.toml"))
        assert ended.code == 1
        assert "none.toml: cannot be read: No such file or directory" in ended.err


def test_a_state_folder_that_is_full_does_not_keep_a_person_from_acting(
    telemed_failover: Run, node: Path
) -> None:
    (node.parent / "state").write_text("in the way")
    ended = telemed_failover("resume", "*", "--node", str(node), *LI)
    assert ended.code == 0
    assert "this word is not in the journal" in ended.err
    assert "hold/*" in cells(node)


def test_a_changed_word_is_noticed(telemed_failover: Run, node: Path) -> None:
    for _ in range(2):
        telemed_failover("resume", "*", "--node", str(node), *LI)
    path = node.parent / "state/words/journal-00000001.log"
    path.write_text(path.read_text().replace('"person":"li"', '"person":"wu"', 1))
    assert broken_at(path.parent) == ""  # the oldest entry's own hash is believed
    path.write_text(path.read_text().replace('"person":"li"', '"person":"wu"', 1))
    ended = telemed_failover("history", "--verify", "--json", "--node", str(node))
    assert ended.code == 3
    assert json.loads(ended.out)["broken_at"] == [f"{path}:2"]
    assert telemed_failover("history", "--since", "yesterday", "--node", str(node)).code == 2
    assert telemed_failover("history", "--since", "1h", "--node", str(node)).code == 0


def test_status_without_an_agent(telemed_failover: Run, node: Path) -> None:
    own(node, "portal-1", "dc-a", epoch=7)
    ended = telemed_failover("status", "--json", "--node", str(node))
    assert ended.code == 0
    document = json.loads(ended.out)
    assert document["facts"]["agent here"].startswith("unknown: it has left no status file")
    (portal,) = [each for each in document["groups"] if each["group"] == "portal"]
    assert (portal["owner"], portal["epoch"], portal["open"]) == ("dc-a", "1.7", "unknown")
    assert document["what_if"]["dc-a"]["unknown"].startswith("unknown")


def test_status_where_nothing_can_be_learned(telemed_failover: Run, node: Path) -> None:
    (node.parent / "register.db").write_bytes(b"no database, and long enough to be none" * 100)
    ended = telemed_failover("status", "--node", str(node))
    assert ended.code == 1
    assert "nothing could be learned" in ended.err
