"""What a device would do, as read from its own configuration text: what every parser returns.

A parser knows nothing of templates, intent or inventory. It turns text into these values; the
proof compares them with what is meant. Interfaces carry the names that the text gives them; LOCAL
is the device itself: a packet to the box goes out by LOCAL, one from the box comes in by LOCAL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from telemed_infra.packets import Ranges, Service

LOCAL = "LOCAL"

Interfaces = frozenset[str] | None
"""A set of interface names; None is every interface there is or could be, LOCAL too."""


class Action(Enum):
    """What happens to a packet that a rule matches."""

    PERMIT = "permit"
    DENY = "deny"


# Not frozen, though nobody changes one: there are hundreds of thousands, and a frozen one takes
# three times as long to make.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Rule:
    """One first-match rule over opening packets: those that start a connection.

    An empty tuple of addresses matches nothing in that family; a rule that does not speak of
    addresses carries every address of both families. `services` is a union of boxes.
    """

    line: int  # where it begins in the text, 1-based
    name: str  # as the text names it (rule name, comment), or ""
    action: Action
    ingress: Interfaces
    egress: Interfaces
    source4: Ranges
    source6: Ranges
    destination4: Ranges
    destination6: Ranges
    services: tuple[Service, ...]
    certain: bool = True  # False: a limit or quota decides if it matches (permits only up to it)
    logs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Rules tried in order for packets between some interfaces; what no rule matches: `default`.

    A packet passes a device if each chain that judges its way permits it; a way that no chain
    judges is open.
    """

    name: str
    line: int
    judges_forwarded: bool  # ways between two interfaces
    judges_to_local: bool  # ways to the box
    judges_from_local: bool  # ways from the box
    rules: tuple[Rule, ...]
    default: Action
    logs_denied: bool  # what falls to a default deny, or to a last deny, is logged
    stateful: bool  # replies to a permitted opening, and errors about it, pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A line that the parser does not understand: the text is not proven (fails closed)."""

    line: int
    text: str
    why: str


class Moved(NamedTuple):
    """Where the lines of a text stand that chains shared with another text speak of."""

    after: int = 0  # lines up to this one stand in both texts at the same place
    by: int = 0  # the others so much further down
    then: tuple[tuple[int, int], ...] = ()  # from further lines on, in order: after which, how much

    def place(self, line: int) -> int:
        """Of a line of the other text, where it stands in this one; 0 is no line."""
        by = 0
        for after, further in ((self.after, self.by), *self.then):
            if line > after:
                by = further
        return line + by


NOT_MOVED = Moved()


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallBehaviour:
    """All that a zone firewall's text says about which packets may open a connection."""

    hostname: str
    chains: tuple[Chain, ...]
    zones: Mapping[str, frozenset[str]]  # zone as the text names it → interfaces; {} for nft
    addresses: Mapping[str, tuple[str, ...]]  # interface → its addresses "a/len", both families
    vlans: Mapping[str, int]  # subinterface → its 802.1Q VLAN
    unread: tuple[Unread, ...] = ()
    lines: int = 0  # lines that are not blank, comment or separator
    effective: frozenset[int] = field(default_factory=frozenset)
    """Numbers of the lines that say which packets pass: rules, sets, zones, chains, bindings."""
    inert: frozenset[int] = field(default_factory=frozenset)
    """Numbers of the lines that are understood and let no packet pass or stop (names, logs)."""
    unused: tuple[str, ...] = ()
    """Things defined and bound nowhere (a set no rule names, a chain nothing jumps to)."""
    moved: Moved = NOT_MOVED
    """Of chains that are those of a pair's other member: where their lines stand in this text."""


class PortMode(Enum):
    """How a switch port carries VLANs."""

    ACCESS = "access"
    TRUNK = "trunk"
    ROUTED = "routed"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPort:
    """One port as the text configures it, the platform's implicit VLAN 1 resolved."""

    name: str
    line: int
    mode: PortMode
    access_vlan: int | None  # of an access port
    native_vlan: int | None  # untagged VLAN of a trunk
    trunk_vlans: frozenset[int]  # tagged and native VLANs that the trunk lets pass
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchBehaviour:
    """All that a switch's text says about VLANs, ports and its own addresses."""

    hostname: str
    vlans: frozenset[int]  # defined ones, without 1
    ports: Mapping[str, SwitchPort]
    addresses: Mapping[str, tuple[str, ...]]  # Vlanif10, LoopBack0 → its addresses "a/len"
    unread: tuple[Unread, ...] = ()
    lines: int = 0
    effective: frozenset[int] = field(default_factory=frozenset)
    inert: frozenset[int] = field(default_factory=frozenset)
