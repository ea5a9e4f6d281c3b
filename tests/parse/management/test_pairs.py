"""The second member of a pair: the first one's chains, and a plane and a redundancy of its own."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour
from tests.parse.management import test_comware_plane, test_usg_plane
from tests.parse.management.planes import PARSERS

USG = test_usg_plane.TEXT.replace(
    "#\nfirewall zone trust",
    """\
interface GigabitEthernet1/0/7
 ip address 10.255.250.1 255.255.255.252
#
hrp enable
hrp interface GigabitEthernet1/0/7 remote 10.255.250.2
#
firewall zone trust""",
).replace(
    " ip address 10.7.1.1 255.255.255.0\n",
    " ip address 10.7.1.1 255.255.255.0\n vrrp vrid 7 virtual-ip 10.7.1.254 active\n",
)
SECPATH = test_comware_plane.written("secpath").replace(
    " ip netstream inbound\n",
    """\
 ip address 10.7.1.1 255.255.255.0
 vrrp vrid 7 virtual-ip 10.7.1.254 active
 ip netstream inbound
#
remote-backup group
 local-ip 10.255.250.1
 remote-ip 10.255.250.2
 device-role primary
""",
)
TEXTS = {"usg": USG, "secpath": SECPATH}
OTHERS = (
    ("10.255.7.1", "10.255.7.2"), ("10.255.3.1", "10.255.3.2"), ("10.7.1.1 ", "10.7.1.2 "),
    ("254 active", "254 standby"), ("250.1", "250.9"), ("250.2", "250.1"), ("250.9", "250.2"),
    ("sysname ", "sysname B-"), ("primary\n", "secondary\n"),
)  # fmt: skip


def read(platform: str, text: str) -> FirewallBehaviour:
    found = PARSERS[platform](text)
    assert isinstance(found, FirewallBehaviour)
    return found


def alone(platform: str, text: str) -> FirewallBehaviour:
    """Read after a text of which nothing can be kept."""
    read(platform, "no such command\n")
    return read(platform, text)


def second(text: str) -> str:
    for old, new in OTHERS:
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("platform", TEXTS)
def test_it_has_a_plane_and_a_redundancy_of_its_own(platform: str) -> None:
    text = second(TEXTS[platform])
    whole = alone(platform, text)
    first = alone(platform, TEXTS[platform])
    found = read(platform, text)
    assert not first.unread
    assert found.chains is first.chains
    assert replace(found, chains=(), moved=whole.moved) == replace(whole, chains=())
    assert found.plane == first.plane
    assert found.plane is not None
    assert found.redundancy != first.redundancy
    assert {one.addresses for one in found.redundancy.routers} == {(0x0A0701FE,)}


@pytest.mark.parametrize("platform", TEXTS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("interface LoopBack0\n ip address 10.255.", "interface LoopBack0\n ip address 10.254."),
        ("virtual-ip 10.7.1.254", "virtual-ip 10.8.1.254"),
    ],
)
def test_one_that_its_plane_or_its_pair_complains_of_is_read_whole(
    platform: str, old: str, new: str
) -> None:
    text = second(TEXTS[platform])
    assert text.count(old) == 1
    text = text.replace(old, new)
    whole = alone(platform, text)
    first = alone(platform, TEXTS[platform])
    found = read(platform, text)
    assert found.unread
    assert found.chains is not first.chains
    assert found == whole


def test_servers_of_one_member_alone_are_its_own() -> None:
    """Of a SecPath only: schemes name an address of the member, so each has its own."""
    text = second(SECPATH).replace("10.4.4.11", "10.4.4.19")
    read("secpath", SECPATH)
    found = read("secpath", text)
    assert not found.unread
    assert found.plane is not None
    assert [one.address for one in found.plane.tacacs] == ["10.0.4.11", "10.4.4.19"]
    assert found == replace(alone("secpath", text), chains=found.chains, moved=found.moved)
