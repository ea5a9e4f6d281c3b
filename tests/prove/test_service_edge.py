"""A service edge's routing text: what is meant is proven, each damage is found where it stands."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from telemed_infra.model.load import load
from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.parse.frr import parse_frr
from telemed_infra.plan.network import network_plan
from telemed_infra.prove.expected_edge import ExpectedEdge, expected_edge
from telemed_infra.prove.findings import DeviceProof
from telemed_infra.prove.service_edge import announced, guarded_addresses, prove_routes
from telemed_infra.resources import shipped
from tests.prove.edge_texts import ROUTING

NAME = "GZ-DCA-SE01"


@cache
def edge() -> tuple[Device, ExpectedEdge]:
    network = load(shipped("inventory"), as_of=None)
    (device,) = (one for one in network.devices if one.name == NAME)
    expected = expected_edge(network, network_plan(network), device)
    # This text announces whatever of the pool is on the loopback, and its guard closes the pool.
    return device, replace(expected, may=expected.pool)


def proof(text: str) -> DeviceProof:
    return prove_routes(NAME, parse_frr(text), edge()[1])


def said(text: str) -> list[str]:
    return [str(one) for one in proof(text).findings]


def damaged(old: str, new: str, text: str = ROUTING) -> tuple[str, int]:
    """The text with its first `old` changed, and the line where that stands."""
    assert old in text
    return text.replace(old, new, 1), text[: text.index(old)].count("\n") + 1


def test_what_is_meant_is_proven() -> None:
    found = proof(ROUTING)
    assert found.findings == ()
    assert found.rules == 4
    assert found.ways == 8
    assert found.must == 2 * 2 * 84
    assert found.covered == found.lines > 50


def test_the_inventory_says_who_speaks_with_whom() -> None:
    expected = edge()[1]
    assert expected.local_as == 64514
    assert {one.name: one.remote_as for one in expected.neighbors} == {
        "GZ-DCA-CR01": 64512,
        "GZ-DCA-CR02": 64512,
    }
    assert sum(high - low + 1 for low, high in expected.instances[Family.V4]) == 84


IN, OUT = "neighbor 10.0.1.50 prefix-list NOTHING in", "neighbor 10.0.1.50 prefix-list POOL out"
DAMAGES = {
    "no filter in": (f"  {IN}\n", "", "no filter in direction in"),
    "no filter out": (f"  {OUT}\n", "", "no filter in direction out"),
    "filters exchanged": (OUT, OUT.replace("POOL", "NOTHING"), "cannot announce"),
    "believes the pool": (IN, IN.replace("NOTHING", "POOL"), "believes 4096 prefixes"),
    "wider list": (
        "10.12.0.0/20 ge 32", "10.12.0.0/19 ge 32", "may announce 4096 prefixes (10.12.16.0/32",
    ),
    "blocks too": ("10.12.0.0/20 ge 32", "10.12.0.0/20 le 32", "10.12.0.0/20 for one"),
    "narrower list": ("10.12.0.0/20 ge 32", "10.12.0.0/24 ge 32", "cannot announce"),
    "one address more": (
        "ip prefix-list NOTHING seq",
        "ip prefix-list POOL seq 7 permit 10.13.0.1/32\nip prefix-list NOTHING seq",
        None,  # the route map's list too: see the other tests
    ),
    "a list that is not there": (OUT, OUT.replace("POOL", "POOLS"), "nothing defines it"),
    "deny before permit": (
        "ip prefix-list POOL seq 5",
        "ip prefix-list POOL seq 3 deny 10.12.0.0/22 ge 32\nip prefix-list POOL seq 5",
        "cannot announce",
    ),
    "another interface": ("match interface lo", "match interface eth0", "cannot announce"),
    "no redistribution": (
        "  redistribute connected route-map SERVICES\n", "", "cannot announce 84 prefixes",
    ),
    "a default route": (
        IN, f"{IN}\n  neighbor 10.0.1.50 default-originate", "may announce 0.0.0.0/0",
    ),
    "an aggregate": (
        "ge 32\nip prefix-list NOTHING",
        "ge 32\nip prefix-list POOL permit 10.12.0.0/20\nip prefix-list NOTHING",
        None,
    ),
    "no limit": ("  neighbor 10.0.1.50 maximum-prefix 10\n", "", "no limit of prefixes"),
    "only a warning": ("maximum-prefix 10", "maximum-prefix 10 warning-only", "no limit"),
    "not active": ("  neighbor 10.0.1.50 activate\n", "", "no session carries IPv4"),
    "no neighbour": (
        "neighbor 10.0.1.50 peer-group CORE", "neighbor 10.0.1.52 peer-group CORE", "10.0.1.52 is",
    ),
    "one more neighbour": (
        " neighbor CORE peer-group",
        " neighbor 10.0.1.99 remote-as 64512\n neighbor CORE peer-group",
        "neighbour 10.0.1.99 is not in the inventory",
    ),
    "anybody may call": (
        " neighbor CORE remote-as 64512",
        " neighbor CORE remote-as 64512\n bgp listen range 10.0.0.0/14 peer-group CORE",
        "neighbour 10.0.0.0/14 is not in the inventory",
    ),
    "another AS": ("remote-as 64512", "remote-as 64513", "remote AS 64513"),
    "another own AS": ("router bgp 64514", "router bgp 64515", "the inventory says"),
    "shut": (" neighbor CORE bfd", " neighbor CORE shutdown\n neighbor CORE bfd", "is shut down"),
    "no key": (" neighbor CORE password vault:bgp-dc-a-service-edge\n", "", "has no key"),
    "a secret": ("vault:bgp-dc-a-service-edge", "hunter2", "its key is not the inventory's"),
    "another key": ("vault:bgp-dc-a", "vault:bgp-dc-b", "its key is not the inventory's"),
    "no BFD": (" neighbor CORE bfd profile core\n", "", "has no BFD"),
    "slow BFD": ("receive-interval 300", "receive-interval 1000", "after 3000 ms"),
    "BFD off": ("detect-multiplier 3", "shutdown", "has no BFD"),
    "changes held back": ("advertisement-interval 0", "advertisement-interval 30", "back 30 s"),
    "slow retry": (" neighbor CORE timers connect 1\n", "", "tries again after 120 s"),
    "no hops": (" neighbor CORE ebgp-multihop 3\n", "", "cannot cross the firewall"),
    "no source": (" neighbor 10.0.1.50 update-source 10.0.100.70\n", "", "has no source"),
    "another source": ("update-source 10.0.100.70", "update-source 10.0.100.99", "speaks from"),
    "no router id": (" bgp router-id 10.0.100.70\n", "", "without a router id"),
    "a service's router id": ("router-id 10.0.100.70", "router-id 10.12.0.1", "is not its own"),
    "routes of the dead": ("bgp graceful-restart-disable", "bgp graceful-restart", "would stay"),
    "no default": ("no bgp default ipv4-unicast\n", "bgp default ipv4-unicast\n", "no filter in"),
    "a hole in the pool": (
        "ip route 0.0.0.0/0", "ip route 10.12.0.0/20 Null0\nip route 0.0.0.0/0", "remove it",
    ),
    "the register by management": (
        "10.4.150.70/32 10.0.100.1", "10.4.150.70/32 10.0.10.1", "leads to 10.0.10.1",
    ),
    "no way to the register": ("ip route 10.0.150.70/32 10.0.100.1\n", "", "no way to 10.0.150.70"),
    "no way over the fibre": ("ip route 10.4.140.70/32 10.0.140.1\n", "", "no way to 10.4.140.70"),
    "another way out": ("0.0.0.0/0 10.0.100.1", "0.0.0.0/0 10.0.100.2", "default route by"),
    "an unknown word": (" bgp log-neighbor-changes", " bgp log-neighbour-changes", "unread"),
    "another protocol": ("bfd\n profile", "router ospf\n network x\nbfd\n profile", "unread"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), DAMAGES.values(), ids=DAMAGES)
def test_a_damage_is_found(old: str, new: str, says: str | None) -> None:
    text, _ = damaged(old, new)
    found = said(text)
    assert found
    assert says is None or any(says in one for one in found), found


def test_a_secret_is_not_shown() -> None:
    text, _ = damaged("password vault:bgp-dc-a-service-edge", "password hunter2")
    assert "hunter2" not in "".join(said(text))
    assert "hunter2" not in repr(parse_frr(text))
    text, _ = damaged(
        "neighbor CORE password vault:bgp-dc-a-service-edge", "neighbor X password s3"
    )
    assert any("unread" in one for one in said(text))
    assert "s3" not in "".join(said(text))


def test_a_finding_names_the_line_and_the_mend() -> None:
    text, line = damaged(f"  {IN}\n", "")
    says = "no filter in direction in: bind a route map or prefix list"
    where = "neighbour 10.0.1.50 (GZ-DCA-CR01), IPv4"
    assert said(text) == [f"{NAME}:{line - 1}: missing: {where}: {says}"]


def test_without_the_rule_of_filters_everything_is_believed() -> None:
    """RFC 8212 hides a missing filter; the text that switches it off shows it."""
    text, _ = damaged(f"  {IN}\n", "")
    text = text.replace(" bgp log-neighbor", " no bgp ebgp-requires-policy\n bgp log-neighbor")
    assert any("believes" in one and "0.0.0.0/0 for one" in one for one in said(text))


def test_an_extra_address_in_list_and_map_is_announced() -> None:
    text, _ = damaged(
        "ip prefix-list NOTHING seq",
        "ip prefix-list POOL seq 7 permit 10.13.0.1/32\nip prefix-list NOTHING seq",
    )
    found = said(text)
    assert len([one for one in found if "may announce 10.13.0.1/32" in one]) == 2


def test_harmless_edits_stay_proven() -> None:
    for old, new in (
        ("ge 32\n", "ge 32 le 32\n"),
        ("ip prefix-list POOL seq 5", "ip prefix-list POOL"),
        (
            "permit 10.12.0.0/20 ge 32",
            "permit 10.12.0.0/21 ge 32\nip prefix-list POOL permit 10.12.8.0/21 ge 32",
        ),
        (" match interface lo\n", ""),
        ("bfd profile core", "bfd 3 300 300"),
        ("neighbor CORE ebgp-multihop 3", "neighbor CORE ttl-security hops 3"),
        (" exit-address-family\n", " exit\n"),
        ("  neighbor", "    neighbor"),
        ("hostname", "! a remark\nhostname"),
    ):  # fmt: skip
        text, _ = damaged(old, new)
        left = [one for one in said(text) if "bfd profile core is bound nowhere" not in one]
        assert left == [], (old, new)


def test_what_is_announced_must_be_guarded() -> None:
    expected = edge()[1]
    behaviour = parse_frr(ROUTING)
    assert announced(behaviour) == expected.pool
    assert guarded_addresses(behaviour, expected, Family.V4) == expected.pool[Family.V4]
    assert guarded_addresses(None, expected, Family.V6) == expected.pool[Family.V6]
    nothing = parse_frr("router bgp 64514\n")
    assert guarded_addresses(nothing, expected, Family.V4) == expected.instances[Family.V4]


# Lines that may go: defaults of FRR, what another line does too, names, logs, ends of views.
NOT_NEEDED = (
    "frr ", "hostname", "log ", "service ", "!", "exit", "end", "ip route 0.0.0.0/0", "ipv6 route",
    "match interface", "match ip", "bgp log", "bgp graceful-restart-disable",
    "neighbor CORE advertisement-interval 0", "detect-multiplier 3", "receive-interval 300",
    "transmit-interval 300", "ipv6 prefix-list NOTHING6", "ip prefix-list NOTHING", "profile core",
)  # fmt: skip


@pytest.mark.parametrize("number", range(ROUTING.count("\n")))
def test_each_line_is_needed_or_known_not_to_be(number: int) -> None:
    lines = ROUTING.split("\n")
    line = lines.pop(number).strip()
    found = said("\n".join(lines))
    if line.startswith(NOT_NEEDED):
        return
    assert found, line


def test_the_rest_of_the_pool_may_not_be_announced_where_nothing_closes_it() -> None:
    expected = edge()[1]
    found = prove_routes(NAME, parse_frr(ROUTING), replace(expected, may=expected.instances))
    assert {one.kind for one in found.findings} == {"excess"}
    assert all("which the guard does not close" in one.says for one in found.findings)
