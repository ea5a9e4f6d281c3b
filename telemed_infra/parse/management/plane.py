"""The management plane of one text: what its lines built up, with what the platform does else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from telemed_infra.management_plane import (
    AaaServer,
    Account,
    Collector,
    Listener,
    Lockout,
    ManagementPlane,
    Ntp,
    Passwords,
    Snmp,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
    Syslog,
)
from telemed_infra.packets import UDP
from telemed_infra.parse.management.gates import widest
from telemed_infra.parse.management.judged import AaaReader, Look
from telemed_infra.parse.management.lines import Service, both, login, references
from telemed_infra.parse.management.state import (
    Management,
    Place,
    Platform,
    SnmpPerson,
    User,
)

BEFORE_LOGIN = ("legal", "motd", "login")
"""Texts that a device shows before it asks for a name."""
EVERYTHING = ("network-admin", "level-15", "system-admin", "mdc-admin", "context-admin")
_READS = {"network-operator": 1, "mdc-operator": 1, "context-operator": 1, "device-admin": 14}
SNMP = Service(UDP, 161)


class Found(NamedTuple):
    """The plane, and the lines whose meaning cannot be said."""

    plane: ManagementPlane
    complaints: tuple[tuple[int, str], ...]


def management_plane(
    state: Management,
    platform: Platform,
    read_aaa: AaaReader,
    addresses: Mapping[str, tuple[str, ...]],
    talkers: Iterable[str],
    radius: tuple[AaaServer, ...] = (),
    asked: tuple[Place, ...] = (),
) -> Found:
    """The plane of a text whose lines are all read.

    `addresses` are those of the interfaces; `talkers` the ports that could speak to a neighbour;
    `radius` the servers for hosts behind ports, `asked` from where they are spoken to.
    """
    look = Look(state, platform)
    aaa = read_aaa(look)
    source, look.instance = _source(look, (*aaa.places, *asked), addresses)
    references(look)
    listeners = _listeners(state, platform)
    return Found(
        ManagementPlane(
            listeners=listeners,
            discovery=_discovers(state, platform, talkers),
            login=login(look, aaa, listeners),
            tacacs=aaa.tacacs,
            accounts=_accounts(state),
            passwords=_passwords(state),
            lockout=_lockout(state),
            banner=_banner(state),
            snmp=_snmp(look),
            ntp=_ntp(look),
            syslog=_syslog(look),
            flows=_flows(state),
            zone_minutes=state.zone_minutes,
            source=source,
            table=look.instance,
            radius=radius,
        ),
        tuple(look.complaints),
    )


def _listeners(state: Management, platform: Platform) -> frozenset[Listener]:
    found = set(platform.listeners)
    for (listener, family), on in state.listeners.items():
        if family == 4 and not on:
            found.discard(listener)
    found |= {listener for (listener, _), on in state.listeners.items() if on}
    return frozenset(one for one in found if state.listens_at.get(one, {""}))


def _discovers(state: Management, platform: Platform, talkers: Iterable[str]) -> bool:
    on = platform.discovery if state.discovery is None else state.discovery
    named = tuple(talkers)
    talks = state.talks
    silent = all(name in talks and talks[name].discovery is False for name in named)
    return on and not (named and silent)


def _source(
    look: Look, asked: tuple[Place, ...], addresses: Mapping[str, tuple[str, ...]]
) -> tuple[str, str]:
    """The interface that all clients speak from, and the VPN instance that they speak in."""
    state = look.state
    places = [*asked, *_places(look)]
    owners = {one.partition("/")[0]: name for name, held in addresses.items() for one in held}
    told = [(owners.get(one.source, one.source), one) for one in places]
    source = next((name for name, _ in told if name), "")
    inside = dict.fromkeys(one.instance for one in places)
    nowhere_else = {
        instance: source
        for instance in inside
        if _addressed(state, addresses, instance) == [source]
    }
    _agree([(name or nowhere_else.get(one.instance, ""), one) for name, one in told], look)
    bound = state.talks[source].instance if source in state.talks else ""
    for place in places:
        instance = place.instance
        if instance and instance not in state.instances:
            look.add(place.line, f"there is no VPN instance {instance}")
        elif source and bound != instance:
            table = f"VPN instance {instance}" if instance else "the public network"
            look.add(place.line, f"{place.what}: reached in {table}, {source} is not in it")
        elif len(inside) > 1 and not source:
            look.add(place.line, "the clients speak in different VPN instances")
    return source, next(iter(inside), "")


def _addressed(
    state: Management, addresses: Mapping[str, tuple[str, ...]], instance: str
) -> list[str]:
    """The interfaces with an address in a VPN instance: of one alone, nothing else is a source."""
    return [
        name
        for name, held in addresses.items()
        if held and (state.talks[name].instance if name in state.talks else "") == instance
    ]


def _agree(speakers: list[tuple[str, Place]], look: Look) -> None:
    """Complain of clients that tell no source while others do; else of all but the first."""
    names = sorted({name for name, _ in speakers if name})
    wanted = next((name for name, _ in speakers if name), "")
    silent = [place for name, place in speakers if not name]
    others = [place for name, place in speakers if name != wanted]
    for place in (silent or others) if wanted else ():
        own = f"speaks from {place.source}" if place.source else "tells no source"
        others_from = " and ".join(names)
        look.add(place.line, f"{place.what}: {own}, while the clients speak from {others_from}")


def _places(look: Look) -> list[Place]:
    """The clients that are on, but those of AAA."""
    state = look.state
    found: list[Place] = []
    if _in_time(look):
        found += (_told(place, state.ntp.source) for _, place in state.ntp.servers.values())
    syslog = state.syslog
    if syslog.on:
        found += (_told(place, syslog.source) for _, place, _ in syslog.targets.values())
    if state.snmp.on:
        found += (_told(sent.place, state.snmp.source) for sent in state.snmp.targets.values())
    if _exports(state):
        found += (_told(place, state.flow_source) for _, place in state.flows.values())
    return found


def _told(place: Place, common: str) -> Place:
    return place if place.source or not common else place._replace(source=common)


def _accounts(state: Management) -> frozenset[Account]:
    return frozenset(
        Account(
            name=name,
            level=_level(user),
            services=frozenset(_services(user)),
            secret=user.secret,
        )
        for name, user in state.users.items()
        if not user.blocked
    )  # fmt: skip


def _level(user: User) -> int:
    if user.level is not None:
        return user.level
    levels = [0]
    for role in user.roles:
        numbered = role.removeprefix("level-")
        if role in EVERYTHING:
            levels.append(15)
        elif numbered.isdigit():
            levels.append(int(numbered))
        else:
            levels.append(_READS.get(role, 15))
    return max(levels)


def _services(user: User) -> set[Listener]:
    if user.services is not None:
        return user.services
    return {Listener.SSH, Listener.TELNET, Listener.FTP, Listener.HTTP, Listener.CONSOLE}


def _passwords(state: Management) -> Passwords:
    said = state.passwords
    if not said.on:
        return Passwords()
    kept = {subject: value for subject, value in said.rules.items() if subject not in said.off}
    return Passwords(
        length_min=kept.get("length", 0),
        kinds_min=kept.get("kinds", 0),
        history=kept.get("history", 0),
        lifetime_days=kept.get("aging", 0),
    )


def _lockout(state: Management) -> Lockout:
    said = state.passwords
    if not said.lock_on or said.lockout is None:
        return Lockout(0, 0)
    return Lockout(*said.lockout) if said.lockout[0] else Lockout(0, 0)


def _banner(state: Management) -> str:
    """All that is shown, in the order in which it is."""
    return "\n".join(state.banners[when][0] for when in BEFORE_LOGIN if when in state.banners)


def _snmp(look: Look) -> Snmp:
    said = look.state.snmp
    if not said.on:
        return Snmp(versions=frozenset())
    versions = set(look.platform.snmp_versions)
    for version, on in said.versions.items():
        (versions.add if on else versions.discard)(version)
    users: set[SnmpUser] = set()
    everyone = (said.filter, said.filter_line)
    lists = [[everyone, (one.filter, one.line)] for one in said.communities.values()]
    writes = any(community.writes for community in said.communities.values())
    for name, person in said.people.items():
        group = said.groups.get(("v3", person.group))
        if group is None:
            none = f"there is no SNMPv3 group {person.group}"
            look.add(person.line, none if person.group else f"the user {name} is in no group")
            continue
        writes = writes or group.writes
        users.add(_snmp_user(name, person, group.level))
        lists.append([everyone, (group.filter, group.line), (person.filter, person.line)])
    return Snmp(
        versions=frozenset(versions),
        users=frozenset(users),
        communities=frozenset(said.communities),
        writes=writes,
        sources4=widest(both(one, look, SNMP) for one in lists or [[everyone]]),
        targets=_targets(look),
    )


def _snmp_user(name: str, person: SnmpPerson, level: SnmpLevel) -> SnmpUser:
    return SnmpUser(name, person.group, level, *person.authentication, *person.privacy)


def _targets(look: Look) -> frozenset[SnmpTarget]:
    found: set[SnmpTarget] = set()
    for sent in look.state.snmp.targets.values():
        if sent.version == "v3" and sent.user not in look.state.snmp.people:
            look.add(sent.place.line, f"there is no SNMP user {sent.user}: nothing is sent")
            continue
        found.add(SnmpTarget(sent.address, sent.user, sent.level))
    return frozenset(found)


def _ntp(look: Look) -> Ntp:
    said = look.state.ntp
    return Ntp(
        authenticated=said.authenticated,
        keys=frozenset(said.keys.values()),
        trusted=frozenset(said.trusted),
        servers=frozenset(
            server for server, _ in said.servers.values() if _in_time(look)
        ),
    )  # fmt: skip


def _in_time(look: Look) -> bool:
    """Whether the device asks its servers for the time."""
    on = look.state.ntp.on
    return look.platform.ntp_on if on is None else on


def _syslog(look: Look) -> Syslog:
    said = look.state.syslog
    for _, place, policy in said.targets.values() if said.on else ():
        if policy and policy not in look.state.tls_policies:
            look.add(place.line, f"there is no TLS policy {policy}: nothing is sent")
    return Syslog(
        targets=frozenset(target for target, _, _ in said.targets.values() if said.on),
        dated=look.platform.log_dated if said.dated is None else said.dated,
        zoned=said.dated is not False
        and (look.platform.log_zoned if said.zoned is None else said.zoned),
    )


def _exports(state: Management) -> bool:
    """Records are made only of what passes an interface that is told to count."""
    return any(talk.flows for talk in state.talks.values())


def _flows(state: Management) -> frozenset[Collector]:
    return frozenset(one for one, _ in state.flows.values() if _exports(state))
