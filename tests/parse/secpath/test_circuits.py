"""SecPath: circuits, which carry GRE in IPsec of transport mode, bound where they leave."""

from __future__ import annotations

import pytest

from telemed_infra.parse.comware import parse_comware_routes
from telemed_infra.parse.routes import Bfd
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.tunnels import EspSuite
from tests.parse.secpath import tunnel_text
from tests.parse.secpath.circuit_text import CITY, DOWN, TEXT, UP, WARD, read

PLAIN = "what it carries is not encrypted by IPsec"
HEAD = "interface Tunnel102 mode gre"


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
    assert found.zones["Wan"] == {"Tunnel102"}
    assert found.zones["Circuit"] == {UP, DOWN}
    assert found.addresses[UP] == ("198.51.100.3/31",)
    assert found.addresses["Tunnel102"] == ("10.6.0.1/31", "2001:db8:6::1/127")
    routes = parse_comware_routes(TEXT)
    assert routes.unread == ()
    (session,) = routes.sessions
    assert session.bfd == Bfd(multiplier=3, receive_ms=300, transmit_ms=300)
    assert session.multihop == 1


def test_townships_keep_their_tunnels_beside_circuits() -> None:
    townships = tunnel_text.TEXT.removeprefix("#\n").replace("prf sha384", "prf sha256")
    found = read(text=TEXT.removesuffix("return\n") + townships)
    assert found.unread == ()
    theirs = [one._replace(ike=CITY.ike) for one in (tunnel_text.LINE, tunnel_text.LTE)]
    assert found.tunnels == (CITY, WARD, *theirs)


WITHOUT = {
    " rule 5 permit gre source 198.51.100.3 0 destination 198.51.100.2 0": "not defined or empty",
    " ip address 198.51.100.3 255.255.255.254": "its interface has no such address",
    " ip address 10.6.0.1 255.255.255.254": "no address of the family",
    " ipsec apply policy UP": PLAIN,
    " source 198.51.100.3\n": "no interface Tunnel of mode gre has the two ends",
    " destination 198.51.100.2\n": "no interface Tunnel of mode gre has the two ends",
    " mode gre": "no interface Tunnel of mode gre has the two ends",
    " encapsulation-mode transport": "tunnel mode wraps GRE twice",
    " esp encryption-algorithm gcm-256": "cipher",
    "ipsec policy UP 1 isakmp\n": "there is no policy up",
    "\n transform-set WRAP": "it needs one transform set",
    " security acl 3102": "it names no access list",
    " remote-address 198.51.100.2": "names no remote-address",
    " ikev2-profile UP": "IKEv1 is accepted",
    " encryption aes-cbc-256": "cipher",
    " integrity sha256": "integrity",
    " dh group19": "group",
    "\n proposal P": "it needs one proposal",
    "\n  address 198.51.100.2 255.255.255.255": "has no key for the other end",
    "\n  pre-shared-key plaintext vault:clinic-2": "not one secret",
    " authentication-method local pre-share": "shared secret",
    " authentication-method remote pre-share": "shared secret",
    "\n keychain UP": "names no keys",
    " identity local fqdn CLINIC-FW.2": "its own identity is no name",
    " match remote identity fqdn CITY-R1.17": "accepts nobody",
    " mtu 1400": "TCP's segments",
    " tcp mss 1360": "TCP's segments",
}


@pytest.mark.parametrize("line", WITHOUT)
def test_what_is_missing_leaves_no_circuit_and_is_told(line: str) -> None:
    found = read(line)
    assert CITY.peer_identity not in {one.peer_identity for one in found.tunnels}
    assert any(WITHOUT[line] in one.why for one in found.unread), found.unread


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (" pfs dh-group19", "", {"esp": EspSuite("aes-256-gcm", "", 0)}),
        (" local-address 198.51.100.3\n", "", {}),
        (" source 198.51.100.3\n", f" source {UP}\n", {}),
        ("permit gre source 198.51", "permit 47 source 198.51", {}),
        (" mtu 1400\n ip address 10.6.0.1 255.255.255.254\n tcp mss 1360\n",
         " ip address 10.6.0.1 255.255.255.254\n", {"mtu": 0}),
        (" mtu 1400\n", " mtu 1400\n ipv6 mtu 1400\n", {}),
        (" mtu 1400\n", " mtu 1300\n mtu 1400\n", {}),
        (" sa duration time-based 3600", " sa trigger-mode auto", {}),
        (" security acl 3102", " security acl 3102\n responder-only enable", {"starts": False}),
        (" security acl 3102", " reverse-route dynamic\n security acl 3102", {"preference": 60}),
        ("  identity fqdn CITY-R1.17\n", "", {}),
        ("vault:clinic-2", "vault:another", {"secret": "vault:another"}),
    ],
)  # fmt: skip
def test_what_each_line_says_and_what_holds_without_it(
    old: str, new: str, changed: dict[str, object]
) -> None:
    found = read(old, new)
    assert found.unread == ()
    (city,) = (one for one in found.tunnels if one.below == UP)
    assert city == CITY._replace(**changed)  # type: ignore[arg-type]


def test_a_template_answers() -> None:
    head = "ipsec policy BELOW 10 isakmp\n"
    text = TEXT.replace(head, f"{head[:-1]} template BELOW\n#\nipsec policy-template BELOW 1\n")
    found = read(" responder-only enable\n", text=text)
    assert found.unread == ()
    assert found.tunnels == (CITY, WARD)


