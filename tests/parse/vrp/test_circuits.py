"""Circuits that carry GRE in IPsec, as a USG and an AR router say it, by hand-made texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.behaviour import FirewallBehaviour, PortMode, SwitchBehaviour
from telemed_infra.parse.vrp import parse_usg, parse_vrp, parse_vrp_routes, unread_of_both
from telemed_infra.tunnels import Tunnel
from tests.parse.lines import accounted
from tests.parse.vrp.circuit_texts import FIREWALL, ROUTER, ROUTERS, TUNNEL, changed


class Kind(NamedTuple):
    """A device that ends circuits."""

    parse: Callable[[str], FirewallBehaviour | SwitchBehaviour]
    text: str
    tunnel: Tunnel

    def read(self, text: str) -> FirewallBehaviour | SwitchBehaviour:
        """What it says; its routing is for another reader."""
        read = self.parse(text)
        accounted(read)
        return read

    def unread(self, text: str) -> list[tuple[str, str]]:
        """Lines that nobody has read, and why."""
        lines = text.split("\n")
        found = unread_of_both(parse_vrp_routes(text), self.read(text).unread)
        return [(lines[one.line - 1], one.why) for one in found]


KINDS = [Kind(parse_usg, FIREWALL, TUNNEL), Kind(parse_vrp, ROUTER, ROUTERS)]
by_kind = pytest.mark.parametrize("kind", KINDS, ids=["firewall", "router"])


@by_kind
def test_gre_that_is_wrapped_is_a_tunnel(kind: Kind) -> None:
    read = kind.read(kind.text)
    assert kind.unread(kind.text) == []
    assert read.tunnels == (kind.tunnel,)
    assert read.tunnel_lines == {"CITY-AR01.17": 1 + kind.text.split("\n").index("ike peer up")}
    assert read.unused == ()
    assert read.addresses == {
        kind.tunnel.below: ("10.85.15.33/31",),
        kind.tunnel.interface: ("10.85.15.1/31", "2001:db8::1/127"),
    }


def test_tunnels_have_zones_and_are_no_ports() -> None:
    zones = parse_usg(FIREWALL).zones
    assert zones["WAN"] == {"Tunnel100"}
    assert zones["CIRCUIT"] == {"GigabitEthernet1/0/0"}
    ports = parse_vrp(ROUTER).ports
    assert {name: port.mode for name, port in ports.items()} == {
        "GigabitEthernet0/0/0": PortMode.ROUTED
    }


@by_kind
def test_routing_goes_by_the_tunnel(kind: Kind) -> None:
    routes = parse_vrp_routes(kind.text)
    assert routes.addresses[kind.tunnel.interface] == ("10.85.15.1/31", "2001:db8::1/127")
    (session,) = routes.sessions
    assert (session.peer, session.remote_as) == ("10.85.15.0", 65000)
    (route,) = routes.static_routes
    assert (route.interface, route.target) == (kind.tunnel.interface, "10.85.15.0")


@by_kind
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" source 10.85.15.33\n", " source {below}\n"),
        ("permit gre source", "permit 47 source"),
        ("10.85.15.33 0 destination", "10.85.15.33 0.0.0.0 destination"),
        (" security acl 3200\n", " security acl 3200\n tunnel local 10.85.15.33\n"),
        (" ike-peer up\n", " ike-peer up\n tunnel local applied-interface\n"),
        (" sa trigger-mode auto\n", " sa trigger-mode traffic-based\n"),
        (" sa trigger-mode auto\n", ""),
        (" transform esp\n", ""),
        (" sa duration time-based 3600\n", ""),
        (" tcp adjust-mss 1360\n", " tcp adjust-mss 1300\n tcp adjust-mss 1360\n"),
        (" mtu 1400\n", " mtu 1500\n mtu 1400\n"),
    ],
    ids=lambda value: str(value).strip()[:24],
)
def test_other_forms_of_the_same(kind: Kind, old: str, new: str) -> None:
    text = changed(old, new.format(below=kind.tunnel.below), kind.text)
    assert kind.unread(text) == []
    assert kind.read(text).tunnels == (kind.tunnel,)


@by_kind
def test_typed_text_is_flat(kind: Kind) -> None:
    flat = re.sub(r"(?m)^ +|^#\n", "", kind.text)
    assert kind.unread(flat) == []
    assert kind.read(flat).tunnels == (kind.tunnel,)


def test_segments_of_the_whole_firewall() -> None:
    text = changed(" tcp adjust-mss 1360\n", "", FIREWALL)
    assert parse_usg(f"#\nfirewall tcp-mss 1360\n{text}").tunnels == (TUNNEL,)
    (complaint,) = [one.why for one in parse_usg(f"#\nfirewall tcp-mss 1400\n{text}").unread][:1]
    assert "`tcp adjust-mss 1360`" in complaint


@by_kind
@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (" mtu 1400\n", "", {"mtu": 0}),
        (" mtu 1400\n tcp adjust-mss 1360\n", " mtu 1300\n tcp adjust-mss 1260\n", {"mtu": 1300}),
        (" mtu 1400\n", " mtu 1400\n undo mtu\n", {"mtu": 0}),
        (" sa duration 28800\n", "", {"ike_lifetime_s": 86_400}),
        (" remote-id CITY-AR01.17\n", " remote-id CITY-AR01.18\n",
         {"peer_identity": "CITY-AR01.18"}),
        (" pfs dh-group19\n", " pfs dh-group19\n route inject dynamic\n", {"preference": 60}),
    ],
    ids=lambda value: str(value).strip()[:24],
)  # fmt: skip
def test_values(kind: Kind, old: str, new: str, changes: dict[str, object]) -> None:
    text = changed(old, new, kind.text)
    assert kind.unread(text) == []
    assert kind.read(text).tunnels == (kind.tunnel._replace(**changes),)  # type: ignore[arg-type]


@by_kind
@pytest.mark.parametrize(
    ("old", "new", "at", "why"),
    [
        (" ipsec policy up\n", "", "interface Tunnel", "GRE in plain"),
        (" ipsec policy up\n", " ipsec policy up\n undo ipsec policy\n", "interface Tunnel",
         "GRE in plain"),
        (" pfs dh-group19\n", " pfs dh-group19\n undo policy enable\n", "interface Tunnel",
         "GRE in plain"),
        (" ipsec policy up\n", " ipsec policy other\n", " ipsec policy other", "no ipsec policy"),
        (" rule 5 permit gre source 10.85.15.33 0 destination 10.85.15.32 0\n", "",
         " security acl", "or it is empty"),
        ("permit gre", "permit ip", " encapsulation-mode", "the inner addresses may show"),
        ("permit gre", "deny gre", " rule 5", "leaves out"),
        ("permit gre", "permit tcp", " rule 5", "selectors of protocols"),
        ("source 10.85.15.33 0 dest", "dest", " security acl", "selects more, or other ends"),
        ("destination 10.85.15.32 0", "destination 10.85.15.32 0.0.0.1", " security acl",
         "other ends, than 10.85.15.33 and 10.85.15.32"),
        ("destination 10.85.15.32 0\n", "destination 10.85.15.32 0\n rule 10 permit ip\n",
         " security acl", "more than one protocol"),
        ("destination 10.85.15.32 0\n",
         "destination 10.85.15.32 0\n rule 10 permit gre source 10.85.15.33 0\n",
         " security acl", "selects more"),
        (" encapsulation-mode transport\n", "", "ipsec proposal", "encapsulation-mode transport"),
        ("-mode transport", "-mode tunnel", " encapsulation-mode", "encapsulation-mode transport"),
        ("-mode transport", "-mode auto", " encapsulation-mode", "encapsulation-mode transport"),
        (" tunnel-protocol gre\n", "", " security acl", "one tunnel of GRE is expected between"),
        ("-protocol gre", "-protocol ipsec", " security acl", "one tunnel of GRE is expected"),
        ("-protocol gre", "-protocol gre p2mp", " tunnel-protocol", "one of"),
        (" source 10.85.15.33\n", "", " security acl", "one tunnel of GRE is expected between"),
        (" source 10.85.15.33\n", " source 10.85.15.34\n", "interface Tunnel", "GRE in plain"),
        (" source 10.85.15.33\n", " source LoopBack0\n", "interface Tunnel", "GRE in plain"),
        (" destination 10.85.15.32\n", "", "interface Tunnel", "GRE in plain"),
        (" destination 10.85.15.32\n", " destination 10.85.15.31\n", " security acl",
         "one tunnel of GRE"),
        (" tcp adjust-mss 1360\n", "", "interface Tunnel", "write `tcp adjust-mss 1360`"),
        ("-mss 1360", "-mss 1400", " tcp adjust-mss", "write `tcp adjust-mss 1360`"),
        (" mtu 1400\n", " mtu 1399\n", " tcp adjust-mss", "write `tcp adjust-mss 1359`"),
        (" mtu 1400\n", " mtu 1400\n gre key 7\n", " gre key", "the plan knows nothing of it"),
        (" mtu 1400\n", " mtu 1400\n keepalive\n", " keepalive", "the plan knows nothing of it"),
        (" ip address 10.85.15.33 255.255.255.254\n", "", "ipsec policy up", "its own address"),
        (" ip address 10.85.15.33 ", " ip address 10.85.15.35 ", " security acl",
         "other ends, than 10.85.15.35"),
        (" ike-peer up\n", " ike-peer up\n tunnel local 10.85.15.35\n", " security acl",
         "has not the address 10.85.15.35"),
        (" remote-address 10.85.15.32\n", "", "ike peer", "`remote-address`"),
        (" remote-address 10.85.15.32\n", " remote-address 10.85.15.30\n", " security acl",
         "than 10.85.15.33 and 10.85.15.30"),
        (" security acl 3200\n", "", "ipsec policy up", "write `security acl`"),
        (" undo version 1\n", "", "ike peer", "write `undo version 1`"),
        (" remote-id CITY-AR01.17\n", "", " remote-id-type", "any name would do"),
        (" local-id HOSPITAL-FW01.0\n", "", "ike peer", "it has no name"),
        (" esp encryption-algorithm aes-256\n", " esp encryption-algorithm aes-256-gmac\n",
         " esp encryption-algorithm", "no algorithm"),
        ("ipsec policy up 10 isakmp\n",
         "ipsec policy up 10 isakmp template up\n#\nipsec policy-template up 10\n",
         "ipsec policy-template", "not by a template"),
    ],
    ids=lambda value: str(value).strip()[:24],
)  # fmt: skip
def test_what_a_circuit_lacks_is_unread_where_it_should_stand(
    kind: Kind, old: str, new: str, at: str, why: str
) -> None:
    text = changed(old, new, kind.text)
    assert kind.read(text).tunnels == ()
    found = kind.unread(text)
    assert any(why in says and line.startswith(at) for line, says in found), found


@by_kind
def test_a_second_tunnel_between_the_same_ends(kind: Kind) -> None:
    again = "interface Tunnel0/0/9\n tunnel-protocol gre\n source 10.85.15.33\n"
    text = changed("#\nbgp", f"{again} destination 10.85.15.32\n#\nbgp", kind.text)
    assert kind.read(text).tunnels == ()
    whys = [why for _, why in kind.unread(text)]
    assert sum("GRE in plain" in why for why in whys) == 2
    assert any("one tunnel of GRE is expected" in why for why in whys)


@by_kind
@pytest.mark.parametrize("block", ["below", "interface"])
def test_what_is_shut_is_no_tunnel(kind: Kind, block: str) -> None:
    title = f"\ninterface {getattr(kind.tunnel, block)}\n"
    text = changed(title, f"{title} shutdown\n", kind.text)
    assert kind.read(text).tunnels == ()
    assert [line for line, _ in kind.unread(text)] == (
        [f"interface {kind.tunnel.interface}"] if block == "below" else []
    )


@by_kind
def test_a_tunnel_of_gre_that_is_no_circuits(kind: Kind) -> None:
    other = "interface Tunnel0/0/9\n tunnel-protocol gre\n source 10.0.0.1\n destination 10.0.0.2\n"
    text = changed("#\nbgp", f"{other}#\nbgp", kind.text)
    assert kind.read(text).tunnels == (kind.tunnel,)
    ((line, why),) = kind.unread(text)
    assert (line, "GRE in plain" in why) == ("interface Tunnel0/0/9", True)


@by_kind
def test_what_nothing_binds_is_told(kind: Kind) -> None:
    spare = "ipsec proposal spare\n esp encryption-algorithm aes-256\n#\n"
    text = changed("ipsec policy up 10", f"{spare}ipsec policy up 10", kind.text)
    assert kind.read(text).unused == ("ipsec proposal spare",)


@pytest.mark.parametrize("word", ["encryption", "authentication"])
def test_routers_have_no_known_default_of_esp(word: str) -> None:
    old = {"encryption": " esp encryption-algorithm aes-256\n",
           "authentication": " esp authentication-algorithm sha2-256\n"}[word]  # fmt: skip
    assert parse_usg(changed(old, "", FIREWALL)).tunnels == (TUNNEL,)
    read = parse_vrp(changed(old, "", ROUTER))
    assert read.tunnels == ()
    assert f"write `esp {word}-algorithm`" in read.unread[0].why


@by_kind
@given(data=st.data())
def test_any_damage_leaves_each_line_accounted_for(kind: Kind, data: st.DataObject) -> None:
    """Lines dropped, repeated, or ended in another word after some."""
    lines = kind.text.split("\n")
    words = ["", "gre", "permit", "10GE1/0/1", "GigabitEthernet0/0/0", "10.0.0.1", "70000", '"']
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        edit = data.draw(st.integers(0, 5))
        if edit == 0:
            del lines[at]
        elif edit == 1:
            lines.insert(at, lines[at])
        else:
            indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
            kept = lines[at].split()[: edit - 1]
            lines[at] = indent + " ".join((*kept, data.draw(st.sampled_from(words))))
    kind.read("\n".join(lines))


def test_several_circuits_of_one_router() -> None:
    second = (
        ROUTER[ROUTER.index("acl number") : ROUTER.index("ike proposal")]
        + ROUTER[ROUTER.index("ike peer") : ROUTER.index("ipsec proposal")]
        + ROUTER[ROUTER.index("ipsec policy up 10") : ROUTER.index("#\nbgp")]
    )
    for old, new in (("3200", "3201"), ("10.85.15.3", "10.85.15.5"), ("10.85.15.1 ", "10.85.15.2 "),
                     ("/0/0", "/0/1"), (" up", " other"), (".17", ".18"), ("FW01.0", "FW01.3"),
                     ("fw01.0", "fw01.3")):  # fmt: skip
        second = second.replace(old, new)
    read = parse_vrp(changed("#\nbgp", f"{second}#\nbgp", ROUTER))
    assert [one.interface for one in read.tunnels] == ["Tunnel0/0/0", "Tunnel0/0/1"]
    assert [one.below for one in read.tunnels] == ["GigabitEthernet0/0/0", "GigabitEthernet0/0/1"]
    assert read.tunnel_lines.keys() == {"CITY-AR01.17", "CITY-AR01.18"}


def test_the_other_member_of_a_pair_has_circuits_of_its_own() -> None:
    """Their chains are one, and each has the tunnels of its text."""
    sets = "ip address-set A type object\n address 0 10.0.0.0 mask 8\n#\nsecurity-policy\n"
    first = changed("security-policy\n", sets, FIREWALL)
    second = first
    for old, new in (("10.85.15.32", "10.85.15.34"), ("10.85.15.33", "10.85.15.35"),
                     ("FW01.0", "FW02.0"), ("fw01.0", "fw02.0"), ("AR01.17", "AR02.17"),
                     ("10.85.15.1 ", "10.85.15.3 "), (" up\n", " way\n"),
                     (" up 10", " way 10")):  # fmt: skip
        second = second.replace(old, new)
    one, other = parse_usg(first), parse_usg(second)
    assert one.tunnels == (TUNNEL,)
    assert other.chains is one.chains
    (found,) = other.tunnels
    assert (found.own_identity, found.peer_identity) == ("HOSPITAL-FW02.0", "CITY-AR02.17")
    assert found.own_address == TUNNEL.own.v4[0][0] + 2
    plain = parse_usg(changed(" ipsec policy way\n", "", second))
    assert plain.tunnels == ()
    assert plain.unread
