"""What the device serves, and whether it tells its neighbours about itself.

Several servers are on until a line turns them off, in most releases: there silence means on.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.management_plane import Listener
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import Sayings
from telemed_infra.parse.ios.state import Port

_TOGGLES = (
    #   command                       what it serves          on if nothing is said
    ("ip http server", Listener.HTTP, True),
    ("ip http secure-server", Listener.HTTPS, True),
    ("ip scp server enable", Listener.SCP, False),
    ("netconf-yang", Listener.NETCONF, False),
    ("netconf ssh", Listener.NETCONF, False),
    ("ftp-server enable", Listener.FTP, False),
    ("service tcp-small-servers", Listener.SMALL_SERVERS, False),
    ("service udp-small-servers", Listener.SMALL_SERVERS, False),
    ("service finger", Listener.SMALL_SERVERS, False),
    ("ip finger", Listener.SMALL_SERVERS, False),
)
_SSH_VERSION = 2
_SOFTWARE = ("Vlan", "Loopback", "Tunnel", "Null", "Port-channel", "BDI", "BVI", "Dialer",
             "Virtual-Template", "NVI", "Multilink")  # fmt: skip


def served(context: Context, lines: frozenset[Listener]) -> frozenset[Listener]:
    """All that somebody may ask for; `lines` is what terminal lines take."""
    said = context.said
    found = {kind for head, kind, default in _TOGGLES if said.is_on(head, default=default)}
    if said.is_on("ip bootp server", default=True) and not said.is_on("ip dhcp bootp ignore"):
        found.add(Listener.SMALL_SERVERS)
    if said.is_on("vstack", default=context.is_switch):
        found.add(Listener.SMART_INSTALL)
    if said.all("tftp-server"):
        found.add(Listener.TFTP)
    version = said.one("ip ssh version")
    if version is not None:
        context.value(_version, version)
    return lines | found


def _version(text: str) -> None:
    words = Words(text)
    if words.number(1, 2) != _SSH_VERSION:
        raise Unreadable("version 1 of SSH can be read by others")
    words.end()


def discovery(context: Context) -> bool:
    """Whether CDP or LLDP speaks on some interface."""
    wires = {
        name: port for name, port in context.state.ports.items()
        if "." not in name and not name.startswith(_SOFTWARE)
    }  # fmt: skip
    return any(
        context.said.is_on(runs, default=default)
        and (not wires or any(_speaks(port, speaks) for port in wires.values()))
        for runs, default, speaks in (
            ("cdp run", True, "cdp enable"),
            ("lldp run", False, "lldp transmit"),
        )
    )


def _speaks(port: Port, head: str) -> bool:
    sayings: Sayings = port.sayings
    return not port.shut and sayings.is_on(head, default=True)


def zone_minutes(context: Context) -> int:
    """The clock's offset from UTC."""
    said = context.said.one("clock timezone")
    return (context.value(_offset, said) or 0) if said else 0


def _offset(text: str) -> int:
    """`NAME HOURS [MINUTES]`; minutes go the way the hours go."""
    words = Words(text)
    words.word()
    typed = words.word()
    sign, hours = (-1, typed[1:]) if typed[:1] == "-" else (1, typed)
    minutes = words.number(0, 59) if words.rest else 0
    words.end()
    if not (hours.isascii() and hours.isdigit() and int(hours) <= 23):
        raise Unreadable("an offset in hours is expected")
    return sign * (60 * int(hours) + minutes)
