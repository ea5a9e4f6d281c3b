"""What the lines of the `bgp` block do to the process, and how a peer's settings are kept.

Source: Huawei command references, BGP; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.policy import as_number
from telemed_infra.parse.route_lines.state import Bgp, Peer, Routes, Setting
from telemed_infra.parse.vrp.arguments import address, name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words


def peer_name(word: str) -> str:
    """An address in its usual notation, or the name of a group."""
    if not (":" in word or word.replace(".", "").isdigit()):
        return name(word)
    family, value = address(word)
    return str(IPv4Address(value) if family is Family.V4 else IPv6Address(value))


def is_address(peer: str) -> bool:
    """Whether a peer's name is an address."""
    return ":" in peer or peer.replace(".", "").isdigit()


# The process.


def enter_bgp(words: Words) -> Effect[Routes]:
    """`bgp <as>`; there is one process."""
    number_ = as_number(one(words))

    def effect(state: Routes, line: int) -> None:
        if state.bgp is None:
            state.bgp = Bgp(line, number_)
        if state.bgp.as_number != number_:
            raise Unreadable(f"BGP is already running with AS {state.bgp.as_number}")

    return effect


def undo_bgp(words: Words) -> Effect[Routes]:
    """`undo bgp [<as>]`."""
    number_ = as_number(one(words)) if words else 0

    def effect(state: Routes, _line: int) -> None:
        if state.bgp is None or number_ not in (0, state.bgp.as_number):
            raise Unreadable("no such process runs")
        state.bgp = None

    return effect


def of_process(key: str, check: Callable[[Words], Words], *, on: bool = True) -> Reader[Routes]:
    """A setting of the whole process."""

    def reader(words: Words) -> Effect[Routes]:
        args = check(words)

        def effect(state: Routes, line: int) -> None:
            state.process().settings[key] = Setting(args, line, on)

        return effect

    return reader


def forget(key: str) -> Reader[Routes]:
    """Back to the default of a setting of the whole process."""

    def reader(_words: Words) -> Effect[Routes]:
        def effect(state: Routes, _line: int) -> None:
            state.process().settings.pop(key, None)

        return effect

    return reader


def router_id(words: Words) -> Words:
    """`router-id <ip>`."""
    address(one(words))
    return words


def none(words: Words) -> Words:
    """No argument."""
    nothing(words)
    return ()


def seconds(low: int, high: int) -> Callable[[Words], Words]:
    """One number between two bounds."""
    return lambda words: (str(number(one(words), low, high)),)


def timers(words: Words) -> Words:
    """`keepalive <k> hold <h> [min-holdtime <m>]`: keepalive and hold, in seconds."""
    if words[:1] == ("connect-retry",):
        return ("connect-retry", *seconds(1, 65535)(words[1:]))
    if len(words) not in (4, 6) or words[0] != "keepalive" or words[2] != "hold":
        raise Unreadable("`keepalive <s> hold <s>` is expected")
    if words[4:5] not in ((), ("min-holdtime",)):
        raise Unreadable(f"{words[4]} is not expected here")
    hold = number(words[3], 0, 65535)
    if hold in (1, 2):
        raise Unreadable("a hold time is 0 or at least 3 seconds")
    return (str(number(words[1], 0, 21845)), str(hold))


def timer(words: Words) -> Effect[Routes]:
    """`timer keepalive 60 hold 180`, `timer connect-retry 32` of the process."""
    args = timers(words)
    key, kept = timer_setting(args)

    def effect(state: Routes, line: int) -> None:
        state.process().settings[key] = Setting(kept, line)

    return effect


def undo_timer(words: Words) -> Effect[Routes]:
    """Back to the defaults."""
    key = "connect" if words[:1] == ("connect-retry",) else "timers"

    def effect(state: Routes, _line: int) -> None:
        state.process().settings.pop(key, None)

    return effect


def timer_setting(args: Words) -> tuple[str, Words]:
    """Under which name what `timers` has read is kept."""
    return ("connect", args[1:]) if args[0] == "connect-retry" else ("timers", args)


# Groups and peers.


def add_group(words: Words) -> Effect[Routes]:
    """`group <name> [internal|external]`; without a word it is internal."""
    if len(words) not in (1, 2) or words[1:] not in ((), ("internal",), ("external",)):
        raise Unreadable("`group <name> [internal|external]` is expected")
    group, internal = name(words[0]), words[1:] != ("external",)
    if is_address(group):
        raise Unreadable(f"{group} cannot be the name of a group")

    def effect(state: Routes, line: int) -> None:
        peers = state.process().peers
        found = peers.setdefault(group, Peer(group, line, is_group=True, internal=internal))
        if found.internal != internal:
            raise Unreadable(f"{group} is there as a group of the other kind")

    return effect


def known(who: str) -> Effect[Routes]:
    """A line that changes nothing here; the peer must be there."""

    def effect(state: Routes, _line: int) -> None:
        state.process().peer(who)

    return effect


def sets(
    who: str, key: str, args: Words, family: Family | None, *, on: bool = True
) -> Effect[Routes]:
    """A setting of a peer or group, in one address family or of the session (None)."""

    def effect(state: Routes, line: int) -> None:
        found = state.process().peer(who)
        settings = found.settings if family is None else found.families[family]
        settings[key] = Setting(args, line, on)

    return effect


def drops(
    who: str, keys: tuple[str, ...], family: Family | None, *, named: str = ""
) -> Effect[Routes]:
    """Settings taken back; `named` is what the first of them must say, if it is not ""."""

    def effect(state: Routes, _line: int) -> None:
        found = state.process().peer(who)
        settings = found.settings if family is None else found.families[family]
        held = settings.get(keys[0])
        if named and held is not None and held.args[:1] != (named,):
            raise Unreadable(f"{held.args[0]} is bound here, not {named}")
        for key in keys:
            settings.pop(key, None)

    return effect
