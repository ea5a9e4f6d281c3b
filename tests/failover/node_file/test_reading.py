"""A node file is read as it is written, or refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from failover.node_file.content import Hook, NodeFile, RegisterAccess
from failover.node_file.reading import read_node_file
from failover.plan_file.values import PlanProblem

WHOLE = """
name = "dc-guiyang"
plan = "plan.json"
keys = "/etc/telemed-failover/keys"
run = "/run/telemed-failover"
state = "/var/lib/telemed-failover"
page = ["/usr/local/bin/page", "--urgent"]

[register]
certificate = "tls/agent.crt"
key = "tls/agent.key"
authority = "tls/ca.crt"
etcd_config = "/etc/etcd/etcd.json"

[interfaces]
fibre = "eth2"

[hooks.announce]
program = "/usr/local/lib/announce"
timeout_s = 2
"""
BARE = "\n".join(WHOLE.splitlines()[:6])


def node(folder: Path, text: str) -> NodeFile:
    path = folder / "node.toml"
    path.write_text(text, "utf-8")
    return read_node_file(path)


def test_a_whole_file(tmp_path: Path) -> None:
    assert node(tmp_path, WHOLE) == NodeFile(
        name="dc-guiyang",
        plan=tmp_path / "plan.json",
        keys=Path("/etc/telemed-failover/keys"),
        run=Path("/run/telemed-failover"),
        state=Path("/var/lib/telemed-failover"),
        register=RegisterAccess(
            certificate=tmp_path / "tls/agent.crt",
            key=tmp_path / "tls/agent.key",
            authority=tmp_path / "tls/ca.crt",
            etcd_config=Path("/etc/etcd/etcd.json"),
        ),
        page=("/usr/local/bin/page", "--urgent"),
        interfaces={"fibre": "eth2"},
        hooks={"announce": Hook(program=Path("/usr/local/lib/announce"), timeout_s=2.0)},
    )


def test_what_an_observer_needs_is_little(tmp_path: Path) -> None:
    found = node(tmp_path, BARE + '\nneutral = "10.9.9.9"')
    assert (found.register, found.page, found.neutral) == (None, (), "10.9.9.9")


def test_a_folder_for_leases(tmp_path: Path) -> None:
    assert node(tmp_path, BARE).leases is None
    assert node(tmp_path, BARE + '\n[leases]\nfolder = "run/it"').leases == tmp_path / "run/it"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("name = ", "node.toml", "is no TOML: Invalid value (at end of document)"),
        (BARE + "\nport = 1", "node.toml: port", "the key is unknown here"),
        (BARE.replace("name", "nam"), "node.toml: nam", "the key is unknown here"),
        (BARE.replace('"dc-guiyang"', "7"), "node.toml: name", "where a text belongs"),
        (BARE + '\npage = ["page"]', "node.toml: page[0]", "is not an absolute path"),
        (BARE + "\npage = []", "node.toml: page", "has 0 items"),
        (BARE + "\n[interfaces]\nmoon = 'e'", "node.toml: interfaces.moon", "is unknown here"),
        (BARE + "\n[leases]", "node.toml: leases.folder", "is missing"),
        (BARE + "\n[leases]\nfolder = 7", "node.toml: leases.folder", "where a text belongs"),
        (BARE + "\nregister = 1", "node.toml: register", "where an object belongs"),
        (WHOLE.replace("timeout_s = 2", "timeout_s = 0"), "hooks.announce.timeout_s", "range"),
        (WHOLE.replace('key = "tls/agent.key"', ""), "register.key", "is missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, text: str, place: str, says: str
) -> None:
    with pytest.raises(PlanProblem) as refused:
        node(tmp_path, text)
    assert place in refused.value.place
    assert says in refused.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanProblem, match="cannot be read: No such file"):
        read_node_file(tmp_path / "node.toml")
