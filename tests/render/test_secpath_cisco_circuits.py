"""Encrypted circuits, as H3C and Cisco write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from telemed_infra.compile.config import FirewallConfig, Policy, Servers
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import address_text, prefix
from telemed_infra.render.h3c_circuits import circuit_interfaces
from telemed_infra.render.shared_lines import blocks
from telemed_infra.render.tunnel_groups import Offer, offers, peer_name
from telemed_infra.render.tunnels import circuit_ends, over_circuits
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel
from tests.plan.building import maker, texts
from tests.plan.variants import Documents, encrypted, mixed, network, with_cisco

HEAD, OTHER_HEAD = "QN-GD-C-FW01", "QN-GD-C-FW02"
HOSPITAL = "QN-GD-H1-FW01"  # below that head
CITY = "QN-H1-FW01"  # with IPv6
CBC, GCM = IkeSuite("aes-256", "sha-256", "sha-256", 19), IkeSuite("aes-256-gcm", "", "sha-256", 19)
CIRCUIT = Tunnel(
    interface="Tunnel100",
    below="port0",
    own_address=prefix("10.1.0.33/32").first,
    peer_address=prefix("10.1.0.32/32").first,
    own_identity="X-FW01.0",
    peer_identity="Y-AR01.11",
    secret="vault:ike-x-fw01.0",
    starts=True,
    own=Selector(((prefix("10.1.0.33/32").range),), ()),
    peer=Selector(((prefix("10.1.0.32/32").range),), ()),
    preference=0,
    ike=CBC,
    esp=EspSuite("aes-256", "sha-256", 19),
    ike_lifetime_s=28_800,
    esp_lifetime_s=3_600,
    liveness_s=10,
    mtu=1400,
    mode=Mode.GRE,
)


@cache
def meaning(vendor: str) -> Meaning:
    return Meaning(network(encrypted(files_of(vendor))))


def files_of(vendor: str) -> Documents:
    return {"h3c": mixed, "cisco": with_cisco}[vendor]()


@cache
def written(vendor: str) -> dict[str, str]:
    return {name: text for _, name, text in texts(meaning(vendor))}


def planned(vendor: str, name: str) -> tuple[Tunnel, ...]:
    (device,) = [one for one in meaning(vendor).network.devices if one.name == name]
    found = over_circuits(meaning(vendor).tunnels(device))
    assert found
    return found


def parts(text: str, separator: str) -> dict[str, list[str]]:
    """Head of each block → its lines, without the blank before them."""
    found: dict[str, list[str]] = {}
    for some in text.split(f"\n{separator}\n"):
        head, *lines = some.splitlines() or [""]
        found[head] = [line[1:] for line in lines]
    return found


def secpath(name: str) -> dict[str, list[str]]:
    return parts(written("h3c")[f"{name}.secpath"], "#")


def cisco(name: str) -> dict[str, list[str]]:
    return parts(re.sub(r"^ !\n", "", written("cisco")[f"{name}.ios"], flags=re.M), "!")


def naming(lines: list[str], word: str) -> Iterator[str]:
    """What lines that begin with a word name."""
    return (line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} "))


# SecPath -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [HEAD, OTHER_HEAD, HOSPITAL, CITY])
def test_secpath_encrypts_each_circuit_at_its_port(name: str) -> None:
    text = secpath(name)
    for one in planned("h3c", name):
        own, other = circuit_ends(one)
        inner = text[f"interface {one.interface} mode gre"]
        for line in ("mtu 1400", "tcp mss 1360", f"source {own}", f"destination {other}"):
            assert line in inner
        port = text[f"interface {one.below}"]
        assert f"ip address {own} 255.255.255.254" in port
        (policy,) = naming(port, "ipsec apply policy")
        lines = text[f"ipsec policy {policy} 1 isakmp"]
        assert {f"local-address {own}", f"remote-address {other}"} < set(lines)
        (number,) = naming(lines, "security acl")
        assert text[f"acl advanced {number}"] == [
            f"rule 0 permit gre source {own} 0 destination {other} 0"
        ]
        (suite,) = naming(lines, "transform-set")
        assert text[f"ipsec transform-set {suite}"][0] == "encapsulation-mode transport"
        (profile,) = naming(lines, "ikev2-profile")
        assert set(text[f"ikev2 profile {profile}"]) > {
            "keychain CIRCUITS",
            f"identity local fqdn {one.own_identity}",
            f"match local address {own}",
            f"match remote identity fqdn {one.peer_identity}",
        }


def test_secpath_does_not_wrap_the_packets_of_townships_as_those_of_circuits() -> None:
    text = secpath(HEAD)
    of_townships = {
        name
        for head, lines in text.items()
        if head.startswith("ipsec profile")
        for name in naming(lines, "transform-set")
    }
    assert of_townships
    for name in of_townships:
        assert "encapsulation-mode transport" not in text[f"ipsec transform-set {name}"]


def test_lists_of_a_pair_have_numbers_of_their_own() -> None:
    """One member's may be carried over to the other."""
    mine, others = (
        {head for head in secpath(name) if head.startswith("acl advanced 3")}
        for name in (HEAD, OTHER_HEAD)
    )
    assert len(mine) == len(others) == len(planned("h3c", HEAD))
    assert not mine & others


