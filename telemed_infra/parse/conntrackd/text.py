"""conntrackd.conf as a whole. Source: conntrackd.conf(5), version 1.4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_network

from telemed_infra.packets import UDP, Family
from telemed_infra.parse.behaviour import SYNC_PLACE, PairBehaviour
from telemed_infra.parse.braces import (
    INERT,
    Reading,
    Statement,
    Table,
    Unreadable,
    hide,
    inside,
    number,
    one,
    parse,
    walk,
)
from telemed_infra.redundancy import Redundancy, StateSync, SyncKind

MODES = ("FTFW", "ALARM", "NOTRACK")
_NEEDED = frozenset({"TCP", "UDP"})  # most connections of a firewall
_PROTOCOLS = _NEEDED | {"SCTP", "DCCP", "ICMP", "IPv6-ICMP"}
_STATES = frozenset({"SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK",
                     "TIME_WAIT", "CLOSED", "LISTEN"})  # fmt: skip
_MODE_NUMBERS = ("ResendQueueSize", "CommitTimeout", "PurgeTimeout", "ACKWindowSize",
                 "RefreshTime", "CacheTimeout")  # fmt: skip
_HARMLESS = (
    "Nice", "Scheduler", "HashSize", "HashLimit", "LogFile", "Syslog", "LockFile", "UNIX",
    "NetlinkBufferSize", "NetlinkBufferSizeMaxGrowth", "NetlinkOverrunResync",
    "NetlinkEventsReliable", "PollSecs", "EventIterationLimit", "Systemd", "Stats",
)  # fmt: skip
_LINK_NUMBERS = ("SndSocketBuffer", "RcvSocketBuffer", "Checksum")
_DEFAULT_PORT = 3780


@dataclass(slots=True)
class Link:
    """By what the two speak: `UDP`, `Multicast`, `TCP`."""

    line: int
    interface: str = ""
    own: int | None = None
    remote: int | None = None
    port: int = _DEFAULT_PORT


@dataclass(slots=True)
class Conntrackd:
    """The whole text."""

    line: int = 0  # of `Sync`
    mode: str = ""
    direct: bool = False  # what the other tells goes to the kernel at once
    links: list[Link] = field(default_factory=list)
    left_out: bool = False  # a filter keeps connections from the other
    untold: set[tuple[Family, int]] = field(default_factory=set)  # addresses of which it does


def parse_conntrackd(text: str) -> PairBehaviour:
    """What is told to the other member; never raises, unknown lines are `unread`."""
    state = Conntrackd()
    statements, reading = parse(text, "#")
    walk(statements, {"Sync": _sync(state, reading), "General": _general(state, reading)}, reading)
    sync = _found(state)
    reading.close()
    return PairBehaviour(
        redundancy=Redundancy(sync=sync),
        pair_lines={SYNC_PLACE: state.line} if state.line else {},
        pair_key=UDP << 16 | state.links[0].port if sync else None,
        untold=frozenset(state.untold),
        unread=reading.in_order(),
        lines=reading.lines,
        effective=frozenset(reading.effective),
        inert=frozenset(reading.inert),
    )


def _found(state: Conntrackd) -> StateSync | None:
    """None without a mode, or without a link to the other."""
    if not state.mode or not state.links:
        return None
    link = state.links[0]
    if link.remote is None:
        return None
    return StateSync(
        kind=SyncKind.CONNTRACKD,
        interface=link.interface,
        own=link.own,
        remote=link.remote,
        first=None,
        sessions=state.direct and not state.left_out,
        configuration=False,
        preempt_s=None,
    )


# Sync --------------------------------------------------------------------------------------------


def _sync(state: Conntrackd, reading: Reading) -> Callable[[Statement], None]:
    """`Sync { Mode … { … } UDP { … } Options { … } }`."""

    def reader(statement: Statement) -> None:
        if state.line:
            raise Unreadable("there is a section `Sync` already")
        state.line = statement.line
        table: Table = {
            "Mode": _mode(state, reading),
            "UDP": _link(state, reading, "IPv4_Destination_Address", "Port"),
            "Multicast": _link(state, reading, "IPv4_address", "Group"),
            "Options": _options(reading),
        }
        walk(inside(statement), table, reading)

    return reader


def _mode(state: Conntrackd, reading: Reading) -> Callable[[Statement], None]:
    """`Mode FTFW { DisableExternalCache on … }`."""

    def reader(statement: Statement) -> None:
        if len(statement.words) != 2 or statement.words[1] not in MODES:
            raise Unreadable(f"a mode is one of {', '.join(MODES)}")
        if state.mode:
            raise Unreadable(f"the mode is {state.mode} already")
        state.mode = statement.words[1]

        def direct(words: Statement) -> None:
            state.direct = _switch(words)

        def internal(words: Statement) -> None:
            if _switch(words):
                raise Unreadable("what is told without a cache of one's own is not modelled")

        table: Table = {
            **dict.fromkeys(_MODE_NUMBERS, (_count,)),
            "DisableExternalCache": direct,
            "DisableInternalCache": internal,
            "StartupResync": (_either,),
        }
        walk(statement.body or (), table, reading)

    return reader


def _link(
    state: Conntrackd, reading: Reading, remote: str, port: str
) -> Callable[[Statement], None]:
    """`UDP [Default] { … }`; the first link, or the default one, is that in use."""

    def reader(statement: Statement) -> None:
        default = statement.words[1:] == ("Default",)
        if statement.words[1:] and not default:
            raise Unreadable("`Default` or nothing is expected")
        link = Link(statement.line)

        def field_of(name: str, read: Callable[[str], object]) -> Callable[[Statement], None]:
            return lambda words: setattr(link, name, read(one(words)))

        table: Table = {
            **dict.fromkeys(_LINK_NUMBERS, INERT),
            "Interface": field_of("interface", str),
            "IPv4_address" if port == "Port" else "IPv4_interface": field_of("own", _ipv4),
            remote: field_of("remote", _ipv4),
            port: field_of("port", lambda word: number(word, 1, 65535)),
        }
        walk(inside(statement), table, reading)
        if not link.interface or link.remote is None:
            raise Unreadable("a link needs its `Interface` and an address of the other")
        state.links.insert(0 if default else len(state.links), link)

    return reader


def _options(reading: Reading) -> Callable[[Statement], None]:
    """`Options { TCPWindowTracking On … }`; expectations are not modelled."""

    def reader(statement: Statement) -> None:
        walk(inside(statement), {"TCPWindowTracking": (_either,)}, reading)

    return reader


# General -----------------------------------------------------------------------------------------


def _general(state: Conntrackd, reading: Reading) -> Callable[[Statement], None]:
    """`General { … Filter [From {Userspace|Kernelspace}] { … } }`."""

    def reader(statement: Statement) -> None:
        table: Table = {
            **dict.fromkeys(_HARMLESS, INERT),
            "Filter": lambda words: _filter(state, words, reading),
        }
        walk(inside(statement), table, reading)

    return reader


def _filter(state: Conntrackd, statement: Statement, reading: Reading) -> None:
    if statement.words[1:] not in ((), ("From", "Userspace"), ("From", "Kernelspace")):
        raise Unreadable("`From Userspace` or `From Kernelspace` is expected")
    for each in inside(statement):
        try:
            _part(state, each)
        except Unreadable as error:
            hide(each, str(error), reading)
            continue
        ignores = each.words == ("Address", "Ignore")  # what it leaves out is in `untold`
        reading.understood(each, inert=ignores)
        for row in each.body or ():
            reading.understood(row, inert=ignores)


def _part(state: Conntrackd, statement: Statement) -> None:
    """`Protocol Accept`, `Address Ignore`, `State Accept`: which connections the other learns."""
    rows = inside(statement)
    match statement.words:
        case ("Protocol", "Accept"):
            named = _named(rows, _PROTOCOLS)
            state.left_out |= not named >= _NEEDED
        case ("State", "Accept"):
            for row in rows:
                if row.words[-2:] not in (("for", "TCP"),):
                    raise Unreadable("`… for TCP` is expected")
            named = _named(rows, _STATES, behind=2)
            state.left_out |= "ESTABLISHED" not in named
        case ("Address", "Ignore"):
            for row in rows:
                state.untold |= _ignored(row)
        case _:
            raise Unreadable("which connections this keeps from the other is not modelled")


def _named(rows: list[Statement], known: frozenset[str], behind: int = 0) -> frozenset[str]:
    words = [word for row in rows for word in row.words[: len(row.words) - behind]]
    strange = [word for word in words if word not in known]
    if strange:
        raise Unreadable(f"{strange[0]} is not known here")
    return frozenset(words)


def _ignored(row: Statement) -> set[tuple[Family, int]]:
    """Connections of the machine itself need nobody else; of networks only the loopback's."""
    if len(row.words) != 2 or row.words[0] not in ("IPv4_address", "IPv6_address"):
        raise Unreadable("`IPv4_address` or `IPv6_address`, and an address, are expected")
    try:
        network = ip_network(row.words[1], strict=False)
    except ValueError:
        raise Unreadable(f"{row.words[1]} is not an address") from None
    if network.num_addresses > 1 and not network.is_loopback:
        raise Unreadable("the connections of a whole network would be unknown to the other")
    if network.is_loopback:
        return set()
    return {(Family(network.version), int(network.network_address))}


def _ipv4(word: str) -> int:
    try:
        return int(IPv4Address(word))
    except ValueError:
        raise Unreadable(f"{word} is not an IPv4 address") from None


def _switch(statement: Statement) -> bool:
    word = one(statement).lower()
    if word not in ("on", "off", "yes", "no"):
        raise Unreadable("`On` or `Off` is expected")
    return word in ("on", "yes")


def _either(statement: Statement) -> None:
    _switch(statement)


def _count(statement: Statement) -> None:
    number(one(statement), 0, 999_999_999)
