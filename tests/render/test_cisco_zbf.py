"""The text of a Cisco zone firewall: its normal forms, and what no text of it may hold."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from telemed_infra.compile.config import FilterRule, Verdict
from telemed_infra.compile.firewall import LAST_RULE
from telemed_infra.pipeline.meaning import Meaning
from tests.plan.building import texts
from tests.plan.variants import network, with_cisco
from tests.render.policies import addresses, app, permit, policy, single, zone_firewall

HOST = single("10.1.2.3/32")
NET = single("10.4.0.0/23")
ESP = app("esp", protocol=[50])
ND = app("nd", icmp6=[135, 136])


def block(text: str, head: str) -> list[str]:
    """The indented lines below the one line that is `head`."""
    lines = text.splitlines()
    assert lines.count(head) == 1
    rest = lines[lines.index(head) + 1 :]
    end = next((n for n, line in enumerate(rest) if not line.startswith(" ")), len(rest))
    return [line.strip() for line in rest[:end]]


def entries(text: str, name: str = "IMAGING-WAN-v4") -> list[str]:
    """The lines of a list, without its remarks and its last deny."""
    kind = "ipv6 access-list" if name.endswith("6") else "ip access-list extended"
    *lines, last = block(text, f"{kind} {name}")
    assert last.split()[0] == "deny"
    return [line for line in lines if not line.startswith("remark")]


# Groups and lists --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ({"tcp": [443]}, "tcp host 10.1.2.3 any eq 443"),
        ({"tcp": [179]}, "tcp host 10.1.2.3 any eq bgp"),
        ({"tcp": ["80-80"]}, "tcp host 10.1.2.3 any eq www"),
        ({"udp": [500]}, "udp host 10.1.2.3 any eq isakmp"),
        ({"tcp": [500]}, "tcp host 10.1.2.3 any eq 500"),
        ({"udp": ["10000-10499"]}, "udp host 10.1.2.3 any range 10000 10499"),
        ({"udp": ["0-161"]}, "udp host 10.1.2.3 any range 0 snmp"),
        ({"tcp": ["0-65535"]}, "tcp host 10.1.2.3 any"),
        ({"icmp": [8]}, "icmp host 10.1.2.3 any echo"),
        ({"icmp": [13]}, "icmp host 10.1.2.3 any 13"),
    ],
)
def test_services_are_written_as_the_device_prints_them(
    content: dict[str, object], written: str
) -> None:
    text = zone_firewall(policy((permit("P1", HOST, None, "x"),), apps=(app("x", **content),)))
    assert entries(text) == [f"permit {written}"]


@pytest.mark.parametrize(
    ("prefix", "in_group", "in_list"),
    [
        ("10.1.2.3/32", "host 10.1.2.3", "host 10.1.2.3"),
        ("10.4.0.0/23", "10.4.0.0 255.255.254.0", "10.4.0.0 0.0.1.255"),
        ("10.0.0.0/12", "10.0.0.0 255.240.0.0", "10.0.0.0 0.15.255.255"),
    ],
)
def test_a_group_has_masks_and_a_list_has_wildcards(
    prefix: str, in_group: str, in_list: str
) -> None:
    ends = addresses("ENDS", prefix, "10.9.0.0/24")
    rules = (permit("P1", "ENDS", HOST, "https"), permit("P2", single(prefix), HOST, "https"))
    text = zone_firewall(policy(rules, (ends,)))
    assert block(text, "object-group network ENDS") == [in_group, "10.9.0.0 255.255.255.0"]
    assert entries(text) == [
        "permit tcp object-group ENDS host 10.1.2.3 eq 443",
        f"permit tcp {in_list} host 10.1.2.3 eq 443",
    ]


def test_a_remark_before_its_lines_carries_the_rules_name() -> None:
    two = app("bfd", udp=[3784, 4784])
    rules = (permit("P0301-IMAGING-WAN", HOST, None, "bfd"), permit("P2", NET, None, "bfd"))
    text = zone_firewall(policy(rules, apps=(two,)))
    assert block(text, "ip access-list extended IMAGING-WAN-v4") == [
        "remark P0301-IMAGING-WAN",
        "permit udp host 10.1.2.3 any eq 3784",
        "permit udp host 10.1.2.3 any eq 4784",
        "remark P2",
        "permit udp 10.4.0.0 0.0.1.255 any eq 3784",
        "permit udp 10.4.0.0 0.0.1.255 any eq 4784",
        "deny   ip any any",
    ]


def test_an_entry_that_a_list_has_already_is_not_said_again() -> None:
    """The device would keep one of the two; the remark still says that the rule is there."""
    rules = (permit("P1", HOST, None, "https"), permit("P2", HOST, None, "https", "bfd"))
    text = zone_firewall(policy(rules, apps=(app("https", tcp=[443]), app("bfd", udp=[3784]))))
    assert block(text, "ip access-list extended IMAGING-WAN-v4") == [
        "remark P1",
        "permit tcp host 10.1.2.3 any eq 443",
        "remark P2",
        "permit udp host 10.1.2.3 any eq 3784",
        "deny   ip any any",
    ]


@pytest.mark.parametrize("way", [("IMAGING", "LOCAL"), ("LOCAL", "IMAGING")])
def test_the_devices_own_packets_look_at_no_group(way: tuple[str, str]) -> None:
    """A router ignores object groups for packets that its own processor takes."""
    ends = addresses("ENDS", "10.1.0.0/24", "10.2.0.9/32")
    rule = permit("P1", "ENDS", HOST, "https", zone_in=way[0], zone_out=way[1])
    text = zone_firewall(policy((rule,), (ends,)))
    name = "-".join(way).replace("LOCAL", "self")
    assert "object-group" not in text
    assert entries(text, f"{name}-v4") == [
        "permit tcp 10.1.0.0 0.0.0.255 host 10.1.2.3 eq 443",
        "permit tcp host 10.2.0.9 host 10.1.2.3 eq 443",
    ]


def test_lists_of_ipv6_have_addresses_and_their_own_names_of_types() -> None:
    ends = addresses("ENDS", "10.1.0.0/24", "2001:db8::/64", "2001:db8:1::7/128")
    ping = app("ping", icmp=[8], icmp6=[128])
    text = zone_firewall(policy((permit("P1", "ENDS", None, "ping"),), (ends,), (ping,)))
    assert entries(text, "IMAGING-WAN-v6") == [
        "permit icmp 2001:DB8::/64 any echo-request",
        "permit icmp host 2001:DB8:1::7 any echo-request",
    ]


@pytest.mark.parametrize(
    "rule",
    [
        permit("P1", HOST, single("10.4.0.0/23", "2001:db8::/64"), "https"),
        permit("P1", single("10.1.2.3/32", "2001:db8::/64"), "ENDS", "https"),
        permit("P1", None, None, "old"),
    ],
)
def test_what_would_match_nothing_in_a_family_is_not_written_there(rule: FilterRule) -> None:
    apps = (app("https", tcp=[443]), app("old", icmp=[8]))
    text = zone_firewall(policy((rule,), (addresses("ENDS", "10.1.0.0/24"),), apps))
    assert len(entries(text)) == 1
    assert "ipv6" not in text
    assert "-v6" not in text


# Ways --------------------------------------------------------------------------------------------


def pairs(text: str) -> dict[tuple[str, str], str]:
    """Source and destination → policy."""
    found = re.findall(
        r"^zone-pair security \S+ source (\S+) destination (\S+)\n"
        r" service-policy type inspect (\S+)$",
        text,
        re.M,
    )
    return {(source, destination): name for source, destination, name in found}


def test_what_is_open_without_a_pair_has_one_that_drops_and_logs() -> None:
    text = zone_firewall(policy((permit("P1", HOST, NET, "https"),)))
    assert pairs(text) == {
        ("IMAGING", "IMAGING"): "DENY-ALL",
        ("IMAGING", "WAN"): "IMAGING-WAN",
        ("IMAGING", "self"): "DENY-ALL",
        ("WAN", "WAN"): "DENY-ALL",
        ("WAN", "self"): "DENY-ALL",
        ("self", "IMAGING"): "DENY-ALL",
        ("self", "WAN"): "DENY-ALL",
    }
    assert block(text, "policy-map type inspect DENY-ALL") == ["class class-default", "drop log"]


def test_a_zone_that_is_open_within_has_no_pair_with_itself() -> None:
    text = zone_firewall(replace(policy(()), closed_within_zones=False))
    assert set(pairs(text)) == {
        ("IMAGING", "self"), ("WAN", "self"), ("self", "IMAGING"), ("self", "WAN"),
    }  # fmt: skip


def test_what_inspect_does_not_track_is_passed() -> None:
    ends = single("10.1.2.3/32", "2001:db8::/64")
    rule = permit("P1", ends, None, "https", "esp", "nd", zone_in="LOCAL")
    text = zone_firewall(policy((rule,), apps=(app("https", tcp=[443]), ESP, ND)))
    assert block(text, "policy-map type inspect self-WAN") == [
        "class type inspect self-WAN-v4",
        "inspect",
        "class type inspect self-WAN-v6",
        "inspect",
        "class type inspect self-WAN-PASS-v4",
        "pass",
        "class type inspect self-WAN-PASS-v6",
        "pass",
        "class class-default",
        "drop log",
    ]
    assert entries(text, "self-WAN-PASS-v4") == ["permit esp host 10.1.2.3 any"]
    assert entries(text, "self-WAN-PASS-v6") == [
        "permit esp 2001:DB8::/64 any",
        "permit icmp 2001:DB8::/64 any nd-ns",
        "permit icmp 2001:DB8::/64 any nd-na",
    ]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ((LAST_RULE,), "DENY-ALL: a rule permits services from one zone to another"),
        ((permit("P1", HOST, NET),), "P1: a rule permits services from one zone to another"),
    ],
)
def test_what_the_platform_cannot_say_is_refused(
    rules: tuple[FilterRule, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        zone_firewall(policy(rules))


def test_a_policy_that_ends_with_a_permit_is_refused() -> None:
    open_end = replace(policy(()), rules=(replace(LAST_RULE, verdict=Verdict.PERMIT),))
    with pytest.raises(ValueError, match="the last rule of a zone firewall denies all the rest"):
        zone_firewall(open_end)


# Whole texts -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """The zone firewalls of the small province with Cisco in it."""
    return {
        name: text
        for device, name, text in texts(Meaning(network(with_cisco())))
        if device.platform == "cisco_ios_zbf"
    }


def test_no_name_is_used_that_is_nowhere_defined(written: dict[str, str]) -> None:
    """An undefined list permits everything, an undefined class nothing."""
    assert len(written) == 8  # data centre B, a city hospital, a county's head and its hospital
    for text in written.values():
        lists = set(re.findall(r"^(?:ip access-list extended|ipv6 access-list) (\S+)$", text, re.M))
        classes = re.findall(r"^class-map type inspect match-all (\S+)$", text, re.M)
        named = re.findall(r"^ match access-group name (\S+)$", text, re.M)
        assert lists - {"MANAGERS-v6"} == set(named)
        assert set(classes) == set(re.findall(r"^ class type inspect (\S+)$", text, re.M))
        assert set(pairs(text).values()) == set(
            re.findall(r"^policy-map type inspect (\S+)$", text, re.M)
        )
        groups = set(re.findall(r"^object-group network (\S+)$", text, re.M))
        assert groups == set(re.findall(r" object-group (\S+)", text))
        zones = set(re.findall(r"^zone security (\S+)$", text, re.M))
        assert zones == set(re.findall(r"^ zone-member security (\S+)$", text, re.M))
        assert {zone for pair in pairs(text) for zone in pair} == {*zones, "self"}


def test_every_zone_has_its_pairs_with_itself_and_with_the_device(written: dict[str, str]) -> None:
    for text in written.values():
        known = pairs(text)
        for zone in re.findall(r"^zone security (\S+)$", text, re.M):
            assert {(zone, zone), (zone, "self"), ("self", zone)} <= known.keys()


def test_every_interface_but_loopbacks_and_bare_ports_is_in_a_zone(
    written: dict[str, str],
) -> None:
    for text in written.values():
        blocks = [one for one in text.split("!\n") if one.startswith("interface ")]
        ports = {one.split()[1].partition(".")[0] for one in blocks if "." in one.split()[1]}
        for one in blocks:
            name = one.split()[1]
            assert ("zone-member" in one) is (name != "Loopback0" and name not in ports)
            assert ("encapsulation dot1Q" in one) is ("." in name)


def test_ports_are_opened_and_nothing_else(written: dict[str, str]) -> None:
    """A router's ports are shut as delivered; subinterfaces, loopbacks and tunnels are not."""
    for text in written.values():
        for name in re.findall(r"^interface (\S+)$", text, re.M):
            port = re.fullmatch(r"GigabitEthernet[0-9/]+", name) is not None
            lines = block(text, f"interface {name}")
            assert lines.count("no shutdown") == int(port)
            assert (lines[-1] == "no shutdown") is port