def test_what_a_pair_shares_is_the_same_at_both_members() -> None:
    mine, others = (
        [one for one in blocks("h3c_secpath", written("h3c")[f"{name}.secpath"]) if one.shared]
        for name in (HEAD, OTHER_HEAD)
    )
    assert mine == others
    assert "Tunnel105" in str(mine)


def test_secpath_sizes_packets_of_ipv6_where_it_speaks_it() -> None:
    inner = secpath(CITY)["interface Tunnel100 mode gre"]
    at = inner.index("mtu 1400")
    assert inner[at - 1].startswith("ipv6 address ")
    assert inner[at + 1] == "ipv6 mtu 1400"
    silent = FirewallConfig(
        hostname="X-FW01",
        platform="h3c_secpath",
        interfaces=(Interface(name="Tunnel100", port="", zone="WAN"),),
        bindings=(),
        policy=Policy(zones=(), address_sets=(), service_sets=(), rules=()),
        servers=Servers(ntp=(), origins=()),
        ipv6=False,
        origins=(),
        tunnels=(CIRCUIT,),
    )
    assert "ipv6 mtu 1400" not in circuit_interfaces(silent)["Tunnel100"]


def test_no_static_route_leads_over_a_circuit() -> None:
    names = "|".join(one.interface for one in planned("h3c", HEAD))
    assert not re.search(rf"route-static .* ({names})\b", written("h3c")[f"{HEAD}.secpath"])


def test_secpath_counts_flows_at_the_tunnel_alone() -> None:
    text = secpath(HEAD)
    for one in planned("h3c", HEAD):
        assert "ip netstream inbound" in text[f"interface {one.interface} mode gre"]
        assert "ip netstream inbound" not in text[f"interface {one.below}"]


def test_secpath_has_port_and_tunnel_in_different_zones() -> None:
    text = secpath(HEAD)
    ports = set(naming(text["security-zone name Z_CIRCUIT"], "import interface"))
    assert ports == {one.below for one in planned("h3c", HEAD)}
    inner = {
        name
        for zone in ("Z_WAN", "Z_DOWN")
        for name in naming(text[f"security-zone name {zone}"], "import interface")
    }
    assert inner == {one.interface for one in planned("h3c", HEAD)}


# Cisco -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [HEAD, OTHER_HEAD, HOSPITAL, CITY])
def test_cisco_protects_the_tunnel_over_each_circuit(name: str) -> None:
    text = cisco(name)
    for one in planned("cisco", name):
        own, other = circuit_ends(one)
        inner = text[f"interface {one.interface}"]
        for line in ("ip mtu 1400", "ip tcp adjust-mss 1360"):
            assert line in inner
        assert inner[-3:-1] == [f"tunnel source {own}", f"tunnel destination {other}"]
        assert not [line for line in inner if line.startswith("tunnel mode")]
        assert "zone-member security CIRCUIT" in text[f"interface {one.below}"]
        (profile,) = naming(inner, "tunnel protection ipsec profile")
        lines = text[f"crypto ipsec profile {profile}"]
        assert ("responder-only" in lines) is not one.starts
        assert not [line for line in lines if "reverse-route" in line]
        (suite,) = naming(lines, "set transform-set")
        (wrapped,) = (some for head, some in text.items() if f" transform-set {suite} " in head)
        assert wrapped == ["mode transport"]
        (negotiation,) = naming(lines, "set ikev2-profile")
        found = text[f"crypto ikev2 profile {negotiation}"]
        assert set(found) > {
            f"match address local {own}",
            f"match identity remote fqdn {one.peer_identity}",
            f"identity local fqdn {one.own_identity}",
            "keyring local CIRCUITS",
        }
        assert not [line for line in found if line.startswith("virtual-template")]


