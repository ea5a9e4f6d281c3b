"""A guard's ruleset: what is meant is proven, each damage is found at its line."""

from __future__ import annotations

import subprocess

import pytest

from telemed_infra.packets import FAMILIES, Family, Ranges
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.guard import parse_guard
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import DeviceProof
from telemed_infra.prove.guard import prove_guard, spares_guard
from telemed_infra.prove.service_edge import guarded_addresses
from tests.prove.edge_texts import GUARD, ROUTING
from tests.prove.test_service_edge import NAME, damaged, edge


def must(text: str | None = None) -> dict[Family, Ranges]:
    behaviour = None if text is None else parse_frr(text)
    return {family: guarded_addresses(behaviour, edge()[1], family) for family in FAMILIES}


def proof(text: str) -> DeviceProof:
    return prove_guard(NAME, parse_guard(text), edge()[1], must())


def said(text: str) -> list[str]:
    return [str(one) for one in proof(text).findings]


def test_what_is_meant_is_proven() -> None:
    found = proof(GUARD)
    assert found.findings == ()
    assert found.rules == 14
    assert found.ways == 4
    assert found.must == 4 * 2 * 16  # hooks and families, address classes, states of four sets
    assert found.covered == found.lines > 30


SLOT0 = "ip daddr @armed0_v4 ip daddr @live0_v4 accept"
SLOT0_OUT = "ip saddr @armed0_v4 ip saddr @live0_v4 accept"
FIRST = "    ip daddr != @pool4"
LEAVING = GUARD[GUARD.index("  chain leaving") : GUARD.rindex("}")]
DAMAGES = {
    "swapped slots": (SLOT0, SLOT0.replace("live0", "live1"), "armed0_v4 and live1_v4 holding"),
    "armed is enough": (SLOT0, SLOT0.replace(" ip daddr @live0_v4", ""), "with armed0_v4 holding"),
    "live is enough": (SLOT0, SLOT0.replace("ip daddr @armed0_v4 ", ""), "with live0_v4 holding"),
    "one slot less": (SLOT0, "", "is dropped with armed0_v4 and live0_v4 holding"),
    "the same, leaving": (SLOT0_OUT, "", "IPv4 from 10.12.0.0 is dropped"),
    "the other side": (SLOT0, SLOT0.replace("daddr @live0", "saddr @live0"), "the other one"),
    "drops nothing": ("    counter name closed drop\n", "", "passes with no set holding"),
    "accepts at the end": ("counter name closed drop", "accept", "passes with no set holding"),
    "accept before": (
        "    ip daddr != @pool4 accept", "    accept\n    ip daddr != @pool4 accept", "passes with",
    ),
    "drop before": (
        f"    {SLOT0}", f"    counter drop\n    {SLOT0}", "is dropped with armed0_v4 and live0_v4",
    ),
    "drops strangers": (
        "    ip daddr != @pool4 accept\n", "", "outside of the service pool, is dropped",
    ),
    "drops the other family": ("    ip6 daddr != @pool6 accept\n", "", "IPv6 to ::, outside"),
    "policy drop": (
        "ip daddr != @pool4 accept\n    ip6 daddr != @pool6 accept",
        "ip daddr != @pool4 continue\n    ip6 daddr != @pool6 continue",
        "outside",
    ),
    "a smaller pool": ("10.12.0.0/20 }", "10.12.0.0/21 }", "IPv4 to 10.12.8.0 passes"),
    "a larger pool": ("10.12.0.0/20 }", "10.12.0.0/19 }", "IPv4 to 10.12.16.0, outside"),
    "an empty pool": ("flags interval; elements = { 10.12.0.0/20 }", "flags interval", "passes"),
    "an open address": (
        "    ip daddr != @pool4", "    ip daddr 10.12.3.7 accept\n    ip daddr != @pool4",
        "IPv4 to 10.12.3.7 passes",
    ),
    "no chain": (LEAVING, "", "nothing at output before conntrack judges IPv4"),
    "a chain without a hook": (
        "type filter hook output priority raw; policy accept;", "",
        "chain leaving is bound nowhere",
    ),
    "after conntrack": ("output priority raw", "output priority filter", "comes after conntrack"),
    "beside conntrack": ("output priority raw", "output priority -200", "comes after conntrack"),
    "the wrong hook": ("hook output", "hook postrouting", "no business at hook postrouting"),
    "known connections": (
        FIRST, f"    ct state established accept\n{FIRST}", "unread",
    ),
    "a way round": (
        FIRST, f'    iifname "eth1" accept\n{FIRST}', "unread",
    ),
    "a limit": (FIRST, f"{FIRST} limit rate 9/second", "limit"),
    "untimed": ("armed0_v4 { type ipv4_addr; flags timeout; }", "armed0_v4 { type ipv4_addr; }",
                "set armed0_v4: add `flags timeout`"),
    "timed": ("live0_v4 { type ipv4_addr; }", "live0_v4 { type ipv4_addr; flags timeout; }",
              "set live0_v4: remove `flags timeout`"),
    "open by itself": ("live0_v4 { type ipv4_addr; }",
                       "live0_v4 { type ipv4_addr; elements = { 10.12.0.1 }; }", "is not empty"),
    "a set less": ("  set live1_v6 { type ipv6_addr; }\n", "", "IPv6 has no set live1"),
    "filled by packets": (
        FIRST, f"    add @live0_v4 {{ ip daddr }}\n{FIRST}", "has no place in a guard",
    ),
    "not modelled": (
        "  counter closed { }", "  flowtable f { hook ingress priority 0; }", "unread",
    ),
    "everything flushed": ("# Doors", "flush ruleset\n# Doors", "no part of"),
    "another table": (
        "# Doors", "table ip x { chain y { type filter hook input priority 0; } }\n#",
        "no part of the guard",
    ),
    "a call to nowhere": (f"{FIRST} accept", f"{FIRST} jump z", "unread"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), DAMAGES.values(), ids=DAMAGES)
