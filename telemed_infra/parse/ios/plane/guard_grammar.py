"""The tables of what switch ports do against hosts that misbehave.

Source: docs/reference/platforms.md. Left out on purpose, so that they are unread: `access-session`
and policies of subscribers, templates, limits of addresses for each VLAN.
"""

from __future__ import annotations

from telemed_infra.parse.frr.engine import Args, Row
from telemed_infra.parse.ios.plane.events import events
from telemed_infra.parse.ios.plane.grammar import inert
from telemed_infra.parse.ios.plane.rows import once, ports, refuse, toggle
from telemed_infra.parse.ios.plane.sayings import OFF, ON, Said
from telemed_infra.parse.ios.state import Does, Ios, refused

Rows = tuple[Row[Ios], ...]

EDGE_BY_DEFAULT = "spanning-tree portfast [edge] default"
GUARD_BY_DEFAULT = "spanning-tree portfast [edge] bpduguard default"
SNOOPED_VLANS = "ip dhcp snooping vlan"
_LOOPS = "keeps a loop from forming"
_GUARD = "stops hosts that misbehave; no VLAN passes or stops by it"
_PORT_ACCESS = "who may speak on a port; the VLAN stays that of the port"
_NO_TREE = "without spanning tree in a VLAN nothing guards it"
_FILTERED = "ports would not heed what BPDU guard waits for"


def _snooped(text: str) -> Does:
    """`[no] ip dhcp snooping vlan LIST`: the lists add up, and are taken away, in their order."""

    def put(state: Ios, args: Args, line: int) -> None:
        state.plane.said.put(SNOOPED_VLANS, f"{text} {line}", Said(args[0], line))

    return put


GUARDS: Rows = (
    *toggle(EDGE_BY_DEFAULT, why=_LOOPS),
    *toggle(GUARD_BY_DEFAULT, why=_LOOPS),
    *refuse(_FILTERED, "spanning-tree portfast [edge] bpdufilter default"),
    *refuse("ports would wait for another switch", "spanning-tree portfast network default"),
    Row("no spanning-tree vlan WORD", refused(_NO_TREE), inert=True, why=_LOOPS),
    Row("no spanning-tree", refused(_NO_TREE), inert=True, why=_LOOPS),
    *inert(
        _LOOPS,
        "spanning-tree mode | spanning-tree extend system-id | spanning-tree vlan",
        "spanning-tree mst | spanning-tree pathcost | spanning-tree backbonefast",
        "spanning-tree uplinkfast | spanning-tree loopguard default | spanning-tree logging",
        "spanning-tree etherchannel | spanning-tree transmit | spanning-tree bridge assurance",
    ),
    *toggle("ip dhcp snooping", why=_GUARD),
    Row(f"{SNOOPED_VLANS} LINE", _snooped(ON), inert=True, why=_GUARD),
    Row(f"no {SNOOPED_VLANS} LINE", _snooped(OFF), inert=True, why=_GUARD),
    *inert(_GUARD, "ip dhcp snooping information | ip dhcp snooping database"),
    *inert(_GUARD, "ip dhcp snooping verify | ip dhcp snooping track"),
    *toggle("dot1x system-auth-control", why=_PORT_ACCESS),
)
"""Lines of the outermost view."""

GUARDS_OF_PORT: Rows = (
    *once("spanning-tree portfast", why=_LOOPS, where=ports, rest=" [LINE]"),
    *once("spanning-tree bpduguard", why=_LOOPS, where=ports),
    *once("spanning-tree bpdufilter", why=_LOOPS, where=ports),
    *inert(
        _LOOPS,
        "spanning-tree cost | spanning-tree port-priority | spanning-tree vlan",
        "spanning-tree mst | spanning-tree guard | spanning-tree link-type",
        "spanning-tree loopguard",
    ),
    *toggle("ip dhcp snooping trust", why=_GUARD, where=ports),
    *inert(_GUARD, "ip dhcp snooping limit | ip dhcp snooping information"),
    *once("ip verify source", why=_GUARD, where=ports, rest=" [LINE]"),
    *toggle("switchport port-security", why=_GUARD, where=ports),
    *once("switchport port-security maximum", why=_GUARD, where=ports),
    *inert(_GUARD, "switchport port-security violation | switchport port-security mac-address"),
    *inert(_GUARD, "switchport port-security aging"),
    *once("authentication port-control", why=_PORT_ACCESS, where=ports),
    *once("authentication order", why=_PORT_ACCESS, where=ports),
    *once("authentication host-mode", why=_PORT_ACCESS, where=ports),
    *toggle("authentication open", why=_PORT_ACCESS, where=ports),
    *events(_PORT_ACCESS),
    *toggle("mab", why=_PORT_ACCESS, where=ports, rest=" [eap]"),
    *once("dot1x pae", why=_PORT_ACCESS, where=ports),
    *inert(
        _PORT_ACCESS,
        "authentication priority | authentication periodic | authentication timer",
        "authentication violation | authentication control-direction",
        "dot1x timeout | dot1x max-req | dot1x max-reauth-req",
    ),
)
"""Lines of a port."""
