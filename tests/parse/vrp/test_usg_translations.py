"""`nat server` of a USG: whole ranges, one to one and both ways; everything else is unread."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from telemed_infra.packets import Range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.translation import Translation
from tests.parse.lines import accounted

WAN, VPN, IMAGING = "GigabitEthernet1/0/0", "GigabitEthernet1/0/2", "GigabitEthernet1/0/1.40"
HEAD = "sysname FW0{k}\n#\n"
TEXT = """\
#
interface GigabitEthernet1/0/0
 ip address 10.9.0.{k} 255.255.255.254
#
interface GigabitEthernet1/0/1.40
 vlan-type dot1q 40
 ip address 192.168.40.12{k} 255.255.255.128
#
interface GigabitEthernet1/0/2
 ip address 10.9.7.{k} 255.255.255.0
#
firewall zone name Z-WAN id 4
 set priority 10
 add interface GigabitEthernet1/0/0
#
firewall zone name Z-VPN id 5
 set priority 20
 add interface GigabitEthernet1/0/2
#
firewall zone name Z-IMAGING id 6
 set priority 30
 add interface GigabitEthernet1/0/1.40
#
ip address-set A type object
 address 0 10.0.1.0 mask 24
#
security-policy
 rule name R
  source-zone Z-IMAGING
  source-address address-set A
  action permit
#
"""
SERVER = " nat server A zone Z-WAN global 10.9.1.0 10.9.1.127 inside 192.168.40.0 192.168.40.127"
ONE = SERVER.replace(" zone Z-WAN", "")


def addresses(first: str, last: str) -> Range:
    return int(ip_address(first)), int(ip_address(last))


INSIDE, OUTSIDE = addresses("192.168.40.0", "192.168.40.127"), addresses("10.9.1.0", "10.9.1.127")


def read(*lines: str, k: int = 1) -> FirewallBehaviour:
    found = parse_usg("\n".join([HEAD.format(k=k), *lines, TEXT.format(k=k)]))
    accounted(found)
    return found


def map_of(*names: str) -> tuple[Translation, ...]:
    return (Translation(INSIDE, OUTSIDE, frozenset(names)),)


def test_it_acts_for_the_interfaces_of_its_zone() -> None:
    found = read(SERVER)
    assert found.unread == ()
    assert found.translations == map_of(WAN)
    assert found.translation_lines == {OUTSIDE: 4}
    assert 4 in found.effective
    assert read().translations == ()


def test_lines_for_several_zones_are_one_translation() -> None:
    other = SERVER.replace(" A ", " B ").replace("Z-WAN", "Z-VPN")
    assert read(SERVER, other).translations == map_of(WAN, VPN)


def test_without_a_zone_it_acts_everywhere_but_where_the_hosts_are() -> None:
    assert read(ONE).translations == map_of(WAN, VPN)


def test_a_single_address_and_parts_of_a_range() -> None:
    single = " nat server S zone Z-WAN global 10.9.1.5 inside 192.168.40.9"
    (found,) = read(single).translations
    assert (found.inside, found.outside) == (
        addresses("192.168.40.9", "192.168.40.9"),
        addresses("10.9.1.5", "10.9.1.5"),
    )
    parts = [
        " nat server A zone Z-WAN global 10.9.1.0 10.9.1.63 inside 192.168.40.0 192.168.40.63",
        " nat server B zone Z-WAN global 10.9.1.64 10.9.1.127 inside 192.168.40.64 192.168.40.127",
    ]
    assert read(*parts).translations == map_of(WAN)


def test_a_number_of_older_versions_and_a_description_say_nothing() -> None:
    assert read(SERVER.replace(" A ", " A 0 ")).translations == map_of(WAN)
    assert read(f"{SERVER} description own").translations == map_of(WAN)


def test_it_can_be_removed() -> None:
    for undo in ("undo nat server name A", "undo nat server all"):
        found = read(SERVER, undo)
        assert found.unread == ()
        assert found.translations == ()
    assert read("undo nat server name A").unread


@pytest.mark.parametrize(
    "line",
    [
        f"{SERVER} no-reverse",
        f"{SERVER} unr-route",
        f"{SERVER} vrrp 3",
        f"{SERVER} nat-disable",
        SERVER.replace("10.9.1.127", "10.9.1.126"),
        SERVER.replace("192.168.40.127", "192.168.41.127"),
        SERVER.replace(" 192.168.40.127", ""),
        SERVER.replace("10.9.1.0 10.9.1.127", "10.9.1.127 10.9.1.0"),
        SERVER.replace("Z-WAN", "Z-NONE"),
        SERVER.replace("global 10.9.1.0 10.9.1.127", "global interface GigabitEthernet1/0/0"),
        " nat server A zone Z-WAN protocol tcp global 10.9.1.0 443 inside 192.168.40.0 443",
        " nat server A global 10.9.1.0 443 inside 192.168.40.0 443",
        " nat server A protocol tcp global 10.9.1.0 inside 192.168.40.0",
        SERVER.replace("inside", "vpn-instance X inside"),
        SERVER.replace("global 10.9.1.0 10.9.1.127", "global 2001:db8::1"),
        " nat server A zone Z-WAN global",
        " nat server A",
        " nat server",
    ],
)
def test_what_is_no_whole_change_is_unread(line: str) -> None:
    found = read(line)
    assert [one.line for one in found.unread] == [4]
    assert found.translations == ()


def test_a_name_means_one_change() -> None:
    other = SERVER.replace("10.9.1.", "10.9.2.")
    assert [one.line for one in read(SERVER, other).unread] == [5]
    assert read(SERVER, SERVER).unread == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.9.1.", "10.9.2."),
        ("192.168.40.", "192.168.41."),
        ("zone Z-WAN ", ""),
        (" A ", " B "),
    ],
)
def test_addresses_stand_for_one_thing_in_a_zone(old: str, new: str) -> None:
    other = SERVER.replace(" A ", " B ").replace(old, new)
    assert [one.line for one in read(SERVER, other).unread] == [5]
    assert [one.line for one in read(other, SERVER).unread] == [5]


@pytest.mark.parametrize("line", [SERVER, ONE])
@pytest.mark.parametrize("first", [(), ("hrp enable",)])
def test_the_second_member_of_a_pair_says_it_for_itself(line: str, first: tuple[str, ...]) -> None:
    one = read(*first, line, k=1)
    other = read(line, k=2)
    assert other.unread == ()
    assert other.chains is one.chains  # it was read in its own part alone
    assert other.translations == one.translations != ()
    assert other.translation_lines == {OUTSIDE: 4}


def test_another_change_at_the_second_member_is_its_own() -> None:
    read(SERVER, k=1)
    assert read(ONE, k=2).translations == map_of(WAN, VPN)
    assert read(k=1).translations == ()
    moved = TEXT.replace("10.9.7.{k} 255.255.255.0", "192.168.40.9 255.255.255.128")
    read(ONE, k=1)
    other = parse_usg("\n".join([HEAD.format(k=2), ONE, moved.format(k=2)]))
    assert other.translations == map_of(WAN)  # an address that decides where it acts
