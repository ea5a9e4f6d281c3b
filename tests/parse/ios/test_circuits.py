"""IOS XE: circuits, which carry GRE in IPsec of transport mode by `tunnel protection`."""

from __future__ import annotations

import pytest

from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes
from telemed_infra.parse.routes import Bfd
from telemed_infra.tunnels import EspSuite
from tests.parse.ios import tunnel_text
from tests.parse.ios.circuit_text import CITY, DOWN, TEXT, UP, WARD, read
from tests.parse.ios.judge import passes

PLAIN = "what it carries is not encrypted by IPsec"
HEAD = "interface Tunnel102\n"


def test_circuits_up_and_down() -> None:
    found = read()
    assert found.unread == ()
    assert found.tunnels == (CITY, WARD)
    lines = TEXT.split("\n")
    assert found.tunnel_lines == {
        "CITY-R1.17": lines.index(" peer CITY") + 1,
        "WARD-FW.1": lines.index(" peer WARD") + 1,
    }


def test_a_circuit_is_a_routed_interface_of_its_zone() -> None:
    found = read()
    assert found.zones == {"WAN": {"Tunnel102"}, "BELOW": {"Tunnel105"}, "CARRIER": {UP, DOWN}}
    assert found.addresses[UP] == ("198.51.100.3/31",)
    assert found.addresses["Tunnel102"] == ("10.6.0.1/31", "2001:db8:6::1/127")
    (session,) = parse_ios_routes(TEXT).sessions
    assert session.bfd == Bfd(multiplier=3, receive_ms=300, transmit_ms=300, echo=True)


def test_a_circuit_is_judged_in_both_zones() -> None:
    """Outside, GRE and what wraps it between the two ends; inside, what the tunnel's zone lets."""
    found = read("!\nend\n", """!
ip access-list extended ENDS
 permit gre host 198.51.100.2 host 198.51.100.3
 permit esp host 198.51.100.2 host 198.51.100.3
 permit udp host 198.51.100.2 host 198.51.100.3 eq isakmp
class-map type inspect match-all ENDS
 match access-group name ENDS
policy-map type inspect ENDS
 class type inspect ENDS
  pass
 class class-default
  drop
zone-pair security CARRIER-self source CARRIER destination self
 service-policy type inspect ENDS
end
""")  # fmt: skip
    assert found.unread == ()
    for service in ("47", "50", "udp/500"):
        assert passes(found, (UP, "LOCAL"), service, "198.51.100.2", "198.51.100.3")
    assert not passes(found, (UP, "LOCAL"), "tcp/179", "198.51.100.2", "198.51.100.3")
    assert not passes(found, (UP, "Tunnel105"), "tcp/443", "10.1.1.1", "10.2.2.2")


def test_townships_keep_their_tunnels_beside_circuits() -> None:
    townships = tunnel_text.TEXT.replace("no crypto ikev2 proposal default\n", "")
    more = read(text=TEXT.removesuffix("end\n") + townships)
    assert more.unread == ()
    assert more.tunnels[:2] == (CITY, WARD)
    theirs = [one._replace(ike=CITY.ike) for one in (tunnel_text.LINE, tunnel_text.LTE)]
    assert list(more.tunnels[2:]) == theirs


WITHOUT = {
    " ip address 198.51.100.3 255.255.255.254": "GigabitEthernet0/0/2 has no address",
    " ip address 203.0.113.8 255.255.255.254": "no interface has this address",
    " ip address 10.6.0.1 255.255.255.254": "no address of what it is to carry",
    " tunnel source GigabitEthernet0/0/2": "the interface names no source",
    " tunnel destination 198.51.100.2": "the interface names no destination",
    " tunnel protection ipsec profile UP": PLAIN,
    "\n mode transport": "tunnel mode wraps GRE twice",
    " set transform-set WRAP": "it needs one transform set",
    " set ikev2-profile UP": "IKEv1 is accepted",
    "crypto ipsec transform-set WRAP esp-gcm 256": "there is no transform set WRAP",
    " encryption aes-gcm-256": "cipher",
    "\n prf sha256": "pseudorandom function",
    "\n group 19": "group",
    "\n proposal AES": "it needs one proposal",
    "\n  address 198.51.100.2": "has no key for the other end",
    "\n  pre-shared-key vault:clinic-2": "not one secret",
    " match identity remote fqdn CITY-R1.17": "accepts nobody",
    " identity local fqdn CLINIC-R1.2": "its own identity is no name",
    " authentication remote pre-share": "shared secret",
    " authentication local pre-share": "shared secret",
    "\n keyring local UP": "names no keys",
    " ip mtu 1400": "have not one size",
    " ip tcp adjust-mss 1360": "TCP's segments",
}


