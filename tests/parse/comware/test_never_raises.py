"""Any text is read to an end and accounted for; any switch reads the same however it is typed."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from telemed_infra.parse.behaviour import PortMode, SwitchPort
from telemed_infra.parse.comware import parse_comware
from telemed_infra.parse.comware.switch_grammar import COMWARE
from telemed_infra.parse.comware.switch_state import Switch
from telemed_infra.parse.vrp.engine import read
from tests.parse.comware.reading import meaning
from tests.parse.lines import accounted, assert_blocks_are_lines

HEADS = sorted({" ".join(row.head) for row in COMWARE.commands()})
WORDS = (
    *("1", "0", "10", "64", "4094", "70000", "to", "all", "tagged", "untagged", "enable", "name"),
    *("GigabitEthernet1/0/1", "GigabitEthernet1/0/2.5", "g1/0/1", "Bridge-Aggregation1", "group"),
    *("Vlan-interface10", "Vlan-interface10.5", "vlan", "10.0.0.1", "24", "255.255.255.0", "sub"),
    *("2001:db8::1/64", "acl", "2001", "ipv6", "permit", "deny", "comment", "inbound", "P", "user"),
    *("behavior", "trunk", "hybrid", "access", "bridge", "route", "autolearn", "track", "priority"),
    *("route-policy", "prefix-list", "description", '"', '""', "\u0661", "\u00b2", "\x00"),
)

REFUSED = "interface g1/0/1\n undo ip address 10.0.0.1 24\n description A"
"""A block with a line that the state refuses."""

lines = st.builds(
    lambda indent, undo, head, cut, words: " " * indent + undo + " ".join((head[:cut], *words)),
    st.integers(0, 3),
    st.sampled_from(("", "", "", "undo ", "und ")),
    st.sampled_from((*HEADS, "#", "quit", "return", "system-view", "!x", "gibberish")),
    st.sampled_from((None, None, None, 4, 9, 14)),
    st.lists(st.sampled_from(WORDS), max_size=5),
)
soups = st.lists(lines, max_size=40).map("\n".join)
blocks = st.lists(
    st.lists(lines, max_size=6).map("\n".join)
    | st.sampled_from(("return", "system-view", REFUSED)),
    max_size=6,
).map("\n#\n".join)


@given(soups)
def test_soup_of_commands(text: str) -> None:
    accounted(parse_comware(text))


@given(blocks)
def test_a_block_means_what_its_lines_mean(text: str) -> None:
    assert_blocks_are_lines(partial(read, COMWARE), Switch, text, "#")


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(parse_comware(text))


def test_many_unknown_lines_take_time_in_proportion() -> None:
    """Open views do not pile up, whatever the indents: this would take minutes otherwise."""
    text = "\n".join(f"{' ' * (number % 7)}gibberish {number}" for number in range(60_000))
    assert len(parse_comware(text).unread) == 60_000


vlan_sets = st.frozensets(st.integers(2, 60), min_size=1, max_size=9)


@st.composite
def ports(draw: st.DrawFn, vlans: frozenset[int], number: int) -> SwitchPort:
    """A port of a switch that has these VLANs."""
    mode = draw(st.sampled_from(PortMode))
    some = st.sampled_from(sorted(vlans))
    return SwitchPort(
        name=f"GigabitEthernet1/0/{number}",
        line=0,
        mode=mode,
        access_vlan=draw(some | st.just(1)) if mode is PortMode.ACCESS else None,
        native_vlan=draw(st.integers(1, 99)) if mode is PortMode.TRUNK else None,
        trunk_vlans=(
            draw(st.frozensets(some | st.just(1))) if mode is PortMode.TRUNK else frozenset()
        ),
    )


@st.composite
def switches(draw: st.DrawFn) -> tuple[frozenset[int], list[SwitchPort]]:
    """VLANs and ports."""
    vlans = draw(vlan_sets)
    count = draw(st.integers(1, 5))
    return vlans, [draw(ports(vlans, number)) for number in range(1, count + 1)]


def port_lines(port: SwitchPort) -> list[str]:
    """What a device prints below the head of a port."""
    found = ["port link-mode " + ("route" if port.mode is PortMode.ROUTED else "bridge")]
    if port.mode is PortMode.ACCESS and port.access_vlan != 1:
        found.append(f"port access vlan {port.access_vlan}")
    if port.mode is PortMode.TRUNK:
        found.append("port link-type trunk")
        if 1 not in port.trunk_vlans:
            found.append("undo port trunk permit vlan 1")
        found += [f"port trunk permit vlan {vlan}" for vlan in sorted(port.trunk_vlans)]
        found.append(f"port trunk pvid vlan {port.native_vlan}")
    if port.mode is PortMode.SHUTDOWN:
        found.append("shutdown")
    return found


def printed(vlans: frozenset[int], found: list[SwitchPort]) -> str:
    """As a device prints it."""
    blocks = ["", *(f"vlan {vlan}" for vlan in sorted(vlans))]
    blocks += ["\n ".join([f"interface {port.name}", *port_lines(port)]) for port in found]
    return "\n#\n".join([*blocks, "return\n"])


def typed(vlans: frozenset[int], found: list[SwitchPort]) -> str:
    """As a person types it: flat, short, one view after the other."""
    text = ["sys", *(f"vlan {vlan}\nqu" for vlan in sorted(vlans, reverse=True))]
    for port in reversed(found):
        text.append(port.name.replace("GigabitEthernet", "int g "))
        text += [
            line.replace("undo", "und").replace("trunk permit", "tr per").replace("link-", "LINK-")
            for line in port_lines(port)
        ]
    return "\n".join([*text, "ret", ""])


@given(switches())
def test_what_is_printed_is_what_was_meant(device: tuple[frozenset[int], list[SwitchPort]]) -> None:
    vlans, found = device
    read = parse_comware(printed(vlans, found))
    assert not read.unread
    assert read.vlans == vlans
    assert {name: replace(port, line=0) for name, port in read.ports.items()} == {
        port.name: port for port in found
    }


@given(switches())
def test_typed_and_printed_mean_the_same(device: tuple[frozenset[int], list[SwitchPort]]) -> None:
    assert meaning(parse_comware(typed(*device))) == meaning(parse_comware(printed(*device)))


@given(switches())
def test_a_text_entered_twice_means_the_same(
    device: tuple[frozenset[int], list[SwitchPort]],
) -> None:
    """Shut and bridged ports, access VLANs and trunks are what they were."""
    text = printed(*device)
    twice = text.replace("return\n", "") + text
    assert meaning(parse_comware(twice)) == meaning(parse_comware(text))


@given(switches())
def test_the_order_of_interfaces_is_free(device: tuple[frozenset[int], list[SwitchPort]]) -> None:
    vlans, found = device
    assert meaning(parse_comware(printed(vlans, found[::-1]))) == meaning(
        parse_comware(printed(vlans, found))
    )


@given(vlan_sets, vlan_sets)
def test_undo_takes_back_what_permit_gave(kept: frozenset[int], gone: frozenset[int]) -> None:
    lines = ["interface GigabitEthernet1/0/1", "port link-mode bridge", "port link-type trunk"]
    lines += [f"port trunk permit vlan {vlan}" for vlan in sorted(gone | kept)]
    lines += [f"undo port trunk permit vlan {vlan}" for vlan in sorted(gone)]
    (port,) = parse_comware("\n ".join(lines)).ports.values()
    assert port.trunk_vlans == {1} | (kept - gone)