RULE = " destination 198.51.100.2 0\n"
ANOTHER = " rule 9 permit gre source 10.1.1.1 0 destination 10.2.2.2 0\n"
TWICE = """\
interface Tunnel9 mode gre
 ip address 10.9.9.9 24
 source 198.51.100.3
 destination 198.51.100.2
#
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("permit gre source 198.51.100.3", "permit ip source 198.51.100.3"),
        ("permit gre source 198.51.100.3", "permit 4 source 198.51.100.3"),
        ("permit gre source 198.51.100.3", "deny gre source 198.51.100.3"),
        ("source 198.51.100.3 0 ", "source 198.51.100.2 0 "),
        ("source 198.51.100.3 0 ", "source 198.51.100.0 0.0.0.255 "),
        ("source 198.51.100.3 0 ", ""),
        (RULE, "\n"),
        (RULE, " destination 198.51.100.9 0\n"),
        (RULE, f"{RULE} rule 9 permit ip\n"),
        (RULE, f"{RULE}{ANOTHER}"),
        (" source 198.51.100.3\n", " source 203.0.113.8\n"),
        (" source 198.51.100.3\n", " source LoopBack0\n"),
        (" destination 198.51.100.2\n", " destination 198.51.100.8\n"),
        (" remote-address 198.51.100.2", " remote-address 198.51.100.8"),
        ("Tunnel102 mode gre", "Tunnel102 mode ipsec"),
        ("Tunnel102 mode gre", "Tunnel102 mode ipv4-ipv4"),
        (" encapsulation-mode transport", " encapsulation-mode tunnel"),
        (" local-address 198.51.100.3", " local-address 203.0.113.8"),
        (" security acl 3102", " security acl name BELOW"),
        (" match local address GigabitEthernet1/0/2", " match local address 203.0.113.8"),
        (" tcp mss 1360", " tcp mss 1400"),
        (" mtu 1400", " mtu 1500"),
        (" mtu 1400", " mtu 1400\n undo mtu"),
        (" mtu 1400", " mtu 1400\n ipv6 mtu 1280"),
        ("interface Tunnel105", f"{TWICE}interface Tunnel105"),
        (" destination 198.51.100.2\n", " destination 198.51.100.2\n gre key 7\n"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_must_be_is_told(old: str, new: str) -> None:
    found = read(old, new)
    assert found.unread
    assert (CITY in found.tunnels) is ("gre key" in new)


def test_a_policy_on_the_tunnel_in_place_of_its_port_is_told() -> None:
    text = TEXT.replace(" ipsec apply policy UP\n", "")
    found = read(f"{HEAD}\n", f"{HEAD}\n ipsec apply policy UP\n", text)
    assert found.tunnels == (WARD,)
    assert {one.why for one in found.unread} == {
        "what this kind of interface carries is not modelled", PLAIN,
    }  # fmt: skip


def test_a_policy_on_another_port_is_told() -> None:
    text = TEXT.replace(" ipsec apply policy UP\n", "").replace(
        " ipsec apply policy BELOW\n", " ipsec apply policy UP\n"
    )
    found = read(text=text)
    assert found.tunnels == ()
    assert len(found.unread) == 3


@pytest.mark.parametrize("mode", ["gre", "ipv4-ipv4", "ipv6"])
def test_a_tunnel_that_nothing_protects_is_told(mode: str) -> None:
    lines = f"interface Tunnel7 mode {mode}\n source 198.51.100.3\n destination 192.0.2.9\n"
    found = read("#\nreturn", f"#\n{lines}#\nreturn")
    assert found.tunnels == (CITY, WARD)
    assert [(one.text, one.why) for one in found.unread] == [
        (f"interface Tunnel7 mode {mode}", PLAIN)
    ]
    shut = read("#\nreturn", f"#\n{lines} shutdown\n#\nreturn")
    assert (shut.unread, shut.tunnels) == ((), (CITY, WARD))


def test_a_shut_interface_has_no_tunnel() -> None:
    for head in (HEAD, f"interface {UP}"):
        found = read(f"{head}\n", f"{head}\n shutdown\n")
        assert (found.unread, found.tunnels) == ((), (WARD,))


IDLE = (" port link-mode", "#", "return", " import interface", "security-zone", " sysname",
        " bfd", "bgp", " peer 10", " address-family", "  peer", " description", " ipv6 address",
        " match local", " local-address", "interface Gigabit")  # fmt: skip


def test_each_line_counts() -> None:
    """Without it the text means something else, or is told."""
    whole = read()
    lines = TEXT.split("\n")
    free = (*IDLE, "  identity", "  address 203", " prf sha256", " sa duration time-based 3600")
    for place, line in enumerate(lines):
        if line.strip("# ") and not line.startswith(free):
            found = parse_secpath("\n".join([*lines[:place], *lines[place + 1 :]]))
            assert found.unread or found.tunnels != whole.tunnels, line


def test_each_address_counts() -> None:
    whole = read()
    lines = TEXT.split("\n")
    for place, line in enumerate(lines):
        if ("198.51." in line or "203.0." in line) and not line.startswith(" description"):
            for old, new in ((".100.3", ".100.7"), (".100.2", ".100.6"), (".113.", ".114.")):
                other = line.replace(old, new)
                found = parse_secpath("\n".join([*lines[:place], other, *lines[place + 1 :]]))
                assert other == line or found.unread or found.tunnels != whole.tunnels, line


def test_the_second_member_of_a_pair_has_circuits_of_its_own() -> None:
    other = TEXT.replace("198.51.100.3", "198.51.100.5").replace("198.51.100.2", "198.51.100.4")
    other = other.replace("CLINIC-FW", "CLINIC-FW2")
    parse_secpath("#\nsysname OTHER\n")
    one, found = parse_secpath(TEXT), parse_secpath(other)
    assert found.unread == ()
    assert found.chains is one.chains
    assert [one.own_identity for one in found.tunnels] == ["CLINIC-FW2.2", "CLINIC-FW2.5"]
    assert [one.own_address for one in found.tunnels] == [0xC6336405, WARD.own_address]
