"""What a device would do, as read from its own configuration text: what every parser returns.

A parser knows nothing of templates, intent or inventory. It turns text into these values; the
proof compares them with what is meant. Interfaces carry the names that the text gives them; LOCAL
is the device itself: a packet to the box goes out by LOCAL, one from the box comes in by LOCAL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from enum import Enum
from typing import NamedTuple

from msgspec import Struct

from telemed_infra.break_out import BreakOut
from telemed_infra.management_plane import OPEN_PORT, ManagementPlane, PortGuards
from telemed_infra.packets import Family, Range, Ranges, Service
from telemed_infra.redundancy import ALONE, Redundancy
from telemed_infra.translation import Translation
from telemed_infra.tunnels import Tunnel

LOCAL = "LOCAL"

Interfaces = frozenset[str] | None
"""A set of interface names; None is every interface there is or could be, LOCAL too."""


class Action(Enum):
    """What happens to a packet that a rule matches."""

    PERMIT = "permit"
    DENY = "deny"


class Rule(Struct, frozen=True, kw_only=True):
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
    inspected: bool = False  # what it permits is searched for intrusions and for malware


class Chain(Struct, frozen=True, kw_only=True):
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


class Unread(Struct, frozen=True, kw_only=True):
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


def moved_by(places: Iterable[tuple[int, int]]) -> Moved | None:
    """From lines of one text to lines of another; None if one line would stand at two places."""
    steps: list[tuple[int, int]] = []
    last = by = 0
    for here, there in sorted(places):
        if there - here != by:
            if here == last:
                return None
            by = there - here
            steps.append((last, by))
        last = here
    (after, first), *then = steps or [(0, 0)]
    return Moved(after, first, tuple(then))


class PairPlace(NamedTuple):
    """What a line of a pair speaks of: a virtual router, or `SYNC_PLACE`."""

    interface: str
    family: Family
    number: int


SYNC_PLACE = PairPlace("", Family.V4, 0)


class PairBehaviour(Struct, frozen=True, kw_only=True):
    """What a text that speaks of a pair alone says: keepalived's, conntrackd's."""

    redundancy: Redundancy
    pair_lines: Mapping[PairPlace, int] = {}
    pair_key: int | None = None
    """By which protocol and port states are told; None: by none, or it is not known."""
    versions: Mapping[PairPlace, int] = {}
    """VRRP's, of each virtual router: members of two versions do not hear each other."""
    untold: frozenset[tuple[Family, int]] = frozenset()
    """Addresses whose connections the other member does not learn."""
    unread: tuple[Unread, ...] = ()
    lines: int = 0
    effective: Set[int] = frozenset()
    inert: Set[int] = frozenset()


class FirewallBehaviour(Struct, frozen=True, kw_only=True):
    """All that a zone firewall's text says about which packets may open a connection."""

    hostname: str
    chains: tuple[Chain, ...]
    zones: Mapping[str, frozenset[str]]  # zone as the text names it → interfaces; {} for nft
    addresses: Mapping[str, tuple[str, ...]]  # interface → its addresses "a/len", both families
    vlans: Mapping[str, int]  # subinterface → its 802.1Q VLAN
    unread: tuple[Unread, ...] = ()
    lines: int = 0  # lines that are not blank, comment or separator
    effective: Set[int] = frozenset()
    """Numbers of the lines that say which packets pass: rules, sets, zones, chains, bindings."""
    inert: Set[int] = frozenset()
    """Numbers of the lines that are understood and let no packet pass or stop (names, logs)."""
    unused: tuple[str, ...] = ()
    """Things defined and bound nowhere (a set no rule names, a chain nothing jumps to)."""
    moved: Moved = NOT_MOVED
    """Of chains that are those of a pair's other member: where their lines stand in this text."""
    plane: ManagementPlane | None = None
    """How it is administered; None of a platform whose reader does not say."""
    redundancy: Redundancy = ALONE
    pair_lines: Mapping[PairPlace, int] = {}
    """Where a virtual router or the pair itself begins in the text, also of one that is down."""
    pair_key: int | None = None
    """By which protocol and port states are told; None: by none, or it is not known."""
    tunnels: tuple[Tunnel, ...] = ()
    """Tunnels of IPsec that can come up: everything that they need is there and bound."""
    tunnel_lines: Mapping[str, int] = {}
    """Identity of the other end → where the text begins to speak of it."""
    translations: tuple[Translation, ...] = ()
    """Addresses that are changed one to one; any other change of addresses is unread."""
    translation_lines: Mapping[Range, int] = {}
    """Outside addresses → where the text speaks of them."""
    break_outs: tuple[BreakOut, ...] = ()
    """Guests who leave by a line: only what has both halves, its way and its address outside."""
    break_out_lines: Mapping[str, int] = {}
    """The interface behind which guests are → where the text speaks of them, also of one half."""


class TunnelBehaviour(Struct, frozen=True, kw_only=True):
    """What a text that speaks of tunnels alone says: strongSwan's."""

    tunnels: tuple[Tunnel, ...]
    tunnel_lines: Mapping[str, int] = {}
    """Identity of the other end → where the text begins to speak of it."""
    unread: tuple[Unread, ...] = ()
    lines: int = 0
    effective: Set[int] = frozenset()
    inert: Set[int] = frozenset()


class PortMode(Enum):
    """How a switch port carries VLANs."""

    ACCESS = "access"
    TRUNK = "trunk"
    ROUTED = "routed"
    SHUTDOWN = "shutdown"


class SwitchPort(Struct, frozen=True, kw_only=True):
    """One port as the text configures it, the platform's implicit VLAN 1 resolved."""

    name: str
    line: int
    mode: PortMode
    access_vlan: int | None  # of an access port
    native_vlan: int | None  # untagged VLAN of a trunk
    trunk_vlans: frozenset[int]  # tagged and native VLANs that the trunk lets pass
    description: str = ""
    guards: PortGuards = OPEN_PORT


class SwitchBehaviour(Struct, frozen=True, kw_only=True):
    """All that a switch's text says about VLANs, ports and its own addresses."""

    hostname: str
    vlans: frozenset[int]  # defined ones, without 1
    ports: Mapping[str, SwitchPort]
    addresses: Mapping[str, tuple[str, ...]]  # Vlanif10, LoopBack0 → its addresses "a/len"
    unread: tuple[Unread, ...] = ()
    lines: int = 0
    effective: Set[int] = frozenset()
    inert: Set[int] = frozenset()
    plane: ManagementPlane | None = None
    """How it is administered; None of a platform whose reader does not say."""
    unused: tuple[str, ...] = ()
    """Things defined and bound nowhere."""
    tunnels: tuple[Tunnel, ...] = ()
    """A router's tunnels of IPsec that can come up: all that they need is there and bound."""
    tunnel_lines: Mapping[str, int] = {}
    """Identity of the other end → where the text begins to speak of it."""
    snooped: frozenset[int] = frozenset()
    """VLANs whose groups go to those ports alone that have asked by IGMP, up to version 3."""
    snooped_lines: Mapping[int, int] = {}
    """VLAN → where the text speaks of that."""
