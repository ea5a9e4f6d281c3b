"""SNMP: who may ask the device, with which protection, and where its notifications go.

The agent is off until a line gives somebody access. A user of a group that asks for more than the
user has cannot ask; a group without a list lets everybody ask, so does one whose list is missing.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from telemed_infra.management_plane import Snmp, SnmpLevel, SnmpTarget, SnmpUser
from telemed_infra.packets import UDP, Family, Ranges, intersect, ports
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import Said
from telemed_infra.parse.management.gates import widest

T = TypeVar("T")
_LEVELS = {
    "noauth": SnmpLevel.NONE, "auth": SnmpLevel.AUTHENTICATED, "priv": SnmpLevel.ENCRYPTED,
}  # fmt: skip
_STRENGTH = tuple(SnmpLevel)
_QUERIES = (ports(UDP, 161),)
_TRAPS = 162
_BOTH_OLD = frozenset(("v1", "v2c"))


class _Group(NamedTuple):
    name: str
    version: str
    level: SnmpLevel
    reads: str
    writes: str
    access: str


class _User(NamedTuple):
    name: str
    group: str
    version: str
    authentication: str
    authentication_secret: str
    privacy: str
    privacy_secret: str
    access: str


class _Community(NamedTuple):
    name: str
    writes: bool
    access: str


class _Target(NamedTuple):
    address: str
    version: str
    level: SnmpLevel
    user: str


def snmp(context: Context) -> Snmp:
    """The whole agent."""
    groups = _read(context, "snmp-server group", _group)
    users = {(one.name, one.group, one.version): (one, said)
             for one, said in _read(context, "snmp-server user", _user)}  # fmt: skip
    communities = _read(context, "snmp-server community", _community)
    made: list[SnmpUser] = []
    versions = _BOTH_OLD if communities else frozenset()
    writes = any(one.writes for one, _ in communities)
    sources = [_sources(context, one.access, said) for one, said in communities]
    for user, said in users.values():
        own = [pair for pair in groups if pair[0][:2] == (user.group, user.version)]
        if not own:
            context.refuse(said, f"there is no such group {user.group}")
            continue
        versions |= {user.version}
        writes |= any(group.writes for group, _ in own)
        weakest = min((group for group, _ in own), key=lambda one: _STRENGTH.index(one.level))
        if user.version == "v3":
            made.append(_as_user(user, weakest.level))
        of_user = _sources(context, user.access, said)
        sources += [_both(of_user, _sources(context, group.access, at)) for group, at in own]
    for group, said in groups:
        _check_views(context, group, said)
    return Snmp(
        versions=versions,
        users=frozenset(made),
        communities=frozenset(one.name for one, _ in communities),
        writes=writes,
        sources4=widest(sources) if sources else None,
        targets=_targets(context, {one.name for one in made}),
    )  # fmt: skip


def _as_user(user: _User, level: SnmpLevel) -> SnmpUser:
    return SnmpUser(
        name=user.name,
        group=user.group,
        level=level,
        authentication=user.authentication,
        authentication_secret=user.authentication_secret,
        privacy=user.privacy,
        privacy_secret=user.privacy_secret,
    )


def sends(context: Context) -> bool:
    """Whether any notification leaves the device."""
    return bool(context.said.all("snmp-server enable traps"))


def _targets(context: Context, users: set[str]) -> frozenset[SnmpTarget]:
    """Where notifications go: nowhere, until a line turns some on."""
    found = []
    for one, said in _read(context, "snmp-server host", _target):
        if one.version == "3" and one.user not in users:
            context.refuse(said, f"there is no user {one.user}")
        elif sends(context):
            found.append(SnmpTarget(one.address, one.user, one.level))
    return frozenset(found)


def _read(context: Context, head: str, meaning: Callable[[str], T]) -> list[tuple[T, Said]]:
    """What each line of one command means, with the line; what cannot be said is unread."""
    found = [(context.value(meaning, said), said) for said in context.said.all(head).values()]
    return [(one, said) for one, said in found if one is not None]


def _both(one: Ranges | None, other: Ranges | None) -> Ranges | None:
    if one is None or other is None:
        return other if one is None else one
    return intersect(one, other)


def _sources(context: Context, access: str, said: Said) -> Ranges | None:
    return context.sources(access, said.line, Family.V4, _QUERIES) if access else None


def _check_views(context: Context, group: _Group, said: Said) -> None:
    views = {text.split(" ")[0] for text in context.said.all("snmp-server view")}
    for view in filter(None, (group.reads, group.writes)):
        if view not in views:
            context.refuse(said, f"there is no view {view}")


def _access(words: Words) -> str:
    """`[ipv6 LIST] [LIST]`."""
    if words.take("ipv6"):
        words.word()
    return words.word() if words.rest else ""


def _group(text: str) -> _Group:
    """`G {v1 | v2c | v3 {noauth|auth|priv}} [read V] [write V] [notify V] [access …]`."""
    words = Words(text)
    name, version = words.word(), words.one_of("v1", "v2c", "v3")
    level = _LEVELS[words.one_of(*_LEVELS)] if version == "v3" else SnmpLevel.NONE
    views = {"context": "", "read": "", "write": "", "notify": ""}
    access = ""
    while words.rest:
        word = words.one_of(*views, "match", "access")
        if word == "access":
            access = _access(words)
            words.end()
        elif word == "match":
            words.one_of("exact")
        else:
            views[word] = words.word()
    return _Group(name, version, level, views["read"], views["write"], access)


def _user(text: str) -> _User:
    """`U G v3 [auth {md5|sha|sha-2 N} K [priv {des|3des|aes N} K]] [access …]`."""
    words = Words(text)
    name, group = words.word(), words.word()
    if words.take("remote"):
        raise Unreadable("users of another engine are not modelled")
    version = words.one_of("v1", "v2c", "v3")
    words.take("encrypted")
    digest = secret = cipher = key = access = ""
    if words.take("auth"):
        digest = words.one_of("md5", "sha", "sha-2")
        digest = f"sha-{words.one_of('224', '256', '384', '512')}" if digest == "sha-2" else digest
        secret = words.word()
    if digest and words.take("priv"):
        cipher = words.one_of("des", "des56", "3des", "aes")
        if cipher == "aes":
            cipher = f"aes-{words.one_of('128', '192', '256')}"
        cipher, key = "des" if cipher == "des56" else cipher, words.word()
    if words.take("access"):
        access = _access(words)
    words.end()
    return _User(name, group, version, digest, secret, cipher, key, access)


def _community(text: str) -> _Community:
    """`NAME [view V] [ro|rw] [ipv6 LIST] [LIST]`."""
    words = Words(text)
    name = words.word()
    if words.take("view"):
        words.word()
    writes = words.take("ro", "rw") == "rw"
    access = _access(words)
    words.end()
    return _Community(name, writes, access)


def _target(text: str) -> _Target:
    """`A [vrf V] [traps] [version {1 | 2c | 3 {noauth|auth|priv}}] USER [udp-port 162] [KINDS]`."""
    words = Words(text)
    address = words.address()
    if words.take("vrf"):
        words.word()
    if words.take("informs"):
        raise Unreadable("notifications that are answered are not modelled")
    words.take("traps")
    version, level = "1", SnmpLevel.NONE
    if words.take("version"):
        version = words.one_of("1", "2c", "3")
        level = _LEVELS[words.one_of(*_LEVELS)] if version == "3" else level
    user = words.word()
    if words.take("udp-port") and words.number(0, 65535) != _TRAPS:
        raise Unreadable("only the usual port is modelled")
    if words.rest:
        raise Unreadable("a choice of notifications is not modelled")
    return _Target(address, version, level, user)