def test_a_damage_is_found(old: str, new: str, says: str) -> None:
    text, _ = damaged(old, new, GUARD)
    found = said(text)
    assert any(says in one for one in found), found


def test_a_finding_names_the_line_and_the_mend() -> None:
    text, line = damaged(SLOT0, SLOT0.replace("live0", "live1"), GUARD)
    assert (
        f"{NAME}:{line}: excess: IPv4 to 10.12.0.0 passes with armed0_v4 and live1_v4 holding the "
        "address: only armed and live of one slot may open it"
    ) in said(text)


def test_nothing_is_no_guard() -> None:
    found = said("")
    assert "GZ-DCA-SE01: missing: IPv4 has no set armed0: agents could not open a door" in found
    assert len([one for one in found if "nothing at" in one]) == 4


HARMLESS = {
    "numbers": ("priority raw", "priority -300"),
    "earlier": ("priority raw", "priority raw - 10"),
    "a literal pool": ("ip daddr != @pool4 accept", "ip daddr != 10.12.0.0/20 accept"),
    "a range": ("ip daddr != @pool4 accept", "ip daddr != 10.12.0.0-10.12.15.255 accept"),
    "order": (
        "    ip daddr != @pool4 accept\n    ip6 daddr != @pool6 accept",
        "    ip6 daddr != @pool6 accept\n    ip daddr != @pool4 accept",
    ),
    "by family": ("ip daddr != @pool4 accept", "meta nfproto ipv4 ip daddr != @pool4 accept"),
    "drops by name": (
        "counter name closed drop",
        "ip daddr @pool4 drop\n    ip6 daddr @pool6 drop",
    ),
    "policy drop": ("policy accept;", "policy drop;"),
    "a comment": (SLOT0, f'{SLOT0} comment "slot 0"'),
    "a log of some": (
        "    counter name closed drop",
        '    limit rate 1/second log prefix "closed " group 5\n    counter name closed drop',
    ),
    "a part called": (
        "  chain arriving {",
        f"  chain strangers {{\n{FIRST} accept\n  }}\n  chain arriving {{\n    jump strangers",
    ),
}


