"""What the views of administration have in common: refusals, and values that platforms share.

A plan that asks a platform for what it has no words for is refused, so that nothing is left out in
silence.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from telemed_infra.compile.config import PortConfig, PortUse
from telemed_infra.management_plane import (
    AaaServer,
    Login,
    LogTarget,
    ManagementPlane,
    PortGuards,
    Snmp,
)
from telemed_infra.packets import Family, Ranges
from telemed_infra.plan.prefix import Prefix, address_text

Asked = TypeVar("Asked")
Written = TypeVar("Written")


def refusal(platform: str, field: str, why: str) -> ValueError:
    """What the view of a platform raises; `field` is that of the plane, or of a port's guards."""
    return ValueError(f"{platform}: {field}: {why}")


def word(
    words: Mapping[Asked, Written], asked: Asked, platform: str, field: str, name: str = ""
) -> Written:
    """The platform's word for a value.

    Raises:
        ValueError: it has none.
    """
    if asked not in words:
        raise refusal(platform, field, f"there are no words for {name or asked}")
    return words[asked]


def refuse_if(asked: object, platform: str, field: str) -> None:
    """Refuses what the platform cannot do at all, if it is asked for."""
    if asked:
        raise refusal(platform, field, "the platform does not know it")


def hosts_of(ranges: Ranges, family: Family) -> Iterator[Prefix]:
    """Ranges of addresses as prefixes: the fewest, and exactly these."""
    for low, last in ranges:
        first = low
        while first <= last:
            free = (first & -first).bit_length() - 1 if first else family.bits
            free = min(free, (last - first + 1).bit_length() - 1)
            yield Prefix(family, first, family.bits - free)
            first += 1 << free


def one_secret(servers: Sequence[AaaServer], platform: str, field: str) -> str:
    """The secret that all the servers share; a platform that has one word for all needs it."""
    secrets = {one.secret for one in servers}
    if len(secrets) > 1:
        raise refusal(platform, field, "its servers have different secrets")
    return servers[0].secret if servers else ""


def refuse_other_console(login: Login, platform: str) -> None:
    """Where console and network ask the same domain, they cannot ask differently."""
    if login.console != login.methods:
        raise refusal(platform, "login console", "the console asks as the network does")


def refuse_uneven_listeners(plane: ManagementPlane, platform: str) -> None:
    """What the lines take is what the device serves: else one of the two would lie."""
    if not plane.login.listeners <= plane.listeners:
        raise refusal(platform, "login listeners", "the lines take what the device does not serve")


def refuse_old_snmp(snmp: Snmp, platform: str) -> None:
    """Communities are clear text: no view writes one."""
    refuse_if(snmp.communities, platform, "snmp communities")
    if snmp.versions and snmp.versions != frozenset({"v3"}):
        raise refusal(platform, "snmp versions", "v3 alone is written")


def targets(syslog: Collection[LogTarget]) -> tuple[LogTarget, ...]:
    """In the order of their addresses, as numbers."""
    return tuple(sorted(syslog, key=lambda one: (by_number(one.address), one.port)))


def by_number(address: str) -> tuple[int, ...]:
    """A key that sorts IPv4 addresses as numbers, and leaves the others behind them."""
    parts = address.split(".")
    return tuple(map(int, parts)) if len(parts) == Family.V4 else (256, *map(ord, address))


def zone_name(minutes: int) -> str:
    """The name of a clock's zone that tells its offset, since some logs show nothing else."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"


def zone_offset(minutes: int) -> str:
    """`add 08:00:00`, as Huawei and H3C write it."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'minus' if minutes < 0 else 'add'} {hours:02d}:{rest:02d}:00"


def silence(seconds: int | None) -> str:
    """Minutes and seconds until a silent session ends; `0 0` is never."""
    return "{} {}".format(*divmod(seconds or 0, 60))


def whole_minutes(seconds: int, platform: str, field: str) -> int:
    """Minutes, where the platform counts no seconds."""
    if seconds % 60:
        raise refusal(platform, field, f"{seconds} s are no whole minutes")
    return seconds // 60


def wildcarded(one: Prefix) -> str:
    """An IPv4 source as Huawei and H3C list it: a single address has the wildcard 0."""
    text = address_text(one.family, one.first)
    wild = (1 << (one.family.bits - one.length)) - 1
    return f"{text} {address_text(one.family, wild) if wild else 0}"


# ---- ports --------------------------------------------------------------------------------------


def guarded_alike(guards: Collection[PortGuards], platform: str) -> bool:
    """Whether a switch shuts edge ports behind which a switch speaks, where that is told once.

    Raises:
        ValueError: one edge port has this guard and another has not, or a port has it that is none.
    """
    if any(one.bpdu_guard and not one.edge for one in guards):
        raise refusal(platform, "guards bpdu_guard", "only edge ports have it")
    edges = {one.bpdu_guard for one in guards if one.edge}
    if len(edges) > 1:
        raise refusal(platform, "guards bpdu_guard", "all edge ports of a switch have it, or none")
    return edges == {True}


def watched_vlans(ports: Iterable[PortConfig], platform: str) -> frozenset[int]:
    """The VLANs in which a switch watches DHCP, where that is told of VLANs and not of ports.

    A trunk that is watched carries watched VLANs alone; of one that is not, some may be.

    Raises:
        ValueError: a host's port is watched, and another one of its VLAN is not.
    """
    watched: set[int] = set()
    open_: set[int] = set()
    for one in ports:
        if one.use is PortUse.ACCESS:
            (watched if one.guards.snooped else open_).add(one.vlan)
        elif one.use is PortUse.TRUNK and one.guards.snooped:
            watched.update(one.vlans)
    for vlan in sorted(watched & open_):
        raise refusal(platform, "guards snooped", f"all ports of VLAN {vlan}, or none")
    return frozenset(watched)


def asks(one: PortGuards) -> bool:
    """Whether a port asks who plugs in."""
    return one.dot1x or one.mac_bypass


def refuse_unasked(
    guards: Collection[PortGuards], plane: ManagementPlane | None, platform: str
) -> None:
    """A port that asks who plugs in needs a server that knows.

    Raises:
        ValueError: there is none, or a port does without it that asks nobody.
    """
    if any(map(asks, guards)) and not (plane and plane.radius):
        raise refusal(platform, "radius", "ports ask who plugs in, and there is no server")
    if any(one.admits and not asks(one) for one in guards):
        raise refusal(platform, "guards admits", "only ports that ask who plugs in have it")
