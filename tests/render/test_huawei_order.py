"""Huawei's texts, entered from top to bottom: what a line names stands above it, and once.

The device itself prints prefix lists behind BGP; entered in that order, a session that comes up
meets filters which are not there yet.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import pytest

from telemed_infra.pipeline.meaning import Meaning
from tests.plan.building import texts
from tests.plan.variants import encrypted, network, small


class Named(NamedTuple):
    """How a kind of thing is made, and where it is named. A use may name several."""

    made: str
    used: str


KINDS = {
    "prefix list": Named(r"ip ip-prefix (\S+) ", r"  peer \S+ ip-prefix (\S+) "),
    "prefix list, IPv6": Named(r"ip ipv6-prefix (\S+) ", r"  peer \S+ ipv6-prefix (\S+) "),
    "route policy": Named(r"route-policy (\S+) ", r"  peer \S+ route-policy (\S+) "),
    "address set": Named(
        r"ip address-set (\S+) ", r"  (?:source|destination)-address address-set (\S+)"
    ),
    "service set": Named(r"ip service-set (\S+) ", r"  service (A-\S+)"),
    "zone": Named(r"firewall zone (?:name )?(\S+)", r"  (?:source|destination)-zone (\S+)"),
    "interface": Named(
        r"interface (\S+)",
        r"(?: add interface |.* source(?:-interface)? (?=[LV])|ssh server-source -i )(\S+)",
    ),
    "VLAN": Named(
        r"vlan batch (.+)",
        r"(?:interface Vlanif| port (?:default|trunk allow-pass|trunk pvid) vlan )(.+)",
    ),
    "list of addresses": Named(
        r"acl (?:ipv6 )?number (\S+)", r"(?:snmp-agent acl| security acl| acl(?: ipv6)?) (\d+)"
    ),
    "table": Named(r"ip vpn-instance (\S+)", r"(?!ip vpn).+ vpn-instance (\S+)"),
    "TACACS template": Named(r"hwtacacs-server template (\S+)", r"  hwtacacs-server ([A-Z]+)"),
    "suite of negotiations": Named(r"ike proposal (\S+)", r" ike-proposal (\S+)"),
    "suite of packets": Named(r"ipsec proposal (\S+)", r" proposal (\S+)"),
    "peer": Named(r"ike peer (\S+)", r" ike-peer (\S+)"),
    "policy of tunnels": Named(r"ipsec policy (\S+) \d+ isakmp", r" ipsec policy (\S+)"),
    "TLS policy": Named(r"ssl policy (\S+)", r"info-center loghost .* ssl-policy (\S+)"),
}


@cache
def huawei() -> tuple[str, ...]:
    return tuple(
        text
        for files in (small(), encrypted(small()))
        for one, _, text in texts(Meaning(network(files)))
        if one.platform in {"huawei_usg", "huawei_vrp"}
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_line_names_stands_above_it(kind: str) -> None:
    named = KINDS[kind]
    uses = 0
    for text in huawei():
        above: set[str] = set()
        for line in text.splitlines():
            if use := re.match(named.used, line):
                wanted = set(use[1].split())
                assert wanted <= above, line
                uses += 1
            if made := re.fullmatch(f"{named.made}.*", line):
                above |= set(made[1].split())
    assert uses, kind


def test_no_block_is_begun_twice() -> None:
    for text in huawei():
        heads = [line for line in text.splitlines() if re.match(r"[a-z]", line)]
        assert sorted(set(heads)) == sorted(heads)


def test_each_family_of_a_table_has_a_distinguisher_of_its_own() -> None:
    """A family works only once it has one."""
    tables = [
        match[1].split()
        for text in huawei()
        if (match := re.search(r"(?m)^ip vpn-instance MGMT\n((?: .*\n)+)", text))
    ]
    assert tables
    for words in tables:
        families, numbers = words[0::3], words[2::3]
        assert set(words[1::3]) == {"route-distinguisher"}
        assert len(set(numbers)) == len(families) == len(numbers)


def test_a_router_is_silent_towards_the_guarded_edge_it_is_plugged_into() -> None:
    """Edges go on sending BPDUs: two guarded ones on a cable shut each other."""
    routers = [text for text in huawei() if "\nip vpn-instance MGMT\n" in text]
    assert routers
    for text in routers:
        assert "\nstp disable\n" in text
        assert "edged-port" not in text
        assert "bpdu-protection" not in text
    others = [text for text in huawei() if " stp edged-port enable\n" in text]
    assert all("\nstp bpdu-protection\n" in text for text in others)
    assert not any("\nstp disable\n" in text for text in others)
