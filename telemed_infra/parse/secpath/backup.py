"""The pair of a SecPath: `remote-backup group` (RBM), track entries, virtual routers.

Source: docs/reference/platforms.md, "Pairs".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from telemed_infra.packets import TCP
from telemed_infra.parse.behaviour import SYNC_PLACE, PairPlace
from telemed_infra.parse.secpath.arguments import interface
from telemed_infra.parse.secpath.pair_state import Backup
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.virtual_routers import PortGroups, Refuse, standing
from telemed_infra.parse.vrp.arguments import ipv4, nothing, number, one
from telemed_infra.parse.vrp.engine import (
    Command,
    Effect,
    Reader,
    Unreadable,
    Words,
    inert,
    notes,
)
from telemed_infra.redundancy import Redundancy, StateSync, SyncKind

ALIKE = "keeps two firewalls alike; their talk is judged like other packets from and to the box"
TRACK_MAX = 1024
_DUAL = "two members that work at the same time are not modelled"


class PairRead(NamedTuple):
    """A member's part in its pair, and where each thing begins."""

    redundancy: Redundancy
    lines: dict[PairPlace, int]
    key: int | None  # by which protocol and port states are told


def pair_of(state: SecPath, refuse: Refuse) -> PairRead:
    """The virtual routers and the state synchronisation of a text read through."""
    shut = {name for name, port in state.ports.items() if port.shut}
    groups = [
        PortGroups(
            name,
            port.addresses,
            name in shut or name.partition(".")[0] in shut,
            port.six,
            port.groups,
        )
        for name, port in state.ports.items()
    ]
    routers, lines = standing(groups, refuse, state.tracks.get)
    if state.backup.line:
        lines[SYNC_PLACE] = state.backup.line
    sync = _sync(state, refuse)
    key = TCP << 16 | state.backup.port if sync else None
    return PairRead(Redundancy(routers=routers, sync=sync), lines, key)


def _sync(state: SecPath, refuse: Refuse) -> StateSync | None:
    backup = state.backup
    tracked = set()
    for name, line in backup.tracked.items():
        watched = state.tracks.get(name) if name.isdigit() else name
        if watched is None:
            refuse(line, f"there is no track entry {name}, so nothing is watched")
        else:
            tracked.add(watched)
    if not backup.line or backup.remote is None or backup.own is None:
        return None
    return StateSync(
        kind=SyncKind.RBM,
        interface=backup.channel,
        own=backup.own,
        remote=backup.remote,
        first=backup.first,
        sessions=backup.sessions and bool(backup.channel),
        configuration=backup.configuration,
        preempt_s=backup.preempt_s,
        tracked=frozenset(tracked),
        routes_follow=backup.routes_follow,
    )


# The view ----------------------------------------------------------------------------------------

_Change = Callable[[Backup, int], None]


def _effect(change: _Change) -> Effect[SecPath]:
    def effect(state: SecPath, line: int) -> None:
        change(state.backup, line)

    return effect


def _field(name: str, value: object) -> Effect[SecPath]:
    return _effect(lambda backup, _line: setattr(backup, name, value))


def _bare(name: str, value: object) -> Reader[SecPath]:
    def reader(words: Words) -> Effect[SecPath]:
        nothing(words)
        return _field(name, value)

    return reader


def _enter(words: Words) -> Effect[SecPath]:
    """`remote-backup group`."""
    nothing(words)

    def change(backup: Backup, line: int) -> None:
        backup.line = backup.line or line

    return _effect(change)


def _leave(words: Words) -> Effect[SecPath]:
    """`undo remote-backup group`: nothing of it remains."""
    nothing(words)

    def effect(state: SecPath, _line: int) -> None:
        state.backup = Backup()

    return effect


def _role(words: Words) -> Effect[SecPath]:
    """`device-role {primary|secondary}`."""
    if words not in (("primary",), ("secondary",)):
        raise Unreadable("`primary` or `secondary` is expected")
    return _field("first", words == ("primary",))


def _local(words: Words) -> Effect[SecPath]:
    """`local-ip A`."""
    return _field("own", ipv4(one(words)))


def _remote(words: Words) -> Effect[SecPath]:
    """`remote-ip A [port N]`."""
    port = Backup().port
    if words[1:2] == ("port",) and len(words) == 3:
        port = number(words[2], 1, 65535)
        words = words[:1]
    remote = ipv4(one(words))

    def change(backup: Backup, _line: int) -> None:
        backup.remote, backup.port = remote, port

    return _effect(change)


def _channel(words: Words) -> Effect[SecPath]:
    """`data-channel interface X`."""
    if words[:1] != ("interface",):
        raise Unreadable("`interface` is expected")
    return _field("channel", interface(words[1:]))