@pytest.mark.parametrize(("old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_harmless_edits_stay_proven(old: str, new: str) -> None:
    text, _ = damaged(old, new, GUARD)
    if old == "  chain arriving {":
        # A chain stands before its use, but the type of the base chain comes first in it.
        hook = "    type filter hook prerouting priority raw; policy accept;\n"
        text = text.replace(f"    jump strangers\n{hook}", f"{hook}    jump strangers\n")
    assert said(text) == []


def test_a_guard_of_instances_alone_fits_a_route_that_tells_no_more() -> None:
    elements = {
        family: ", ".join(
            address_text(family, number)
            for low, high in edge()[1].instances[family]
            for number in range(low, high + 1)
        )
        for family in FAMILIES
    }
    text = GUARD.replace("10.12.0.0/20", elements[Family.V4])
    text = text.replace("2001:db8:c00::/116", elements[Family.V6]).replace("flags interval", "")
    behaviour = parse_guard(text)
    expected = edge()[1]
    instances = {family: expected.instances[family] for family in FAMILIES}
    assert prove_guard(NAME, behaviour, expected, instances).findings == ()
    # The routing text may announce the whole pool: what it does not close would be open.
    assert prove_guard(NAME, behaviour, expected, must(ROUTING)).findings


def test_a_filter_that_flushes_everything_is_found() -> None:
    (found,) = spares_guard(NAME, "# x\nflush ruleset\ntable inet f {\n}\n")
    says = "`flush ruleset` removes the failover guard too: flush the own table alone"
    assert str(found) == f"{NAME}:2: excess: {says}"
    assert spares_guard(NAME, "table inet f\ndelete table inet f\n") == []


NOT_NEEDED = ("#", "table inet doors", "delete table", "counter closed")


@pytest.mark.parametrize("number", range(GUARD.count("\n")))
def test_each_line_is_needed_or_known_not_to_be(number: int) -> None:
    lines = GUARD.split("\n")
    line = lines.pop(number).strip()
    found = said("\n".join(lines))
    if line.startswith(NOT_NEEDED) and "{" not in line.removeprefix("counter closed {"):
        return
    assert found, line


@pytest.mark.root
@pytest.mark.debian("nft")
@pytest.mark.parametrize("options", [(), ("-n",), ("-s",)], ids=["plain", "numeric", "stateless"])
def test_what_the_kernel_lists_is_proven(options: tuple[str, ...]) -> None:
    listing = listed(GUARD, options)
    assert listing != GUARD
    found = proof(listing)
    assert found.findings == ()
    assert found.rules == 14
    assert found.covered == found.lines


@pytest.mark.root
@pytest.mark.debian("nft")
def test_open_doors_are_seen_in_a_listing() -> None:
    opening = (
        "add element inet doors armed0_v4 { 10.12.0.1 timeout 60s }\n"
        "add element inet doors live0_v4 { 10.12.0.1 }\n"
    )
    found = said(listed(GUARD + opening, ()))
    assert len(found) == 2
    assert all("is not empty" in one for one in found)


@pytest.mark.root
@pytest.mark.debian("nft")
@pytest.mark.parametrize(
    "name", ["swapped slots", "drop before", "a smaller pool", "one slot less"]
)
def test_a_damage_is_found_in_a_listing(name: str) -> None:
    old, new, says = DAMAGES[name]
    found = said(listed(damaged(old, new, GUARD)[0], ()))
    assert any(says in one for one in found), found


def listed(text: str, options: tuple[str, ...]) -> str:
    """`nft list ruleset` in a network namespace where the text was loaded."""
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", 'nft -f - && exec nft "$@" list ruleset', "nft", *options],
        input=text, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