def test_a_cisco_head_begins_upwards_and_waits_for_its_hospitals() -> None:
    starts = {one.interface: one.starts for one in planned("cisco", HEAD)}
    assert starts["Tunnel100"] is True
    assert {starts[name] for name in starts if name != "Tunnel100"} == {False}


def test_cisco_sizes_packets_of_both_families() -> None:
    inner = cisco(CITY)["interface Tunnel100"]
    at = inner.index("ipv6 mtu 1400")
    assert inner[at - 1].startswith("ipv6 address ")
    assert inner[at + 1] == "ipv6 tcp adjust-mss 1340"
    (port,) = (one.below for one in planned("cisco", CITY))
    assert not [line for line in cisco(CITY)[f"interface {port}"] if " mtu" in line]


def test_cisco_has_each_address_in_one_policy_of_its_own_suite() -> None:
    """A head's townships and hospitals agree on more than the router above it knows."""
    files = encrypted(files_of("cisco"))
    files["network.yml"]["tunnels"]["ike"] = ["aes-256-gcm", "aes-256"]
    better = Meaning(network(files))
    (head,) = [one for one in better.network.devices if one.name == HEAD]
    (text,) = (one for one in maker(better).of(head.site) if one.name == f"{HEAD}.ios")
    known = parts(text.rendered.text, "!")
    ciphers = {"aes-256-gcm": "aes-gcm-256", "aes-256": "aes-cbc-256"}
    found = {
        address: f"encryption {ciphers[one.ike.cipher]}"
        for one in better.tunnels(head)
        if (address := address_text(Family.V4, one.own_address or 0))
    }
    assert len(set(found.values())) == 2
    told = {
        address: known[f"crypto ikev2 proposal {proposal}"][0]
        for at, lines in known.items()
        if at.startswith("crypto ikev2 policy ")
        for address in naming(lines, "match address local")
        for proposal in naming(lines, "proposal")
    }
    assert told == found


def test_cisco_prints_tunnels_before_ports() -> None:
    heads = [head for head in cisco(HEAD) if head.startswith("interface ")]
    kinds = [re.sub(r"[\d/.]+.*", "", head.removeprefix("interface ")) for head in heads]
    assert list(dict.fromkeys(kinds)) == [
        "Loopback",
        "Tunnel",
        "GigabitEthernet",
        "Virtual-Template",
    ]


def test_cisco_counts_flows_at_the_tunnel_alone() -> None:
    text = cisco(HEAD)
    for one in planned("cisco", HEAD):
        assert "ip flow monitor TRAFFIC input" in text[f"interface {one.interface}"]
        assert "ip flow monitor TRAFFIC input" not in text[f"interface {one.below}"]


# Both --------------------------------------------------------------------------------------------


def test_one_suite_is_offered_everywhere() -> None:
    assert offers([CIRCUIT], {CBC: "IKE1"}) == (Offer("IKE1", (), ("IKE1",)),)


def test_another_suite_is_offered_at_its_own_address_alone() -> None:
    other = CIRCUIT._replace(own_address=7, ike=GCM)
    assert offers([CIRCUIT, other], {CBC: "IKE1", GCM: "IKE2"}) == (
        Offer("IKE1", (prefix("10.1.0.33/32").first,), ("IKE1",)),
        Offer("IKE2", (7,), ("IKE2",)),
    )


def test_two_suites_of_one_address_are_offered_there_both() -> None:
    other = CIRCUIT._replace(ike=GCM)
    assert offers([CIRCUIT, other], {CBC: "IKE1", GCM: "IKE2"}) == (
        Offer("IKE1-IKE2", (), ("IKE1", "IKE2")),
    )


def test_where_an_address_is_not_known_the_offer_holds_for_all() -> None:
    other = CIRCUIT._replace(own_address=None, ike=GCM)
    _, last = offers([CIRCUIT, other], {CBC: "IKE1", GCM: "IKE2"})
    assert last == Offer("IKE2", (), ("IKE2",))


@pytest.mark.parametrize(("vendor", "name"), [("h3c", HEAD), ("cisco", HEAD)])
def test_no_two_tunnels_have_a_name_in_common(vendor: str, name: str) -> None:
    known = [peer_name(one) for one in planned(vendor, name)]
    assert len(known) == len(set(known)) > 1
