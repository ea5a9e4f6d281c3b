"""SNMP and the log of RGOS, the clock's zone, and the one interface that clients speak from.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from telemed_infra.management_plane import LogTarget, Snmp, Syslog
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane import snmp as of_ios
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import OFF, Said
from telemed_infra.parse.rgos.names import interface
from telemed_infra.parse.rgos.plane_grammar import VERSIONS

_LOG_PORT = 514
_ENOUGH = ("informational", "debugging", "6", "7")
"""What a log server has to be sent: packets that are denied are logged as informational."""


def snmp(context: Context) -> Snmp:
    """The whole agent; it answers in no version that a line turns off."""
    found = of_ios.snmp(context)
    said = context.said
    if not said.is_on("enable service snmp-agent", default=True):
        return Snmp(versions=frozenset())
    off = {one for one in VERSIONS
           if not said.is_on(f"snmp-server enable version {one}", default=True)}  # fmt: skip
    return replace(found, versions=found.versions - off)


def syslog(context: Context) -> Syslog:
    """Where the log goes, and what its entries carry: the offset from UTC only by RFC 5424."""
    said = context.said
    level = said.one("logging trap")
    sends = said.is_on("logging on", default=True) and (level is None or level.text != OFF)
    if level is not None and sends and level.text.lower() not in _ENOUGH:
        context.refuse(level, "packets that are denied would not be told to a log server")
    targets = [target for one in said.all("logging server").values()
               if (target := context.value(_target, one))]  # fmt: skip
    stamp = said.one("service timestamps log")
    zoned = said.is_on("service log-format rfc5424")
    return Syslog(
        targets=frozenset(targets if sends else ()),
        dated=zoned or (stamp is not None and stamp.text.lower().split()[:1] == ["datetime"]),
        zoned=zoned,
    )


def _target(text: str) -> LogTarget:
    """`[ip|ipv6] A [udp-port N]`."""
    words = Words(text)
    words.take("ip", "ipv6")
    address = words.address()
    port = words.number(1, 65535) if words.take("udp-port") else _LOG_PORT
    words.end()
    return LogTarget(address, "udp", port)


def zone_minutes(context: Context) -> int:
    """The clock's offset from UTC."""
    said = context.said.one("clock timezone")
    return (context.value(_offset, said) or 0) if said else 0


def _offset(text: str) -> int:
    """`NAME [+|-]HOURS [MINUTES]`, as `east 8 0`; minutes go the way the hours go."""
    words = Words(text)
    if words.word().lower() == "west":
        raise Unreadable("whether the hours behind `west` are taken off is not known")
    typed = words.word()
    sign, hours = (-1 if typed[0] == "-" else 1), typed.removeprefix("-").removeprefix("+")
    minutes = words.number(0, 59) if words.rest else 0
    words.end()
    if not (hours.isascii() and hours.isdigit() and int(hours) <= 23):
        raise Unreadable("an offset in hours is expected")
    return sign * (60 * int(hours) + minutes)


def source(context: Context, sources: Iterable[Said | None]) -> str:
    """The interface that all clients speak from; "" if one of them does not say."""
    found: dict[str, Said] = {}
    silent = False
    for said in dict.fromkeys(sources):
        if said is None:
            silent = True
        elif name := _interface(context, said):
            found.setdefault(name, said)
    for said in list(found.values())[1:]:
        context.refuse(said, "clients speak from different interfaces, which is not modelled")
    return "" if silent else next(iter(found), "")


def _interface(context: Context, said: Said) -> str:
    """The interface that a line names; "" if it gives no address."""
    found = context.value(interface, said)
    port = context.state.ports.get(found or "")
    if found and (port is None or not port.addresses):
        context.refuse(said, f"{found} has no address, so another one is taken")
        return ""
    return found or ""
