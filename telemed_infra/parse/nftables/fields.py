"""The header fields that a rule may speak of, and what each says beside its value.

Source: nft(8), "Payload expressions", "Meta expressions"; what nft adds unasked is from
`nft --debug=netlink` of 1.0.6: `icmp type` in an `inet` table asks for IPv4 too, but not where
`meta l4proto icmp` stands before it in the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telemed_infra.packets import ICMP, ICMP6, SCTP, TCP, UDP, Ranges
from telemed_infra.parse.nftables.match import DCCP, UDPLITE, Draft, narrow
from telemed_infra.parse.nftables.values import BOTH_FAMILIES, V4_BIT, V6_BIT, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something of a packet that a rule compares."""

    slot: str  # which condition of a draft it narrows
    kind: str  # nft's data type
    protocols: Ranges | None = None  # only packets of these protocols have it
    family: int = BOTH_FAMILIES  # only packets of these families have it

    def narrow(self, draft: Draft, value: Value) -> None:
        """Let a draft match only packets with this value."""
        named = self.protocols is not None and draft.get("protocol") == self.protocols
        if self.family != BOTH_FAMILIES and not named:
            narrow(draft, "family", self.family)
        if self.protocols:
            narrow(draft, "protocol", self.protocols)
        narrow(draft, self.slot, value)


def _only(number: int) -> Ranges:
    return ((number, number),)


def _addresses(family: str, kind: str, bit: int) -> dict[str, Field]:
    return {
        "saddr": Field(slot="source" + family, kind=kind, family=bit),
        "daddr": Field(slot="destination" + family, kind=kind, family=bit),
    }


def _ports(protocols: Ranges | None) -> dict[str, Field]:
    return {
        "dport": Field(slot="dport", kind="inet_service", protocols=protocols),
        "sport": Field(slot="sport", kind="inet_service", protocols=protocols),
    }


def _icmp(name: str, number: int, bit: int) -> dict[str, Field]:
    protocols = _only(number)
    return {
        slot: Field(slot=slot, kind=f"{name}_{slot}", protocols=protocols, family=bit)
        for slot in ("type", "code")
    }


_INTERFACES: Mapping[str, Field] = {
    "iifname": Field(slot="ingress", kind="ifname"),
    "oifname": Field(slot="egress", kind="ifname"),
    "iif": Field(slot="ingress", kind="iface_index"),
    "oif": Field(slot="egress", kind="iface_index"),
}

FIELDS: Mapping[str, Field | Mapping[str, Field]] = {
    **_INTERFACES,
    "ip": {
        **_addresses("4", "ipv4_addr", V4_BIT),
        "protocol": Field(slot="protocol", kind="inet_proto", family=V4_BIT),
    },
    "ip6": {
        **_addresses("6", "ipv6_addr", V6_BIT),
        # Exact for packets without extension headers, as openings are.
        "nexthdr": Field(slot="protocol", kind="inet_proto", family=V6_BIT),
    },
    "meta": {
        **_INTERFACES,
        "l4proto": Field(slot="protocol", kind="inet_proto"),
        "nfproto": Field(slot="family", kind="nf_proto"),
        "protocol": Field(slot="family", kind="ether_type"),
    },
    "ct": {"state": Field(slot="state", kind="ct_state")},
    "tcp": _ports(_only(TCP)),
    "udp": _ports(_only(UDP)),
    "sctp": _ports(_only(SCTP)),
    "dccp": _ports(_only(DCCP)),
    "udplite": _ports(_only(UDPLITE)),
    "th": _ports(None),
    "icmp": _icmp("icmp", ICMP, V4_BIT),
    "icmpv6": _icmp("icmpv6", ICMP6, V6_BIT),
}
"""First word → the field, or second word → the field."""


def field_at(words: list[str], at: int) -> tuple[Field, int] | None:
    """The field that begins at a word, and where the words go on."""
    found = FIELDS.get(words[at])
    if found is None or isinstance(found, Field):
        return None if found is None else (found, at + 1)
    field = found.get(words[at + 1])
    return None if field is None else (field, at + 2)
