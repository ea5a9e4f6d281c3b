"""What a text says more where lectures are sent to many: a person reads what changes."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
import yaml

from telemed_infra.pipeline.meaning import Meaning
from tests.model.multicast_cases import NETWORK, POLICY, lectures
from tests.plan.building import maker
from tests.plan.variants import Documents, network, small, with_cisco

GOLDEN = Path(__file__).parent / "lectures.txt"
KEPT = (
    ("dc-a", "GZ-DCA-CR01.vrp"),  # a core router
    ("dc-a", "GZ-DCA-FW01.usg"),  # a data centre's firewall
    ("weining-c", "BJ-WN-C-FW02.usg"),  # the second of a head's firewalls
    ("weining-c", "BJ-WN-C-CSW01.vrp"),  # a core switch
    ("guizhou-h1", "GZ-H1-FW01.secpath"),  # a provincial hospital's firewall, which passes on
    ("guizhou-h1", "GZ-H1-CSW01.comware"),  # a core switch
    ("guiding-c", "QN-GD-C-FW01.ios"),  # a county's head
    ("guiding-c", "QN-GD-C-CSW01.ios"),  # a core switch
    ("guiding-changming", "QN-GD-CM-ASW01.ios"),  # a township's switch
    ("weining-h1", "BJ-WN-H1-FW01.frr"),  # a Linux firewall's routing
    ("weining-h1", "BJ-WN-H1-FW01.nft"),
)


def province(*, with_lectures: bool) -> Meaning:
    """Of four vendors; a policy for all kinds of hospitals."""
    files: Documents = deepcopy(with_cisco())
    bijie: dict[str, Any] = files["sites/5205-bijie.yml"]["counties"]["weining"]
    bijie["hospitals"]["weining-h1"]["vendor"] = "linux"
    if with_lectures:
        new = yaml.safe_load(lectures()[NETWORK])
        network_file = files["network.yml"]
        network_file["multicast"] = new["multicast"]
        network_file["apps"] |= {name: new["apps"][name] for name in ("pim", "igmp")}
        (policy,) = yaml.safe_load(POLICY)
        policy["to"]["kind"] += ["provincial-hospital"]
        files["policies/imaging.yml"].append(policy)
    return Meaning(network(files))


def texts(meaning: Meaning) -> dict[str, str]:
    made = maker(meaning)
    sites = dict.fromkeys(site for site, _ in KEPT)
    return {
        one.name: one.rendered.text
        for site in sites
        for one in made.of(meaning.network.sites[site])
    }


@pytest.fixture(scope="module")
def more() -> dict[str, list[str]]:
    before, after = (texts(province(with_lectures=one)) for one in (False, True))
    assert before.keys() == after.keys()
    return {
        name: list(ndiff(text.splitlines(), after[name].splitlines()))
        for name, text in before.items()
        if name in {kept for _, kept in KEPT}
    }


def test_what_is_said_more(more: dict[str, list[str]], golden: Callable[[Path, str], None]) -> None:
    told = []
    for _, name in KEPT:
        told += [f"## {name}", *with_heads(more[name]), ""]
    golden(GOLDEN, "\n".join(told))


def test_nothing_is_said_no_more(more: dict[str, list[str]]) -> None:
    """But that an IOS switch snoops nowhere."""
    for name, lines in more.items():
        lost = [line[2:] for line in lines if line.startswith("- ")]
        moved = [line for line in lost if f"+ {line}" not in lines]
        assert moved == (["no ip igmp snooping"] if name == "QN-GD-C-CSW01.ios" else []), name


def with_heads(lines: list[str]) -> list[str]:
    """What is new, below the head of its block."""
    found: list[str] = []
    head = ""
    for line in lines:
        if line[:2] not in ("  ", "+ "):
            continue
        if line[2:3] not in (" ", "\t", "!", "#", ""):
            head = line
        if line.startswith("+ "):
            if head and head != line:
                found.append(head)
            head = ""
            found.append(line)
    return [line[2:] if line.startswith("  ") else f"+{line[2:]}" for line in found]


def test_the_small_province_has_none() -> None:
    assert "multicast" not in small()["network.yml"]
