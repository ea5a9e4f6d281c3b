"""Drills and the handover without processes: what is printed, what is refused, what is kept."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from failover.disk.journal import JournalFiles
from failover.plan_file import plan_file_of
from failover.processes.aside import COPIED
from failover.words.drill_approval import DrillApproval, approved
from tests.failover.cli.conftest import Run
from tests.failover.cli.places import cells, make_place, own

LI = ("--by", "li")
DRILL = ("drill", "switchover", "portal", "--to", "dc-b", "--reason", "a try")


@pytest.fixture
def node(tmp_path: Path) -> Path:
    return make_place(tmp_path)


def test_a_tabletop_without_an_agent_says_what_it_assumes(
    telemed_failover: Run, node: Path
) -> None:
    ended = telemed_failover("drill", "tabletop", "dc-a-lost", "--node", str(node))
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "tabletop a-lost: dc-a is lost"
    assert lines[1].endswith("no agent here says how it is now")
    assert "  portal: taken at dc-b after 2.2 s: all evidence agrees that the peer is lost" in lines
    assert "lost: nothing" in lines
    found = json.loads(
        telemed_failover("drill", "tabletop", "fibre-cut", "--json", "--node", str(node)).out
    )
    assert {each["outcome"] for each in found["groups"]} == {"stays"}
    assert cells(node) == {}


def test_a_simulation_under_this_plan(telemed_failover: Run, node: Path) -> None:
    words = ("drill", "simulate", "b-lost", "--seeds", "2", "--node", str(node))
    ended = telemed_failover(*words, "--json")
    document = json.loads(ended.out)
    plan = plan_file_of("plan.json", (node.parent / "plan.json").read_bytes()).plan
    assert (document["runs"], document["scenario"], document["plan"]) == (2, "b-lost", plan.hash)
    assert document["violations"] == []
    assert document["takeover_s"]["default"]["max"] < 3.2
    again = telemed_failover(*words)
    assert again.out.startswith("drill simulate b-lost: 2 seeds under plan ")


MISUSES = {
    "scenario": (("drill", "tabletop", "earthquake"), "choose one of a-lost, b-lost, fibre-cut"),
    "seeds": (("drill", "simulate", "a-lost", "--seeds", "0"), "--seeds and --jobs start at 1"),
    "group": (("drill", "switchover", "portals", *DRILL[3:]), "`portals` is not a move group"),
    "centre": (("drill", "switchover", "portal", "--to", "x", *DRILL[5:]), "not a data centre"),
    "window": ((*DRILL, "--window", "2-4"), "--window: `2-4` is no window"),
    "time box": ((*DRILL, "--time-box", "2h"), "--time-box: is out of range"),
    "stay": ((*DRILL, "--stay", "1h"), "--time-box: is out of range"),
    "reason": ((*DRILL[:-1], " "), "--reason: is empty"),
    "since": (("drill", "shadow", "--since", "yesterday"), "no shadow agent has lived here"),
    "no kind": (("drill",), "the following arguments are required"),
    "against": (("history", "--against", "x"), "--against: says nothing without --verify"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_said_and_touches_nothing(telemed_failover: Run, node: Path, name: str) -> None:
    words, said = MISUSES[name]
    by = LI if words[:2] == ("drill", "switchover") else ()
    at = () if name == "no kind" else ("--node", str(node))
    ended = telemed_failover(*words, *at, *by)
    assert ended.code == (1 if name == "since" else 2)
    assert said in ended.err
    assert cells(node) == {}
    assert not (node.parent / "state/drills").exists()


def test_a_drill_that_is_blocked_is_kept(telemed_failover: Run, node: Path) -> None:
    own(node, "portal-1", "dc-a")
    looked = telemed_failover(*DRILL, "--node", str(node), *LI)
    assert looked.code == 3
    assert "error: blocks the drill: the agent here does not live" in looked.err
    assert not (node.parent / "state/drills").exists()
    ended = telemed_failover(*DRILL, "--yes", "--json", "--node", str(node), *LI)
    assert ended.code == 3
    report = json.loads(ended.out)
    assert (report["verdict"], report["by"], report["left_at"]) == ("blocked", "li", "dc-a")
    assert (
        Path(report["report"]).read_text().startswith(f"drill {report['id']}: blocked: the agent")
    )
    assert "order/portal" not in cells(node)
    history = telemed_failover("history", "--node", str(node))
    assert f"drill: li: {report['id']} blocked: portal from dc-a to dc-b and back" in history.out


def test_where_the_register_is_down(telemed_failover: Run, node: Path) -> None:
    (node.parent / "register.db").write_bytes(b"no database, and long enough to be none" * 100)
    assert telemed_failover(*DRILL, "--yes", "--node", str(node), *LI).code == 3
    ended = telemed_failover("handover", "--node", str(node))
    assert ended.code == 1
    assert "nothing could be learned" in ended.err
    assert "not at home:\n  not known: neither the register nor an agent here says it" in ended.out


def test_an_abort_without_an_agent_says_that_the_other_centre_does_not_know(
    telemed_failover: Run, node: Path
) -> None:
    ended = telemed_failover("drill", "abort", "--node", str(node), *LI)
    assert ended.code == 1
    assert "error: dc-b could not be told\nhint: say `drill abort` there too" in ended.err
    word = json.loads((node.parent / "run/drill-abort.json").read_text())
    assert (word["by"], word["centre"]) == ("li", "dc-a")
    (node.parent / "run/drill-abort.json").unlink()
    (node.parent / "run/drill.lock").unlink()
    (node.parent / "run").rmdir()
    ended = telemed_failover("drill", "abort", "--node", str(node), *LI)
    assert ended.code == 1
    assert "run: No such file or directory" in ended.err


def test_one_drill_at_a_time_is_conducted_from_a_machine(telemed_failover: Run, node: Path) -> None:
    lock = node.parent / "run/drill.lock"
    with subprocess.Popen(["flock", str(lock), "sleep", "30"]) as holder:
        while subprocess.run(["flock", "-n", str(lock), "true"], check=False).returncode == 0:
            pass
        ended = telemed_failover(*DRILL, "--yes", "--node", str(node), *LI)
        holder.kill()
    assert ended.code == 1
    assert "a drill is conducted from here already" in ended.err


def test_a_place_without_a_file(telemed_failover: Run, tmp_path: Path) -> None:
    for words in (("handover",), ("drill", "abort"), ("drill", "tabletop", "a-lost"), DRILL):
        ended = telemed_failover(*words, "--node", str(tmp_path / "none.toml"))
        assert ended.code == 1
        assert "none.toml: cannot be read: No such file or directory" in ended.err


# --- two people ----------------------------------------------------------------------------


@pytest.fixture
def people(tmp_path: Path) -> dict[str, Path]:
    """Two keys, and the file of who may sign."""
    keys = {name: tmp_path / name for name in ("li", "wu")}
    lines = []
    for name, path in keys.items():
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
        subprocess.run(words, check=True, timeout=30)
        lines.append(f"{name} {path.with_suffix('.pub').read_text()}")
    (tmp_path / "signers").write_text("".join(lines))
    (tmp_path / "signers").chmod(0o644)
    return keys


def signed(request: Path, key: Path) -> Path:
    signature = request.with_suffix(f".{key.name}.sig")
    with request.open("rb") as content, signature.open("wb") as out:
        words = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", "telemed-failover"]
        subprocess.run(words, stdin=content, stdout=out, check=True, timeout=30)
    return signature


def test_a_drill_waits_for_two_where_signers_are_named(
    telemed_failover: Run, tmp_path: Path, people: dict[str, Path]
) -> None:
    node = make_place(tmp_path, 'signers = "signers"\n')
    at = ("--node", str(node), *LI)
    ended = telemed_failover(*DRILL, "--yes", *at)
    assert ended.code == 1
    assert "a drill needs two people's approval here" in ended.err
    request = tmp_path / "drill.json"
    asked = telemed_failover(
        "drill", "request", "portal", "--to", "dc-b", "--out", "drill.json", *at
    )
    assert asked.code == 0, asked
    signatures = [str(signed(request, key)) for key in people.values()]
    same = telemed_failover(*DRILL, "--yes", "--approved", str(request), *2 * signatures[:1], *at)
    assert same.code == 1
    assert "are of one key" in same.err
    other = ("drill", "switchover", "archive", "--to", "dc-a", "--reason", "a try", "--yes")
    wrong = telemed_failover(*other, "--approved", str(request), *signatures, *at)
    assert wrong.code == 1
    assert "is for group portal, and this is archive" in wrong.err
    good = telemed_failover(*DRILL, "--yes", "--json", "--approved", str(request), *signatures, *at)
    assert json.loads(good.out)["signers"] == ["li", "wu"]  # and then blocked: no agent lives
    assert good.code == 3


def test_a_request_is_void_after_a_day(tmp_path: Path, people: dict[str, Path]) -> None:
    wanted = DrillApproval(
        version=1,
        word="drill",
        plan="1" * 64,
        group="portal",
        to="dc-b",
        at=1e9,
        nonce="n",
        by="li",
    )
    request = tmp_path / "drill.json"
    request.write_bytes(wanted.content())
    paths = (request, *(signed(request, key) for key in people.values()))
    assert len(paths) == 3
    assert approved(paths, tmp_path / "signers", wanted) == ("li", "wu")
    late = DrillApproval(**{**{n: getattr(wanted, n) for n in wanted.__slots__}, "at": 1e9 + 9e4})
    with pytest.raises(Exception, match="more than a day ago"):
        approved(paths, tmp_path / "signers", late)


# --- journals and handover -----------------------------------------------------------------


def write_journal(folder: Path, count: int) -> None:
    files = JournalFiles(folder, "dc-a")
    for number in range(count):
        files.append(json.dumps({"at_s": number, "by": "dc-a", "page": "x", "text": "x: gated"}))
    files.close()


def test_a_journal_that_lost_what_the_other_centre_has(telemed_failover: Run, node: Path) -> None:
    state = node.parent / "state"
    write_journal(state / "journal", 5)
    (path,) = (state / "journal").glob("*.log")
    lines = path.read_text().splitlines(keepends=True)
    (state / COPIED).write_text(json.dumps({"peer": "dc-b", "last": lines[-1][:64]}))
    good = telemed_failover("history", "--verify", "--node", str(node))
    assert (good.code, "dc-b has a copy of it" in good.err) == (0, True)
    path.write_text("".join(lines[:-1]))
    bad = telemed_failover("history", "--verify", "--json", "--node", str(node))
    assert bad.code == 3
    (problem,) = json.loads(bad.out)["problems"]
    assert problem.startswith("dc-b's copy is longer: it has an entry")


def test_a_handover_tells_what_is_not_as_it_should_be(telemed_failover: Run, node: Path) -> None:
    own(node, "portal-1", "dc-b", epoch=2)
    own(node, "archive-1", "dc-b")
    state = node.parent / "state"
    write_journal(state / "journal", 2)
    (state / "journal-of-dc-b").mkdir()
    (state / "journal-of-dc-b/journal-00000001.log").write_text(f"{'1' * 64} a\n{'2' * 64} b\n")
    telemed_failover("hold", "*", "--for", "2h", "--reason", "a storm", "--node", str(node), *LI)
    ended = telemed_failover("handover", "--json", "--node", str(node))
    found = json.loads(ended.out)
    assert ended.code == 3
    assert found["away"] == ["portal: at dc-b, its home is dc-a"]
    assert found["holds"][0].startswith("archive: held by li: a storm for 2 h")
    assert len(found["pages"]) == 2
    assert found["journal"][0].startswith("the copy of dc-b's journal: the chain of hashes breaks")
    assert "keys" in found["ends"][0]
    shown = telemed_failover("handover", "--node", str(node)).out
    assert "not at home:\n  portal: at dc-b, its home is dc-a\n" in shown
    assert "last drills from here: nothing" in shown


def test_a_certificate_that_ends_soon(telemed_failover: Run, tmp_path: Path) -> None:
    for name, days in (("soon", 5), ("later", 300)):
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}"),
                *("-days", str(days), "-keyout", f"{name}.key", "-out", f"{name}.crt"),
            ],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            timeout=30,
        )
    (tmp_path / "soon.key").chmod(0o600)
    access = '[register]\ncertificate = "soon.crt"\nkey = "soon.key"\nauthority = "later.crt"\n'
    node = make_place(tmp_path, access)
    found = json.loads(telemed_failover("handover", "--json", "--node", str(node)).out)
    (certificate,) = [line for line in found["ends"] if "soon.crt" in line]
    assert "the certificate for the register ends on" in certificate
    assert not [line for line in found["ends"] if "later.crt" in line]
