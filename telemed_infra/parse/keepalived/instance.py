"""`vrrp_instance` and `vrrp_sync_group`: what their words say."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_interface

from telemed_infra.packets import Family
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
    walk,
)
from telemed_infra.parse.keepalived.state import Instance, Keepalived, SyncGroup
from telemed_infra.parse.virtual_routers import NUMBER_MAX, PRIORITY_MAX, is_link_local

WEIGHT_MAX = 253
_HARMLESS = (
    "garp_master_delay", "garp_master_repeat", "garp_lower_prio_delay", "garp_lower_prio_repeat",
    "garp_master_refresh", "garp_master_refresh_repeat", "accept", "promote_secondaries",
    "debug", "smtp_alert", "notify", "notify_master", "notify_backup", "notify_fault",
    "notify_stop", "notify_master_rx_lower_pri", "notify_priority_changes", "native_ipv6",
    "lower_prio_no_advert", "higher_prio_send_advert", "skip_check_adv_addr",
    "kernel_rx_buf_size",
)  # fmt: skip
"""They tell others about a change, or how often; scripts are the administrator's own."""
_NOT_MODELLED = {
    "authentication": "whether the partner has the same secret is not compared: VRRP has none",
    "unicast_peer": "packets to single machines are not modelled: the filters let multicast pass",
    "unicast_src_ip": "packets to single machines are not modelled: the filters let multicast pass",
    "use_vmac": "packets would come in by an interface that no rule of the filter names",
    "use_ipvlan": "packets would come in by an interface that no rule of the filter names",
    "mcast_dst_ip": "the filters let the group of VRRP pass and no other",
    "mcast_src_ip": "the filters let the interface's own address pass",
    "virtual_routes": "routes that come and go with the addresses are not modelled",
    "virtual_rules": "rules that come and go with the addresses are not modelled",
    "track_script": "a script may answer anything",
    "track_file": "a file may say anything",
    "track_process": "processes are not modelled",
    "track_bfd": "BFD of keepalived is not modelled",
    "dont_track_primary": "a member whose own port is down would keep the address",
    "no_accept": "the machine would not answer at the address itself",
    "strict_mode": "strict mode drops what is sent to the addresses",
    "down_timer_adverts": "how long it waits for the other must be the same at both",
    "linkbeat_use_polling": "how an interface's state is found is not modelled",
}


def read_instance(state: Keepalived, reading: Reading) -> Callable[[Statement], None]:
    """`vrrp_instance NAME { … }`."""

    def reader(statement: Statement) -> None:
        name, body = one_name(statement), inside(statement)
        if name in state.instances:
            raise Unreadable(f"there is an instance {name} already")
        instance = state.instances[name] = Instance(name, statement.line)
        walk(body, _instance_table(instance, reading), reading)
        _check(instance, state, statement, reading)

    return reader


def read_group(state: Keepalived, reading: Reading) -> Callable[[Statement], None]:
    """`vrrp_sync_group NAME { group { … } … }`."""

    def reader(statement: Statement) -> None:
        name, body = one_name(statement), inside(statement)
        if name in state.groups:
            raise Unreadable(f"there is a group {name} already")
        group = state.groups[name] = SyncGroup(name, statement.line)

        def members(words: Statement) -> None:
            for each in inside(words):
                if each.body is not None:
                    raise Unreadable("names of instances are expected")
                reading.understood(each, inert=False)
                group.members.update(dict.fromkeys(each.words, each.line))

        def weighted(_words: Statement) -> None:
            group.weighted = True

        table: Table = {
            **dict.fromkeys(_HARMLESS, INERT),
            **_refusals(),
            "group": members,
            "track_interface": _tracks(group.tracked, reading),
            "sync_group_tracking_weight": weighted,
        }
        walk(body, table, reading)

    return reader


def one_name(statement: Statement) -> str:
    """The name of a block."""
    if len(statement.words) != 2:
        raise Unreadable("one name is expected")
    return statement.words[1]


def _check(instance: Instance, state: Keepalived, statement: Statement, reading: Reading) -> None:
    """What keepalived refuses only when it knows the whole instance."""
    for line, device in instance.devices.items():
        if device != instance.interface:
            reading.refuse(
                line, "an address on another interface than its instance's is not modelled"
            )
    if instance.told is Family.V6:
        instance.version = 3
    version = instance.version or state.version
    if not (instance.number and instance.interface):
        hide(statement, "an instance needs an `interface` and a `virtual_router_id`", reading)
        del state.instances[instance.name]
    elif version == 2 and (instance.advertised_ms or 1000) % 1000:
        hide(statement, "VRRP of version 2 counts whole seconds", reading)
        del state.instances[instance.name]


def _refusals() -> Table:
    def refuse(why: str) -> Callable[[Statement], None]:
        def reader(_statement: Statement) -> None:
            raise Unreadable(why)

        return reader

    return {word: refuse(why) for word, why in _NOT_MODELLED.items()}


