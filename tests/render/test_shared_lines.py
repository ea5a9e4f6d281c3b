"""What a pair shares is the same at both members, and nothing else is entered at one alone."""

from __future__ import annotations

import pytest

from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.pairs import PAIR_DECIDES
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.render.shared_lines import SHARED, Block, blocks
from tests.plan.building import texts
from tests.plan.variants import mixed, network

OWN = {
    "huawei_usg": ("sysname", "hrp", "interface", "bgp", "ip route-static", "ip ip-prefix"),
    "h3c_secpath": ("sysname", "remote-backup", "interface", "bgp", "ip route-static"),
}


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[list[Block]]]:
    """Platform → the members of each pair that carries its configuration over, two by two."""
    found: dict[str, list[list[Block]]] = {}
    for device, name, text in texts(Meaning(network(mixed()))):
        if device.platform in SHARED and name.endswith(PLATFORMS[device.platform].extension):
            found.setdefault(device.platform, []).append(list(blocks(device.platform, text)))
    return found


def test_who_carries_over_is_who_says_what() -> None:
    deciding = {name for name, facts in PLATFORMS.items() if facts.sync in PAIR_DECIDES}
    assert set(SHARED) == deciding


OF_SOME = {"nat", "nat-policy"}  # of sites whose hosts bear addresses of their own, or with guests


@pytest.mark.parametrize("platform", SHARED)
def test_shared_blocks_are_the_same_at_both_members(
    platform: str, pairs: dict[str, list[list[Block]]]
) -> None:
    members = pairs[platform]
    assert len(members) > 1
    for first, second in zip(members[::2], members[1::2], strict=True):
        mine, other = ([one for one in each if one.shared] for each in (first, second))
        assert mine == other
        there = {one.lines[0].split()[0] for one in mine}
        assert there | OF_SOME == {head.split()[0] for head in SHARED[platform]} | OF_SOME


@pytest.mark.parametrize("platform", SHARED)
def test_addresses_routes_and_roles_are_each_members_own(
    platform: str, pairs: dict[str, list[list[Block]]]
) -> None:
    own = {
        line.strip()
        for members in pairs[platform]
        for block in members
        if not block.shared
        for line in block.lines
    }
    for head in OWN[platform]:
        assert any(line.startswith(head) for line in own), head
    assert any(line.endswith(("active", "standby")) for line in own)


def test_no_block_is_lost() -> None:
    text = "#\nsysname A\n#\nfirewall zone trust\n set priority 85\n#\n#\nreturn\n"
    assert [(one.shared, len(one.lines)) for one in blocks("huawei_usg", text)] == [
        (False, 1), (True, 2), (False, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("platform", ["nftables", "cisco_ios_zbf"])
def test_others_get_all_of_their_text(platform: str) -> None:
    (one,) = blocks(platform, "security-policy\n#\nobject-group x\n")
    assert (one.shared, len(one.lines)) == (False, 3)
