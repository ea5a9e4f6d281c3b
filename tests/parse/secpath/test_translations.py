"""Static NAT of a SecPath: own addresses, one to one and both ways; everything else is unread."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from telemed_infra.packets import Range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.translation import Translation
from tests.parse.lines import accounted

WAN, VPN = "GigabitEthernet1/0/0", "GigabitEthernet1/0/2"
ENABLE = " nat static enable\n"
NET = " nat static outbound net-to-net 192.168.40.0 192.168.40.127 global 10.9.1.0 255.255.255.128"
TEXT = """\
sysname FW0{k}
#
interface GigabitEthernet1/0/0
 port link-mode route
 ip address 10.9.0.{k} 255.255.255.254
{wan}#
interface GigabitEthernet1/0/2
 port link-mode route
 ip address 10.9.7.{k} 255.255.255.0
{vpn}#
security-zone name WAN
 import interface GigabitEthernet1/0/0
 import interface GigabitEthernet1/0/2
#
{lines}
#
security-policy ip
 rule 0 name R
  action pass
  source-zone WAN
#
"""


def addresses(first: str, last: str) -> Range:
    return int(ip_address(first)), int(ip_address(last))


INSIDE, OUTSIDE = addresses("192.168.40.0", "192.168.40.127"), addresses("10.9.1.0", "10.9.1.127")


def text(*lines: str, wan: str = ENABLE, vpn: str = "", k: int = 1) -> str:
    return TEXT.format(k=k, wan=wan, vpn=vpn, lines="\n".join(lines))


def read(*lines: str, wan: str = ENABLE, vpn: str = "", k: int = 1) -> FirewallBehaviour:
    found = parse_secpath(text(*lines, wan=wan, vpn=vpn, k=k))
    accounted(found)
    return found


def map_of(*names: str) -> tuple[Translation, ...]:
    return (Translation(INSIDE, OUTSIDE, frozenset(names)),)


def test_a_net_is_changed_where_an_interface_enables_it() -> None:
    found = read(NET)
    assert found.unread == ()
    assert found.translations == map_of(WAN)
    line = text(NET).split("\n").index(NET) + 1
    assert found.translation_lines == {OUTSIDE: line}
    assert line in found.effective
    assert read(NET, vpn=ENABLE).translations == map_of(WAN, VPN)
    assert read().translations == ()


def test_without_an_interface_it_happens_nowhere() -> None:
    assert read(NET, wan="").translations == map_of()
    assert read(NET, wan=f"{ENABLE} undo nat static enable\n").translations == map_of()


def test_a_length_says_what_a_mask_says() -> None:
    assert read(NET.replace("255.255.255.128", "25")).translations == map_of(WAN)


def test_lines_that_go_on_are_one_translation() -> None:
    whole = Translation(
        addresses("192.168.40.0", "192.168.40.255"),
        addresses("10.9.1.0", "10.9.1.255"),
        frozenset({WAN}),
    )
    second = (
        " nat static outbound net-to-net 192.168.40.128 192.168.40.255 "
        "global 10.9.1.128 255.255.255.128"
    )
    assert read(NET, second).translations == (whole,)
    assert read(second, NET).translations == (whole,)
    apart = second.replace("10.9.1.128", "10.9.2.128")
    assert len(read(NET, apart).translations) == 2


def test_single_addresses() -> None:
    lines = [
        " nat static outbound 192.168.40.8 10.9.1.8",
        " nat static outbound 192.168.40.9 10.9.1.9",
    ]
    (found,) = read(*lines).translations
    assert found == Translation(
        addresses("192.168.40.8", "192.168.40.9"),
        addresses("10.9.1.8", "10.9.1.9"),
        frozenset({WAN}),
    )


@pytest.mark.parametrize(
    "undo",
    [
        "undo nat static outbound net-to-net 192.168.40.0 192.168.40.127",
        "undo nat static outbound net-to-net 192.168.40.0 192.168.40.127 global 10.9.1.0 25",
    ],
)
def test_it_can_be_removed(undo: str) -> None:
    found = read(NET, undo)
    assert found.unread == ()
    assert found.translations == ()
    assert read(undo).unread


@pytest.mark.parametrize(
    "line",
    [
        f"{NET} acl 3000",
        f"{NET} acl 3000 reversible",
        f"{NET} reversible",
        f"{NET} disable",
        NET.replace("outbound", "inbound"),
        NET.replace("global 10.9.1.0", "global vpn-instance X 10.9.1.0"),
        NET.replace("192.168.40.127", "192.168.40.126"),
        NET.replace("255.255.255.128", "255.255.255.0"),
        NET.replace("10.9.1.0", "10.9.1.1"),
        NET.replace(".0 192.168.40.127", ".64 192.168.40.191"),
        NET.replace(" 192.168.40.127", ""),
        " nat static outbound net-to-net 192.168.40.0 192.168.40.255 global 10.9.1.0 24",
        " nat static outbound net-to-net 192.168.40.9 192.168.40.8 global 10.9.1.0 24",
        " nat static outbound net-to-net 192.168.40.8 192.168.40.8 global 10.9.1.8 32",
        " nat static outbound 192.168.40.8 10.9.1.8 acl 3000",
        " nat static outbound 192.168.40.8",
        " nat static outbound object-group A object-group B",
        " nat static outbound",
        " undo nat static outbound",
        " nat static inbound 10.9.1.8 192.168.40.8",
        " nat server protocol tcp global 10.9.1.8 443 inside 192.168.40.8 443",
        " nat outbound",
    ],
)
def test_what_is_no_whole_change_is_unread(line: str) -> None:
    found = read(line)
    assert [one.text.strip() for one in found.unread] == [line.strip()]
    assert found.translations == ()


def test_inside_addresses_are_changed_into_one_thing() -> None:
    assert read(NET, NET).unread == ()
    other = NET.replace("10.9.1.0", "10.9.2.0")
    assert [one.text.strip() for one in read(NET, other).unread] == [other.strip()]


def test_each_member_of_a_pair_says_it_for_itself() -> None:
    one = read(NET, k=1)
    other = read(NET, k=2)
    assert other.chains is one.chains  # it was read in its own part alone
    assert other.translations == one.translations == map_of(WAN)
    assert other.translation_lines == one.translation_lines
    assert read(NET, wan="", vpn=ENABLE, k=2).translations == map_of(VPN)
    assert read(NET, wan="", k=1).translations == map_of()