def _instance_table(instance: Instance, reading: Reading) -> Table:
    def sets(name: str, read: Callable[[Statement], object]) -> Callable[[Statement], None]:
        return lambda statement: setattr(instance, name, read(statement))

    return {
        **dict.fromkeys(_HARMLESS, INERT),
        **_refusals(),
        "state": sets("master", _state),
        "wantstate": sets("master", _state),
        "interface": sets("interface", one),
        "virtual_router_id": sets("number", lambda words: number(one(words), 1, NUMBER_MAX)),
        "priority": sets("priority", lambda words: number(one(words), 1, PRIORITY_MAX)),
        "advert_int": sets("advertised_ms", _milliseconds),
        "version": sets("version", lambda words: number(one(words), 2, 3)),
        "nopreempt": sets("preempts", lambda words: _bare(words, value=False)),
        "preempt": sets("preempts", lambda words: _bare(words, value=True)),
        "preempt_delay": sets("preempt_s", _seconds),
        "track_interface": _tracks(instance.tracked, reading),
        "virtual_ipaddress": _addresses(instance, reading, told=True),
        "virtual_ipaddress_excluded": _addresses(instance, reading, told=False),
    }


def _bare(statement: Statement, *, value: object) -> object:
    if len(statement.words) != 1:
        raise Unreadable(f"{statement.words[1]} is not expected here")
    return value


def _state(statement: Statement) -> bool:
    word = one(statement)
    if word not in ("MASTER", "BACKUP"):
        raise Unreadable("`MASTER` or `BACKUP` is expected")
    return word == "MASTER"


def _fraction(statement: Statement) -> float:
    word = one(statement)
    if not word.replace(".", "", 1).isdecimal() or len(word) > 10:
        raise Unreadable(f"{word} is not a number of seconds")
    return float(word)


def _milliseconds(statement: Statement) -> int:
    found = round(1000 * _fraction(statement))
    if not 10 <= found <= 255_000:
        raise Unreadable("the interval is between 0.01 and 255 seconds")
    return found


def _seconds(statement: Statement) -> int:
    found = _fraction(statement)
    if found != int(found) or found > 1000:
        raise Unreadable("whole seconds, 1000 at most, are expected")
    return int(found)


def _tracks(tracked: dict[str, int], reading: Reading) -> Callable[[Statement], None]:
    """`track_interface { X [weight N] … }`."""

    def reader(statement: Statement) -> None:
        for each in inside(statement):
            try:
                name, weight = _weighted(each)
            except Unreadable as error:
                hide(each, str(error), reading)
                continue
            reading.understood(each, inert=False)
            tracked[name] = weight

    return reader


def _weighted(statement: Statement) -> tuple[str, int]:
    words = statement.words
    if (
        statement.body is not None
        or len(words) not in (1, 3)
        or words[1:2] not in ((), ("weight",))
    ):
        raise Unreadable("an interface, or `weight` and a number behind it, are expected")
    return words[0], number(words[2], -WEIGHT_MAX, WEIGHT_MAX) if len(words) == 3 else 0


# Addresses ---------------------------------------------------------------------------------------

_WITH_VALUE = frozenset({"brd", "broadcast", "dev", "scope", "label", "preferred_lft"})
_BARE = frozenset({"home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin"})


def _addresses(instance: Instance, reading: Reading, *, told: bool) -> Callable[[Statement], None]:
    """`A[/LEN] [dev X] [scope S] …`, one a line."""

    def reader(statement: Statement) -> None:
        for each in inside(statement):
            try:
                _address(instance, each, told=told)
            except Unreadable as error:
                hide(each, str(error), reading)
                continue
            reading.understood(each, inert=False)

    return reader


def _address(instance: Instance, statement: Statement, *, told: bool) -> None:
    try:
        found = ip_interface(statement.words[0])
    except ValueError:
        raise Unreadable(f"{statement.words[0]} is not an address") from None
    device = _options(statement.words[1:])
    if device:
        instance.devices[statement.line] = device
    family, value = Family(found.version), int(found.ip)
    if told and instance.told not in (None, family):
        raise Unreadable("the addresses of an instance are of one family; exclude the others")
    known = instance.addresses.setdefault(family, [])
    if told and family is Family.V6 and not known and not is_link_local(value):
        raise Unreadable("the first address of an IPv6 instance is one of the link (fe80::/10)")
    if told:
        instance.told = family
    if value not in known:
        known.append(value)


def _options(words: tuple[str, ...]) -> str:
    """The interface that the words behind an address name, or ""."""
    rest = iter(words)
    device = ""
    for word in rest:
        if word in _WITH_VALUE:
            value = next(rest, "")
            if not value:
                raise Unreadable(f"a value is expected after `{word}`")
            if word == "preferred_lft" and value == "0":
                raise Unreadable("an address that is deprecated from the start is not modelled")
            device = value if word == "dev" else device
        elif word not in _BARE:
            raise Unreadable(f"what `{word}` does to an address is not modelled")
    return device
