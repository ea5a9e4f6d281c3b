"""What the guides to hooks and to leases show is what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

from failover.actuators import hook
from failover.node_file.content import Hook
from failover.node_file.reading import read_node_file

ROOT = Path(__file__).resolve().parents[3]
HOOKS = (ROOT / "docs/guides/hooks.md").read_text("utf-8")
LEASES = (ROOT / "docs/guides/a-service-that-checks-its-lease.md").read_text("utf-8")
EXAMPLES = ROOT / "failover/actuators/examples"
HEAD = 'name = "dc-a"\nplan = "plan.json"\nkeys = "keys"\nrun = "run"\nstate = "state"\n'


def block(text: str, kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_node_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text(HEAD + block(HOOKS, "toml") + block(LEASES, "toml"), "utf-8")
    node = read_node_file(path)
    assert node.hooks == {
        "announce": Hook(program=Path("/etc/telemed/hooks/announce"), timeout_s=3.0)
    }
    assert node.leases == Path("/run/telemed-failover/leases")


def test_the_contract_is_that_of_the_program() -> None:
    said = hook.__doc__ or ""
    assert set(re.findall(r"TELEMED_\w+", HOOKS)) == set(re.findall(r"TELEMED_\w+", said))
    codes = {hook.SERVES, hook.STANDS_BY, hook.NOTHING_TO_IT, hook.NOT_YET}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", HOOKS, re.MULTILINE)} == codes


def test_every_example_is_named() -> None:
    for path in EXAMPLES.iterdir():
        assert path.name in HOOKS + LEASES


def test_the_lease_that_is_shown_is_one() -> None:
    shown = json.loads(block(LEASES, "json"))
    keys = ["version", "group", "centre", "boot", "generation", "epoch", "until_s"]
    assert list(shown) == keys