@pytest.mark.parametrize("line", WITHOUT)
def test_what_is_missing_leaves_no_circuit_and_is_told(line: str) -> None:
    found = read(line)
    assert not {CITY, WARD} <= set(found.tunnels)
    assert any(WITHOUT[line] in one.why for one in found.unread), found.unread


ENDS = " tunnel destination 198.51.100.2\n"
SIZES = """\
 ip mtu 1400
 zone-member security WAN
 ip tcp adjust-mss 1360
 ipv6 address 2001:DB8:6::1/127
 ipv6 mtu 1400
"""
SELECTED = """\
 profile UP
 tunnel protection ipsec policy ipv4 A
!
ip access-list extended A
 permit ip any any
interface"""


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (" set pfs group19\n", "", {"esp": EspSuite("aes-256-gcm", "", 0)}),
        (" tunnel source GigabitEthernet0/0/2", " tunnel source 198.51.100.3", {}),
        (" tunnel source GigabitEthernet0/0/2", " tunnel mode gre ip\n tunnel source Gi0/0/2", {}),
        (" ipv6 mtu 1400\n", "", {}),
        (" ip mtu 1400\n", " ip mtu 1300\n no ip mtu\n ip mtu 1400\n", {}),
        (SIZES, " zone-member security WAN\n", {"mtu": 0}),
        (" set ikev2-profile UP", " responder-only\n set ikev2-profile UP", {"starts": False}),
        (" set ikev2-profile UP", " reverse-route\n set ikev2-profile UP", {"preference": 1}),
        (" match address local interface GigabitEthernet0/0/2\n", "", {}),
        ("vault:clinic-2", "vault:another", {"secret": "vault:another"}),
    ],
)  # fmt: skip
def test_what_each_line_says_and_what_holds_without_it(
    old: str, new: str, changed: dict[str, object]
) -> None:
    found = read(old, new)
    assert found.unread == ()
    assert found.tunnels == (CITY._replace(**changed), WARD)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" mode transport", " mode tunnel"),
        (" tunnel source GigabitEthernet0/0/2", " tunnel source GigabitEthernet0/0/5"),
        (" tunnel source GigabitEthernet0/0/2", " tunnel source Loopback9"),
        (" tunnel destination 198.51.100.2", " tunnel destination 198.51.100.6"),
        (" tunnel destination 198.51.100.2", " tunnel destination dynamic"),
        (ENDS, f"{ENDS} tunnel mode gre multipoint\n"),
        (ENDS, f"{ENDS} tunnel mode ipip\n"),
        (" profile UP\n!\ninterface", " profile BELOW\n!\ninterface"),
        (" profile UP\n!\ninterface", " profile UP shared\n!\ninterface"),
        (" profile UP\n!\ninterface", SELECTED),
        ("address local interface GigabitEthernet0/0/2", "address local 203.0.113.8"),
        (" set transform-set WRAP", " set transform-set WRAP OTHER"),
        (" ip tcp adjust-mss 1360", " ip tcp adjust-mss 1400"),
        (" ipv6 mtu 1400", " ipv6 mtu 1280"),
        (" ip mtu 1400", " ip mtu 1476"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_must_be_is_told(old: str, new: str) -> None:
    found = read(old, new)
    assert found.unread
    assert CITY not in found.tunnels


@pytest.mark.parametrize("line", ["tunnel key 7", "tunnel checksum", "tunnel vrf RED"])
def test_what_the_other_end_must_do_too_is_told(line: str) -> None:
    (only,) = read(HEAD, f"{HEAD} {line}\n").unread
    assert line.startswith(only.text.rstrip("…"))


def test_a_wrong_address_of_the_answering_end_is_told() -> None:
    found = read(" tunnel destination 203.0.113.9", " tunnel destination 203.0.113.7")
    assert found.tunnels == (CITY,)
    assert [one.why for one in found.unread] == ["it is for another address than the other end's"]


@pytest.mark.parametrize(
    ("mode", "end"),
    [
        ("", " tunnel destination 192.0.2.9\n"),
        (" tunnel mode gre ip\n", " tunnel destination 192.0.2.9\n"),
        (" tunnel mode gre multipoint\n", ""),
        (" tunnel mode ipip\n", " tunnel destination 192.0.2.9\n"),
    ],
)
def test_a_tunnel_that_nothing_protects_is_told(mode: str, end: str) -> None:
    lines = f"interface Tunnel7\n tunnel source {UP}\n{mode}{end}"
    found = read("!\nend", f"!\n{lines}!\nend")
    assert found.tunnels == (CITY, WARD)
    assert [(one.text, one.why) for one in found.unread] == [("interface Tunnel7", PLAIN)]
    shut = read("!\nend", f"!\n{lines} shutdown\n!\nend")
    assert (shut.unread, shut.tunnels) == ((), (CITY, WARD))


def test_a_map_that_selects_gre_on_the_port_is_told() -> None:
    text = TEXT.replace(" tunnel protection ipsec profile UP\n", "").replace(
        "crypto ipsec profile UP\n", "crypto map M 10 ipsec-isakmp\n set peer 198.51.100.2\n"
        " match address A\n reverse-route\n"
    )  # fmt: skip
    lists = "ip access-list extended A\n permit gre host 198.51.100.3 host 198.51.100.2\n"
    port = f"!\ninterface {UP}\n"
    found = read(port, f"!\n{lists}{port} crypto map M\n", text)
    assert found.tunnels == (WARD,)
    assert {one.text for one in found.unread} == {
        "interface Tunnel102", "permit gre host 198.51.100.3 host 198.51.100.2",
    }  # fmt: skip


def test_a_shut_interface_has_no_tunnel() -> None:
    for head in (HEAD, f"!\ninterface {UP}\n"):
        found = read(head, f"{head} shutdown\n")
        assert (found.unread, found.tunnels) == ((), (WARD,))


IDLE = ("!", " !", "end", "hostname", "ipv6 unicast", " description", " zone-member", "zone",
        " ipv6", " bfd", "router bgp", " neighbor", " match address local", " tunnel mode gre",
        " set security-association lifetime seconds 3600", "  identity", "  address 203",
        )  # fmt: skip


def test_each_line_counts() -> None:
    """Without it the text means something else, or is told."""
    whole = read()
    lines = TEXT.split("\n")
    for place, line in enumerate(lines):
        if line and not line.startswith(IDLE):
            found = parse_ios_firewall("\n".join([*lines[:place], *lines[place + 1 :]]))
            assert found.unread or found.tunnels != whole.tunnels, line


def test_the_second_member_of_a_pair_has_circuits_of_its_own() -> None:
    first = TEXT.replace("zone security WAN", "ip access-list extended Z\n permit ip any any\n!\n"
                         "zone security WAN")  # fmt: skip
    second = first.replace("198.51.100.3", "198.51.100.5").replace("198.51.100.2", "198.51.100.4")
    parse_ios_firewall("hostname OTHER\n")
    one, other = parse_ios_firewall(first), parse_ios_firewall(second)
    assert other.chains is one.chains
    assert other.unread == ()
    assert [end.tunnels[0].own_address for end in (one, other)] == [0xC6336403, 0xC6336405]
    assert one.tunnels[1] == other.tunnels[1] == WARD
