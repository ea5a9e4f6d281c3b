"""Static networks of an IOS router: one to one and both ways; everything else is unread."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from telemed_infra.packets import Range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.translation import Translation
from tests.parse.lines import accounted

WAN, VPN, IMAGING = "GigabitEthernet0/0", "GigabitEthernet0/2", "GigabitEthernet0/1.40"
SHARED = """\
object-group network DESKS
 10.1.0.0 255.255.255.0
!
zone security IN
zone security OUT
!
"""
PORTS = """\
interface GigabitEthernet0/0
 ip address 10.9.0.{k} 255.255.255.254
 zone-member security OUT
{wan}!
interface GigabitEthernet0/2
 ip address 10.9.7.{k} 255.255.255.0
 zone-member security OUT
{vpn}!
interface GigabitEthernet0/1.40
 encapsulation dot1Q 40
 ip address 192.168.40.12{k} 255.255.255.128
 zone-member security IN
{lan}!
"""
IN, OUT = " ip nat inside\n", " ip nat outside\n"
STATIC = "ip nat inside source static network 192.168.40.0 10.9.1.0 /25"


def v4(prefix: str) -> Range:
    network = ip_network(prefix)
    return int(network[0]), int(network[-1])


def text(*lines: str, lan: str = IN, wan: str = OUT, vpn: str = "", k: int = 1) -> str:
    ports = PORTS.format(k=k, lan=lan, wan=wan, vpn=vpn)
    return "\n".join([f"hostname RT-{k}", "!", SHARED + ports, *lines, "!", "end", ""])


def read(
    *lines: str, lan: str = IN, wan: str = OUT, vpn: str = "", k: int = 1
) -> FirewallBehaviour:
    found = parse_ios_firewall(text(*lines, lan=lan, wan=wan, vpn=vpn, k=k))
    accounted(found)
    return found


def unread(found: FirewallBehaviour) -> list[str]:
    return [one.text.strip() for one in found.unread]


def map_of(*names: str) -> tuple[Translation, ...]:
    return (Translation(v4("192.168.40.0/25"), v4("10.9.1.0/25"), frozenset(names)),)


def test_a_static_network_is_changed_at_outside_interfaces() -> None:
    found = read(STATIC)
    assert found.unread == ()
    assert found.translations == map_of(WAN)
    place = text(STATIC).split("\n").index(STATIC) + 1
    assert found.translation_lines == {v4("10.9.1.0/25"): place}
    assert place in found.effective
    assert read(STATIC, vpn=OUT).translations == map_of(WAN, VPN)
    assert read(STATIC, wan="").translations == map_of()
    assert read().translations == ()


def test_a_mask_says_what_a_length_says() -> None:
    masked = STATIC.replace("/25", "255.255.255.128")
    assert read(masked).translations == map_of(WAN)
    both = STATIC.replace("/25", "/26"), STATIC.replace(".0 ", ".64 ").replace("/25", "/26")
    assert read(*both).translations == map_of(WAN)


@pytest.mark.parametrize("lan", ["", OUT, f"{IN} no ip nat inside\n"])
def test_the_hosts_own_interface_must_be_inside(lan: str) -> None:
    found = read(STATIC, lan=lan)
    assert unread(found) == [STATIC]
    assert IMAGING in found.unread[0].why
    assert found.translations == ()


def test_some_interface_must_lead_to_the_hosts() -> None:
    other = STATIC.replace("192.168.40.0", "192.168.60.0")
    assert unread(read(other)) == [other]


def test_an_interface_is_on_one_side() -> None:
    assert unread(read(STATIC, wan=IN + OUT)) == ["ip nat outside"]


def test_it_can_be_removed() -> None:
    found = read(STATIC, f"no {STATIC}")
    assert found.unread == ()
    assert found.translations == ()
    assert unread(read(f"no {STATIC}")) == [f"no {STATIC}"]


@pytest.mark.parametrize(
    "line",
    [
        f"{STATIC} no-alias",
        f"{STATIC} extendable",
        f"{STATIC} route-map M",
        f"{STATIC} vrf X",
        STATIC.replace(" /25", ""),
        STATIC.replace("/25", "25"),
        STATIC.replace("/25", "/33"),
        STATIC.replace("/25", "/24 /25"),
        STATIC.replace("/25", "0.0.0.127"),
        STATIC.replace("/25", "255.255.0.128"),
        STATIC.replace("10.9.1.0", "10.9.1.64"),
        STATIC.replace("192.168.40.0", "192.168.40.1"),
        STATIC.replace("inside", "outside"),
        STATIC.replace("inside source", "inside destination"),
        "ip nat inside source static 192.168.40.9 10.9.1.9",
        "ip nat inside source static tcp 192.168.40.9 443 10.9.1.9 443",
        "ip nat inside source list 1 interface GigabitEthernet0/0 overload",
        "ip nat inside source list 1 pool P",
        "ip nat pool P 10.9.1.1 10.9.1.9 prefix-length 25",
        "ip nat outside source static 10.9.1.9 192.168.40.9",
    ],
)
def test_what_is_no_whole_change_is_unread(line: str) -> None:
    found = read(line)
    assert unread(found) == [line]
    assert found.translations == ()


def test_inside_addresses_are_changed_into_one_thing() -> None:
    assert read(STATIC, STATIC).unread == ()
    other = STATIC.replace("10.9.1.0", "10.9.2.0")
    assert unread(read(STATIC, other)) == [other]


def test_a_list_on_an_outside_interface_sees_other_addresses() -> None:
    edge = "ip access-list extended EDGE\n permit ip any any\n!"
    bound = " ip access-group EDGE in\n"
    assert unread(read(STATIC, edge, wan=OUT + bound)) == ["ip access-group EDGE in"]
    assert unread(read(STATIC, edge, lan=IN + bound)) == []
    assert unread(read(edge, wan=OUT + bound)) == []


def test_each_member_of_a_pair_says_it_for_itself() -> None:
    one = read(STATIC, k=1)
    other = read(STATIC, k=2)
    assert other.chains is one.chains  # it was read in its own lines alone
    assert other.translations == one.translations == map_of(WAN)
    assert other.translation_lines == one.translation_lines
    assert read(STATIC, "ip domain name x", vpn=OUT, k=2).translations == map_of(WAN, VPN)
    assert unread(read(STATIC, lan="", k=2)) == [STATIC]
    assert read(k=2).translations == ()
