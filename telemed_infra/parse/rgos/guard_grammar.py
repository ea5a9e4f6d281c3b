"""The tables of what switch ports do against hosts that misbehave.

Source: docs/reference/platforms.md. Left out on purpose, so that they are unread: VLANs that
802.1X gives (guest, critical, dynamic), hosts that are free of it, VLANs that a guard of addresses
leaves out.
"""

from __future__ import annotations

from telemed_infra.parse.frr.engine import Args, Row
from telemed_infra.parse.ios.plane.grammar import inert
from telemed_infra.parse.ios.plane.rows import once, ports, refuse, toggle
from telemed_infra.parse.ios.plane.sayings import OFF, ON, Said
from telemed_infra.parse.ios.state import Does, Ios, refused

Rows = tuple[Row[Ios], ...]

TREE = "spanning-tree"
EDGE_BY_DEFAULT = "spanning-tree portfast default"
GUARD_BY_DEFAULT = "spanning-tree portfast bpduguard default"
HOSTS_LIST = "dot1x authentication"
SNOOPED_VLANS = "ip dhcp snooping vlan"
_LOOPS = "keeps a loop from forming"
_GUARD = "stops hosts that misbehave; no VLAN passes or stops by it"
_PORT_ACCESS = "who may speak on a port; the VLAN stays that of the port"


def _snooped(text: str) -> Does:
    """`[no] ip dhcp snooping vlan LIST`: VLANs are taken out and put back in their order."""

    def put(state: Ios, args: Args, line: int) -> None:
        state.plane.said.put(SNOOPED_VLANS, f"{text} {line}", Said(args[0], line))

    return put


GUARDS: Rows = (
    *toggle(TREE, why=_LOOPS),
    *toggle(EDGE_BY_DEFAULT, why=_LOOPS),
    *toggle(GUARD_BY_DEFAULT, why=_LOOPS),
    *refuse(
        "ports would not heed what BPDU guard waits for",
        "spanning-tree portfast bpdufilter default",
    ),
    *inert(
        _LOOPS,
        "spanning-tree mode | spanning-tree priority | spanning-tree hello-time",
        "spanning-tree max-age | spanning-tree forward-time | spanning-tree max-hops",
        "spanning-tree pathcost | spanning-tree tx-hold-count | spanning-tree link-type default",
        "spanning-tree loopguard default | spanning-tree tc-protection | spanning-tree mst",
        "rldp | errdisable",
    ),
    *toggle("ip dhcp snooping", why=_GUARD),
    Row(f"{SNOOPED_VLANS} LINE", _snooped(ON), inert=True, why=_GUARD),
    Row(f"no {SNOOPED_VLANS} LINE", _snooped(OFF), inert=True, why=_GUARD),
    *inert(
        _GUARD,
        "ip dhcp snooping information | ip dhcp snooping database | ip dhcp snooping verify",
        "ip dhcp snooping check-giaddr | ip source binding | ip arp inspection",
        "anti-arp-spoofing | address-bind",
    ),
    *once(HOSTS_LIST, why=_PORT_ACCESS),
    *inert(
        _PORT_ACCESS,
        "dot1x accounting | dot1x re-authentication | dot1x timeout | dot1x max-req",
        "dot1x reauth-max | dot1x auth-mode | dot1x client-probe | dot1x probe-timer",
        "dot1x private-supplicant-only | dot1x logging | dot1x event",
    ),
)
"""Lines of the outermost view; `spanning-tree` alone turns all of it on."""

# The device turns these on and off; what they would do to one port, no book says.
_OF_DEVICE: Rows = tuple(
    Row(f"{form}{head}", refused("a line of the device, not of a port"), inert=True, why=_GUARD)
    for form in ("", "no ", "default ")
    for head in (TREE, "ip dhcp snooping", f"{HOSTS_LIST} LINE")
)

GUARDS_OF_PORT: Rows = (
    *_OF_DEVICE,
    *once("spanning-tree portfast", why=_LOOPS, where=ports, rest=" [LINE]"),
    *once("spanning-tree bpduguard", why=_LOOPS, where=ports),
    *once("spanning-tree bpdufilter", why=_LOOPS, where=ports),
    *inert(
        _LOOPS,
        "spanning-tree autoedge | spanning-tree cost | spanning-tree port-priority",
        "spanning-tree mst | spanning-tree guard | spanning-tree link-type",
        "spanning-tree tc-guard | spanning-tree compatible | bpdu src-mac-check | rldp port",
    ),
    *toggle("ip dhcp snooping trust", why=_GUARD, where=ports),
    *inert(_GUARD, "ip dhcp snooping limit | ip dhcp snooping information"),
    *once("ip verify source", why=_GUARD, where=ports, rest=" [LINE]"),
    *toggle("switchport port-security", why=_GUARD, where=ports),
    *once("switchport port-security maximum", why=_GUARD, where=ports),
    *inert(
        _GUARD,
        "switchport port-security violation | switchport port-security mac-address",
        "switchport port-security aging | switchport port-security binding",
        "switchport port-security sticky | anti-arp-spoofing | arp-check | nfpp | storm-control",
        "ip arp inspection",
    ),
    *once("dot1x port-control", why=_PORT_ACCESS, where=ports),
    *once("dot1x port-control-mode", why=_PORT_ACCESS, where=ports),
    Row("no dot1x mac-auth-bypass <timeout-activity|violation> [LINE]", inert=True,
        why=_PORT_ACCESS),
    *once("dot1x mac-auth-bypass", why=_PORT_ACCESS, where=ports, rest=" [<multi-user>]"),
    *inert(
        _PORT_ACCESS,
        "dot1x mac-auth-bypass timeout-activity | dot1x mac-auth-bypass violation",
        "dot1x re-authentication | dot1x timeout | dot1x max-req | dot1x reauth-max",
        "dot1x default-user-limit | dot1x auto-req",
    ),
)  # fmt: skip
"""Lines of a port."""