def _delay(words: Words) -> Effect[SecPath]:
    """`delay-time <minutes>`: after so long the primary works again; without it, never."""
    return _field("preempt_s", 60 * number(one(words), 1, 1440))


def _cost(words: Words, *, on: bool) -> Effect[SecPath]:
    """`adjust-cost {bgp|isis|ospf|ospfv3} enable {absolute|increment} [n]`; off without it."""
    kinds = ("absolute", "increment") if on else ()
    if len(words) < 2 or words[0] not in ("bgp", "isis", "ospf", "ospfv3"):
        raise Unreadable("a routing protocol is expected")
    if words[1] != "enable" or (on and words[2:3] not in [(kind,) for kind in kinds]):
        raise Unreadable("`enable`, then `absolute` or `increment`, are expected")
    if len(words) > 3:
        number(one(words[3:]), 1, 65535)
    if words[0] != "bgp":
        return lambda _state, _line: None
    return _field("routes_follow", on)


def _track(words: Words) -> Effect[SecPath]:
    """`track {interface X | vlan N | <entry>}`."""
    name = _watched(words)

    def change(backup: Backup, line: int) -> None:
        backup.tracked[name] = line

    return _effect(change)


def _undo_track(words: Words) -> Effect[SecPath]:
    name = _watched(words)

    def change(backup: Backup, _line: int) -> None:
        if backup.tracked.pop(name, None) is None:
            raise Unreadable(f"{name} is not watched")

    return _effect(change)


def _watched(words: Words) -> str:
    if words[:1] == ("interface",):
        return interface(words[1:])
    if words[:1] == ("vlan",) and len(words) == 2:
        return " ".join(words)
    return str(number(one(words), 1, TRACK_MAX))


def _dual(words: Words) -> Effect[SecPath]:
    """`backup-mode dual-active`."""
    raise Unreadable(_DUAL if words == ("dual-active",) else "`dual-active` is expected")


def _single(words: Words) -> Effect[SecPath]:
    """`undo backup-mode`: the default, one of the two works."""
    nothing(words)
    return lambda _state, _line: None


def _set_line(head: str, says: Reader[SecPath], undo: Reader[SecPath] | None) -> Command[SecPath]:
    return notes(head, says, ALIKE, undo=undo)


GROUP: Command[SecPath] = notes("remote-backup group", _enter, ALIKE, undo=_leave, enters="backup")
BACKUP: tuple[Command[SecPath], ...] = (
    _set_line("device-role", _role, _bare("first", None)),
    _set_line("local-ip", _local, _bare("own", None)),
    _set_line("remote-ip", _remote, _bare("remote", None)),
    _set_line("data-channel", _channel, _bare("channel", "")),
    _set_line("hot-backup enable", _bare("sessions", value=True), _bare("sessions", value=False)),
    _set_line(
        "configuration auto-sync enable",
        _bare("configuration", value=True),
        _bare("configuration", value=False),
    ),
    _set_line("delay-time", _delay, _bare("preempt_s", None)),
    _set_line("adjust-cost", partial(_cost, on=True), partial(_cost, on=False)),
    _set_line("track", _track, _undo_track),
    _set_line("backup-mode", _dual, _single),
    *inert(
        "configuration sync-check | configuration auto-sync enable route-static | keepalive | "
        "switchover | hot-backup protocol | silent-interface",
        ALIKE,
    ),
)
"""What stands in the view. An IPv6 channel between the members is not modelled."""


# Track entries -----------------------------------------------------------------------------------


def _entry(words: Words) -> Effect[SecPath]:
    """`track N {interface X [physical|protocol …] | nqa … | bfd … | ip route …}`."""
    if len(words) < 2:
        raise Unreadable("the number of a track entry, and what it watches, are expected")
    entry = str(number(words[0], 1, TRACK_MAX))
    name = " ".join(words[1:])
    if words[1] == "interface":
        rest = words[2:]
        place = next((at for at, word in enumerate(rest) if word in ("physical", "protocol")), None)
        name = interface(rest[:place])

    def effect(state: SecPath, _line: int) -> None:
        if state.tracks.setdefault(entry, name) != name:
            raise Unreadable(f"track entry {entry} watches {state.tracks[entry]} already")

    return effect


def _no_entry(words: Words) -> Effect[SecPath]:
    entry = str(number(one(words), 1, TRACK_MAX))

    def effect(state: SecPath, _line: int) -> None:
        if state.tracks.pop(entry, None) is None:
            raise Unreadable(f"there is no track entry {entry} to remove")

    return effect


TRACK: Command[SecPath] = notes(
    "track", _entry, "watches a path or a neighbour", undo=_no_entry, enters="watch"
)