def test_virtual_routers_stand_behind_the_version_that_they_need(written: dict[str, str]) -> None:
    for text in written.values():
        lines = text.splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith(" vrrp "))
        assert lines.index("fhrp version vrrp v3") < first


def test_packets_do_not_choose_their_own_way(written: dict[str, str]) -> None:
    assert all("\nno ip source-route\n" in text for text in written.values())


def test_names_keep_to_what_the_platform_takes(written: dict[str, str]) -> None:
    for text in written.values():
        classes = re.findall(r"^(?:class|policy)-map type inspect (?:\S+ )?(\S+)$", text, re.M)
        assert all(re.fullmatch(r"[A-Za-z0-9-]{1,40}", name) for name in classes)
        others = re.findall(
            r"^(?:object-group network|ip access-list extended|ipv6 access-list) (\S+)$", text, re.M
        )
        assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,64}", name) for name in others)
        assert len(set(others)) == len(others)
        remarks = re.findall(r"^ remark (.+)$", text, re.M)
        assert all(len(remark) <= 100 for remark in remarks)


def test_ipv6_is_forwarded_only_where_the_site_has_it(written: dict[str, str]) -> None:
    forwarding = {name: "\nipv6 unicast-routing\n" in text for name, text in written.items()}
    addressed = {name: "\n ipv6 address " in text for name, text in written.items()}
    assert forwarding == addressed
