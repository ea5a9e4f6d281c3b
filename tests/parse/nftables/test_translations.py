"""Nat chains: prefixes changed one to one, both ways; everything else of nat is unread."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Range, network_range
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.translation import Translation
from tests.parse.lines import accounted
from tests.parse.nftables.test_kernel import listings

IN = 'iifname { "eth0", "eth1" } ip daddr 10.9.1.0/24 dnat ip prefix to 192.168.40.0/24'
OUT = 'oifname { "eth0", "eth1" } ip saddr 192.168.40.0/24 snat ip prefix to 10.9.1.0/24'
FILTER = """
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    log
  }
"""
BOTH = frozenset({"eth0", "eth1"})


def v4(prefix: str) -> Range:
    return network_range(prefix)[1]


def text(*, coming: str = IN, going: str = OUT, more: str = FILTER, family: str = "inet") -> str:
    return f"""\
table {family} t {{
  chain translate_in {{
    type nat hook prerouting priority dstnat; policy accept;
    {coming}
  }}
  chain translate_out {{
    type nat hook postrouting priority srcnat; policy accept;
    {going}
  }}
{more}}}
"""


WHOLE = (Translation(v4("192.168.40.0/24"), v4("10.9.1.0/24"), BOTH),)


def test_both_directions_are_one_translation() -> None:
    read = parse_nftables(text())
    assert read.unread == ()
    assert read.unused == ()
    assert read.translations == WHOLE
    assert read.translation_lines == {v4("10.9.1.0/24"): 4}
    assert [chain.name for chain in read.chains] == ["inet t forward"]
    assert {2, 3, 4, 6, 7, 8} <= read.effective
    accounted(read)


def test_a_line_for_each_interface_says_the_same() -> None:
    coming = "\n".join(IN.replace('{ "eth0", "eth1" }', name) for name in ("eth0", "eth1"))
    read = parse_nftables(text(coming=coming))
    assert read.unread == ()
    assert read.translations == WHOLE


def test_order_counters_and_comments_change_nothing() -> None:
    coming = (
        "ip daddr 10.9.1.0/24 iifname { eth1, eth0 } counter packets 3 bytes 9 "
        'dnat ip prefix to 192.168.40.0/24 comment "own"'
    )
    read = parse_nftables(text(coming=coming))
    assert read.unread == ()
    assert read.translations == WHOLE


def test_several_prefixes() -> None:
    coming = IN + "\n    iifname eth0 ip daddr 10.9.4.0/26 dnat ip prefix to 192.168.50.0/26"
    going = OUT + "\n    oifname eth0 ip saddr 192.168.50.0/26 snat ip prefix to 10.9.4.0/26"
    read = parse_nftables(text(coming=coming, going=going))
    assert read.unread == ()
    other = Translation(v4("192.168.50.0/26"), v4("10.9.4.0/26"), frozenset({"eth0"}))
    assert read.translations == (*WHOLE, other)
    assert read.translation_lines[other.outside] == 5


def test_a_table_of_ip_needs_no_family() -> None:
    without = text(family="ip").replace(" ip prefix", " prefix")
    assert parse_nftables(without).translations == WHOLE
    in_inet = parse_nftables(text().replace(" ip prefix", " prefix"))
    assert in_inet.translations == ()
    assert [one.line for one in in_inet.unread] == [4, 8]


@pytest.mark.parametrize(
    "coming",
    [
        pytest.param("", id="the other way alone"),
        pytest.param(IN.replace(', "eth1"', ""), id="on fewer interfaces"),
        pytest.param(IN.replace('"eth1"', '"eth1", "eth2"'), id="on more interfaces"),
        pytest.param(IN.replace("192.168.40.0/24", "192.168.41.0/24"), id="to another prefix"),
        pytest.param(IN.replace("192.168.40.0/24", "192.168.40.0/25"), id="to a shorter one"),
        pytest.param(IN.replace('{ "eth0", "eth1" }', '"eth*"'), id="any name"),
        pytest.param(IN.replace("iifname", "iifname !="), id="other interfaces"),
        pytest.param(IN.partition("} ")[2], id="every interface"),
        pytest.param(IN.replace("10.9.1.0/24", "!= 10.9.1.0/24"), id="other addresses"),
        pytest.param(IN.replace("10.9.1.0/24", "10.9.1.0-10.9.1.255"), id="a range"),
        pytest.param(IN.replace("10.9.1.0/24", "10.9.1.0/24 tcp dport 443"), id="a port"),
        pytest.param(IN.replace("dnat", "ct state new dnat"), id="a state"),
        pytest.param(IN.replace("ip prefix to 192.168.40.0/24", "to 192.168.40.1"), id="one to"),
        pytest.param(IN + " persistent", id="a flag"),
        pytest.param(IN.replace("daddr", "saddr"), id="the wrong end"),
        pytest.param(IN + "\n    iifname eth0 tcp dport 80 redirect to :8080", id="redirect"),
        pytest.param(IN + "\n    iifname eth0 ip daddr 10.1.1.1 dnat to 10.2.2.2", id="plain dnat"),
        pytest.param(IN + "\n    iifname eth0 jump forward", id="a jump"),
    ],
)
def test_what_else_comes_is_unread(coming: str) -> None:
    read = parse_nftables(text(coming=coming))
    assert read.unread
    accounted(read)


@pytest.mark.parametrize(
    "going",
    [
        pytest.param("", id="the other way alone"),
        pytest.param('oifname "eth0" masquerade', id="masquerade"),
        pytest.param(OUT + '\n    oifname "eth0" masquerade', id="masquerade besides"),
        pytest.param(OUT.replace(', "eth1"', ""), id="on fewer interfaces"),
        pytest.param(OUT.replace("10.9.1.0/24", "10.9.2.0/24"), id="to another prefix"),
        pytest.param(OUT.replace("ip prefix to 10.9.1.0/24", "ip to 10.9.1.1"), id="all to one"),
    ],
)
def test_what_else_goes_is_unread(going: str) -> None:
    assert parse_nftables(text(going=going)).unread


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("policy accept", "policy drop"),
        ("priority dstnat", "priority dstnat + 5"),
        ("hook prerouting priority dstnat", "hook output priority -100"),
        ("type nat hook prerouting", "type route hook prerouting"),
    ],
)
def test_other_chains_of_nat_are_unread(old: str, new: str) -> None:
    assert parse_nftables(text().replace(old, new)).unread


@pytest.mark.parametrize(
    ("hook", "read"),
    [
        ("prerouting priority raw", False),
        ("prerouting priority dstnat", False),
        ("prerouting priority filter", True),
        ("postrouting priority filter", True),
        ("postrouting priority srcnat + 1", False),
        ("input priority filter", True),
    ],
)
def test_filters_must_see_the_addresses_that_hosts_bear(hook: str, read: bool) -> None:
    head = f"  chain early {{\n    type filter hook {hook}; policy accept;\n"
    chain = f"{head}    tcp dport 9 drop\n  }}\n"
    found = parse_nftables(text(more=FILTER + chain))
    assert (not found.unread) == read
    assert not parse_nftables(text(more=f"{FILTER}{head}  }}\n")).unread  # it judges nothing
    assert not parse_nftables(text(coming="", going="", more=FILTER + chain)).unread


@pytest.mark.root
@pytest.mark.debian("nft")
@pytest.mark.debian("unshare")
@pytest.mark.parametrize("names", ['{ "eth0", "eth1" }', "eth0", '{ "eth0" }'])
def test_what_the_kernel_lists_means_the_same(names: str) -> None:
    made = text().replace('{ "eth0", "eth1" }', names)
    meant = parse_nftables(made).translations
    assert meant
    for family in ("inet", "ip"):
        for listing in listings(made.replace("table inet", f"table {family}")):
            read = parse_nftables(listing)
            assert read.unread == ()
            assert read.translations == meant
