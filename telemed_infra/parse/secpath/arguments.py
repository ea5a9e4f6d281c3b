"""The arguments of Comware commands that VRP writes otherwise, or does not have.

Every function takes words and returns a value or raises `Unreadable`.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from functools import lru_cache

from telemed_infra.packets import Family
from telemed_infra.parse.vrp.arguments import (
    Addresses,
    address,
    ipv4,
    name,
    number,
    one,
    vlan_list,
)
from telemed_infra.parse.vrp.engine import Unreadable, Words

GROUP_NAME_MAX, RULE_NAME_MAX, ZONE_NAME_MAX = 63, 127, 31
_PORT = re.compile(r"([A-Za-z-]+) ?(\d[\d/]*(?::\d+)?(?:\.\d+)?)\Z")
_TYPES = {
    name.lower(): name
    for name in (
        *("Ethernet", "GigabitEthernet", "Ten-GigabitEthernet", "Twenty-FiveGigE", "FortyGigE"),
        *("HundredGigE", "M-GigabitEthernet", "M-Ethernet", "Bridge-Aggregation", "Dialer"),
        *("Route-Aggregation", "Vlan-interface", "LoopBack", "InLoopBack", "NULL", "Tunnel"),
        *("Tunnel-Bundle", "Virtual-Template", "Virtual-PPP", "Register-Tunnel", "Serial"),
        *("Cellular", "Eth-channel", "Reth", "SSLVPN-AC", "VE-L2VPN", "VE-L3VPN", "Vsi-interface"),
    )
}
_SHORT = {
    "ge": "GigabitEthernet",
    "xge": "Ten-GigabitEthernet",
    "wge": "Twenty-FiveGigE",
    "fge": "FortyGigE",
    "hge": "HundredGigE",
    "mge": "M-GigabitEthernet",
    "bagg": "Bridge-Aggregation",
    "ragg": "Route-Aggregation",
}


def interface(words: Words) -> str:
    """An interface's full name.

    Typed text may split it, use any case, and shorten its type: to the name that lists of
    interfaces print (`GE1/0/1`), or to what begins no other type (`g1/0/1`).
    """
    found = _PORT.match(" ".join(words))
    kind = found and _type_named(found.group(1).lower())
    if not found or not kind:
        raise Unreadable(f"{' '.join(words)} is not the name of an interface")
    return kind + found.group(2)


def layer2_members(words: Words) -> tuple[str, ...] | None:
    """`<port> vlan {a [to b]}&<1-10>` as one name for each VLAN; None without `vlan`."""
    place = next((at for at, word in enumerate(words) if word.lower() == "vlan"), None)
    if place is None:
        return None
    port = interface(words[:place])
    return tuple(layer2_member(port, vlan) for vlan in sorted(vlan_list(words[place + 1 :])))


def layer2_member(port: str, vlan: int) -> str:
    """The name of what comes in by a bridging port in one VLAN."""
    return f"{port} vlan {vlan}"


def zone_name(word: str) -> str:
    """A zone's name: 31 signs at most, none of them `-`."""
    if "-" in word:
        raise Unreadable("a zone's name has no `-`")
    return limited(word, ZONE_NAME_MAX)


def limited(word: str, signs_max: int) -> str:
    """A name of limited length."""
    if len(word) > signs_max:
        raise Unreadable(f"the name has more than {signs_max} signs")
    return name(word)


def host(words: Words) -> Addresses:
    """One address of either family."""
    family, value = address(one(words))
    return _of(family, value, value)


def subnet(words: Words) -> Addresses:
    """`<ip> {<mask>|<length>}` or `<ip6> <length>`; bits beyond the length do not count."""
    if len(words) != 2:
        raise Unreadable("an address and its mask or length are expected")
    family, value = address(words[0])
    if "." in words[1] and family is Family.V4:
        length = _length(words[1])
    else:
        length = number(words[1], 0 if family is Family.V4 else 1, family.bits)
    host_bits = (1 << (family.bits - length)) - 1
    return _of(family, value & ~host_bits, value | host_bits)


def span(words: Words) -> Addresses:
    """`<first> <last>`; the device swaps ends that come in the wrong order."""
    if len(words) != 2:
        raise Unreadable("a range has two ends")
    family, low = address(words[0])
    other, high = address(words[1])
    if family is not other:
        raise Unreadable("the ends of the range are of two families")
    return _of(family, min(low, high), max(low, high))


def _of(family: Family, low: int, high: int) -> Addresses:
    if family is Family.V4:
        return Addresses(v4=((low, high),))
    return Addresses(v6=((low, high),))


@lru_cache(maxsize=64)
def _length(mask: str) -> int:
    inverted = ~ipv4(mask) & 0xFFFFFFFF
    if inverted & (inverted + 1):
        raise Unreadable("the mask of a subnet has no gaps")
    return 32 - inverted.bit_length()


def _type_named(word: str) -> str | None:
    if word in _TYPES or word in _SHORT:
        return _TYPES.get(word) or _SHORT[word]
    found = [full for lower, full in _TYPES.items() if lower.startswith(word)]
    return found[0] if len(found) == 1 else None
