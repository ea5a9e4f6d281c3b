"""Time, log and flow records: whom the device asks, and whom it tells.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple

from telemed_infra.management_plane import Collector, LogTarget, Ntp, NtpKey, NtpServer, Syslog
from telemed_infra.packets import UDP, Family, ports
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import OFF, Block, Said

_PORTS = {"udp": 514, "tcp": 601, "tls": 6514}
_FLOW_PORT = 9995
_ALGORITHMS = {
    "md5": "md5", "hmac-sha1": "sha1", "hmac-sha2-256": "hmac-sha-256",
    "cmac-aes-128": "cmac-aes-128",
}  # fmt: skip
_TAKES_ONE = ("version", "minpoll", "maxpoll")
_ENOUGH = ("informational", "debugging", "6", "7")
"""What a log server has to be sent: packets that are denied are logged as informational."""


class Exported(NamedTuple):
    """A collector that gets records, and the line that says from which interface."""

    collector: Collector
    source: Said | None


# Time -------------------------------------------------------------------------------------------


class _Server(NamedTuple):
    server: NtpServer
    source: str


def ntp(context: Context) -> tuple[Ntp, list[Said | None]]:
    """The time; and for each server the line that says from which interface it is asked."""
    said = context.said
    servers: dict[str, tuple[_Server, Said]] = {}
    for one in said.all("ntp server").values():
        found = context.value(_server, one)
        if found is not None:
            servers[found.server.address] = (found, one)
    keys = {
        key.number: key for one in said.all("ntp authentication-key").values()
        if (key := context.value(_key, one))
    }  # fmt: skip
    trusted = {
        number for one in said.all("ntp trusted-key").values()
        for number in context.value(_trusted, one) or ()
    }  # fmt: skip
    _check_access(context, [one for one, _ in servers.values()])
    whole = said.one("ntp source")
    return (
        Ntp(
            authenticated=said.is_on("ntp authenticate"),
            keys=frozenset(keys.values()),
            trusted=frozenset(trusted),
            servers=frozenset(one.server for one, _ in servers.values()),
        ),
        [Said(one.source, line.line) if one.source else whole for one, line in servers.values()],
    )


def _server(text: str) -> _Server:
    """`[vrf V] [ip|ipv6] A [key N] [source I] [prefer] [iburst] …`."""
    words, key, source = Words(text), 0, ""
    if words.take("vrf"):
        words.word()
    words.take("ip", "ipv6")
    address = words.address()
    while words.rest:
        word = words.one_of("key", "source", "prefer", "iburst", "burst", *_TAKES_ONE)
        if word == "key":
            key = words.number(1, 4294967295)
        elif word == "source":
            source = words.word()
        elif word in _TAKES_ONE:
            words.number(1, 17)
    return _Server(NtpServer(address, key), source)


def _key(text: str) -> NtpKey:
    """`N {md5|…} K [7]`: the kind of the secret stands behind it."""
    words = Words(text)
    number, kind = words.number(1, 4294967295), words.one_of(*_ALGORITHMS)
    secret = words.word()
    if words.rest:
        words.number(0, 7)
    words.end()
    return NtpKey(number, _ALGORITHMS[kind], secret)


def _trusted(text: str) -> range:
    """`N`, or `N - M`."""
    words = Words(text)
    low = words.number(1, 4294967295)
    high = low
    if words.rest:
        words.one_of("-")
        high = words.number(low, low + 1000)
    words.end()
    return range(low, high + 1)


def _check_access(context: Context, servers: list[_Server]) -> None:
    """Once a list says who may speak of time with the device, its servers must be in one."""
    groups = context.said.all("ntp access-group")
    peers = [(text.split()[1:], said) for text, said in groups.items()
             if text.split()[:1] == ["peer"]]  # fmt: skip
    if groups and not peers:
        context.refuse(next(iter(groups.values())), "no list lets the time servers answer")
    for words, said in peers:
        name = words[0] if len(words) == 1 else ""
        if not name:
            context.refuse(said, "a list for one family is expected, and nothing else")
            continue
        found = context.sources(name, said.line, Family.V4, (ports(UDP, 123),))
        for one in servers:
            if found is not None and not _holds(found, one.server.address):
                context.refuse(said, f"{name} does not let {one.server.address} answer")


def _holds(ranges: tuple[tuple[int, int], ...], address: str) -> bool:
    value = int(ip_address(address))
    return ":" in address or any(low <= value <= high for low, high in ranges)


# Log --------------------------------------------------------------------------------------------


def syslog(context: Context) -> Syslog:
    """Where the log goes, and what its entries carry."""
    said = context.said
    level = said.one("logging trap")
    sends = said.is_on("logging on", default=True) and (level is None or level.text != OFF)
    if level is not None and sends and level.text.lower() not in _ENOUGH:
        context.refuse(level, "packets that are denied would not be told to a log server")
    targets = [target for one in said.all("logging host").values()
               if (target := _target(context, one))]  # fmt: skip
    stamp = said.one("service timestamps log")
    words = stamp.text.lower().split() if stamp else []
    return Syslog(
        targets=frozenset(targets if sends else ()),
        dated=words[:1] == ["datetime"],
        zoned=words[:1] == ["datetime"] and "show-timezone" in words,
    )


def _target(context: Context, said: Said) -> LogTarget | None:
    found = context.value(_host, said)
    if found is None:
        return None
    target, profile = found
    if profile and profile not in context.plane.named("logging tls-profile"):
        context.refuse(said, f"there is no profile of TLS {profile}")
    return target


def _host(text: str) -> tuple[LogTarget, str]:
    """`[ipv6] A [vrf V] [transport {udp|tcp|tls [profile P]} [port N]]`, the parts in any order."""
    words, kind, port, profile = Words(text), "udp", 0, ""
    words.take("ipv6")
    address = words.address()
    while words.rest:
        word = words.one_of("vrf", "transport", "port", "profile", "sequence-num-session",
                            "session-id")  # fmt: skip
        if word == "transport":
            kind = words.one_of("udp", "tcp", "tls")
        elif word == "port":
            port = words.number(1, 65535)
        elif word == "profile":
            profile = words.word()
        elif word == "session-id":
            words.one_of("hostname", "ipv4", "ipv6")
        elif word == "vrf":
            words.word()
    if profile and kind != "tls":
        raise Unreadable("a profile is for TLS")
    return LogTarget(address, kind, port or _PORTS[kind]), profile


# Flow records -----------------------------------------------------------------------------------


def flows(context: Context) -> list[Exported]:
    """The collectors that some live interface sends records to."""
    live = [port.sayings for port in context.state.ports.values() if not port.shut]
    found = []
    if any(one.all("ip flow") or one.is_on("ip route-cache flow") for one in live):
        for said in context.said.all("ip flow-export destination").values():
            collector = context.value(_destination, said)
            if collector is not None:
                found.append(Exported(collector, context.said.one("ip flow-export source")))
    for name in dict.fromkeys(_monitors(context)):
        block = context.plane.named("flow monitor")[name]
        record = block.said.one("record")
        if record is None:
            context.refuse(Said("", block.line), "a monitor without a record sends nothing")
            continue
        if not record.text.startswith("netflow") and record.text not in context.plane.named(
            "flow record"
        ):
            context.refuse(record, f"there is no flow record {record.text}")
        for said in block.said.all("exporter").values():
            found += _exporter(context, said)
    return found


def _monitors(context: Context) -> list[str]:
    """The monitors that interfaces bind."""
    found = []
    for port in context.state.ports.values():
        for head in ("ip flow monitor", "ipv6 flow monitor"):
            for said in port.sayings.all(head).values():
                name = context.value(_monitor, said)
                if name and name not in context.plane.named("flow monitor"):
                    context.refuse(said, f"there is no flow monitor {name}")
                elif name and not port.shut:
                    found.append(name)
    return found


def _monitor(text: str) -> str:
    words = Words(text)
    name = words.word()
    words.one_of("input", "output")
    words.end()
    return name


def _exporter(context: Context, said: Said) -> list[Exported]:
    block = context.plane.named("flow exporter").get(said.text)
    if block is None:
        context.refuse(said, f"there is no flow exporter {said.text}")
        return []
    destination = block.said.one("destination")
    address = context.value(_address, destination) if destination else None
    port = _udp_port(context, block)
    if address is None or port is None:
        return []
    return [Exported(Collector(address, port), block.said.one("source"))]


def _udp_port(context: Context, block: Block) -> int | None:
    said = block.said.one("transport")
    return context.value(_transport, said) if said else _FLOW_PORT


def _transport(text: str) -> int:
    words = Words(text)
    words.one_of("udp")
    found = words.number(1, 65535)
    words.end()
    return found


def _address(text: str) -> str:
    words = Words(text)
    found = words.address()
    if words.take("vrf"):
        words.word()
    words.end()
    return found


def _destination(text: str) -> Collector:
    """`ip flow-export destination A PORT [vrf V] [udp]`."""
    words = Words(text)
    found = Collector(words.address(), words.number(1, 65535))
    if words.take("vrf"):
        words.word()
    words.take("udp")
    words.end()
    return found
