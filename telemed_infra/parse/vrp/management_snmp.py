"""SNMP of Huawei devices: versions, groups, users, communities, targets of notifications.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telemed_infra.management_plane import SnmpLevel
from telemed_infra.parse.management.state import (
    Community,
    Management,
    Place,
    Sent,
    SnmpGroup,
    SnmpPerson,
)
from telemed_infra.parse.vrp.arguments import name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.management_lists import list_name
from telemed_infra.parse.vrp.options import (
    Options,
    does,
    host,
    joined,
    keyword,
    options,
    place_of,
    secret,
    value,
)

LEVELS = {
    "noauthentication": SnmpLevel.NONE, "authentication": SnmpLevel.AUTHENTICATED,
    "privacy": SnmpLevel.ENCRYPTED,
}  # fmt: skip
ALGORITHMS = {
    "md5": "md5", "sha": "sha", "sha2-224": "sha-224", "sha2-256": "sha-256",
    "sha2-384": "sha-384", "sha2-512": "sha-512", "sha224": "sha-224", "sha256": "sha-256",
    "sha384": "sha-384", "sha512": "sha-512", "aes128": "aes-128", "aes192": "aes-192",
    "aes256": "aes-256", "des56": "des", "3des": "3des", "3des168": "3des",
}  # fmt: skip
VERSIONS = ("v1", "v2c", "v3")
TRAP_PORT = 162
PortName = Callable[[Words], str]


def snmp_on(words: Words) -> Effect[Any]:
    """`snmp-agent`."""
    nothing(words)
    return _snmp(lambda _state, _line: None)


def snmp_off(words: Words) -> Effect[Any]:
    """`undo snmp-agent`."""
    nothing(words)
    return does(lambda state, _line: setattr(state.snmp, "on", False))


def starts_snmp(_words: Words) -> Effect[Any]:
    """Any line of the agent starts it."""
    return _snmp(lambda _state, _line: None)


def snmp_versions(*, on: bool) -> Reader[Any]:
    """`snmp-agent sys-info version {all | {v1|v2c|v3}…}`; lines add up."""

    def reader(words: Words) -> Effect[Any]:
        if not words:
            raise Unreadable("a version is expected")
        chosen = VERSIONS if words == ("all",) else tuple(keyword(one, VERSIONS) for one in words)

        def change(state: Management, _line: int) -> None:
            state.snmp.versions.update(dict.fromkeys(chosen, on))

        return _snmp(change) if on else does(change)

    return reader


def snmp_group(words: Words) -> Effect[Any]:
    """`snmp-agent group v3 <g> [authentication|privacy|…] […-view <v>] [acl <n>]`."""
    if len(words) < 2:
        raise Unreadable("a version and a name are expected")
    version, title, rest = keyword(words[0], VERSIONS), name(words[1]), words[2:]
    level = SnmpLevel.NONE
    if rest and rest[0].lower() in LEVELS:
        level, rest = LEVELS[rest[0].lower()], rest[1:]
    found, filtered = _with_list(rest, {"read-view": 1, "write-view": 1, "notify-view": 1})
    writes = "write-view" in found

    def change(state: Management, line: int) -> None:
        state.snmp.groups[version, title] = SnmpGroup(line, level, writes, filtered)

    return _snmp(change)


def no_snmp_group(words: Words) -> Effect[Any]:
    """`undo snmp-agent group v3 <g> […]`."""
    if len(words) < 2:
        raise Unreadable("a version and a name are expected")
    key = keyword(words[0], VERSIONS), words[1]
    return does(lambda state, _line: state.snmp.groups.pop(key, None))


def snmp_user(words: Words) -> Effect[Any]:
    """`snmp-agent usm-user v3 <u> …`: a part a line, or as of old `<u> <group> [auth…] …`."""
    if len(words) < 2 or keyword(words[0], VERSIONS) != "v3":
        raise Unreadable("`v3` and a user are expected")
    who, rest = name(words[1]), words[2:]
    if not rest:  # as a device prints it, before the lines with its parts
        return _person(who)
    if rest[0] == "group" and len(rest) == 2:
        return _person(who, group=name(rest[1]))
    if rest[0] == "acl" and len(rest) == 2:
        return _person(who, filter=name(rest[1]))
    if rest[0] == "authentication-mode":
        return _person(who, authentication=_keyed(rest[1:]))
    if rest[0] == "privacy-mode":
        return _person(who, privacy=_keyed(rest[1:]))
    return _person(who, group=name(rest[0]), **user_parts(rest[1:]))


def user_parts(words: Words) -> dict[str, Any]:
    """`[cipher|simple] [authentication-mode <a> <s> [privacy-mode <p> <s>]] [acl <n>]`."""
    found: dict[str, Any] = {}
    if words and words[0].lower() in ("cipher", "simple"):
        words = words[1:]
    while words:
        meant = keyword(words[0], ("authentication-mode", "privacy-mode", "acl"))
        used = 2 if meant == "acl" else 3
        if meant != "acl" and words[2:3] and words[2].lower() in ("cipher", "simple"):
            used = 4
        if len(words) < used:
            raise Unreadable(f"a value is expected behind {meant}")
        if meant == "acl":
            found["filter"] = words[1]
        else:
            found[meant.removesuffix("-mode")] = _keyed(words[1:used])
        words = words[used:]
    return found


def no_snmp_user(words: Words) -> Effect[Any]:
    """`undo snmp-agent usm-user v3 <u> […]`."""
    if len(words) < 2:
        raise Unreadable("a version and a user are expected")
    who, part = words[1], words[2:3]
    blank: dict[tuple[str, ...], dict[str, Any]] = {
        ("group",): {"group": ""},
        ("acl",): {"filter": ""},
        ("authentication-mode",): {"authentication": ("", ""), "privacy": ("", "")},
        ("privacy-mode",): {"privacy": ("", "")},
    }
    if part in blank:
        return _person(who, **blank[part])
    return does(lambda state, _line: state.snmp.people.pop(who, None))


def community(words: Words) -> Effect[Any]:
    """`snmp-agent community {read|write} [cipher|simple] <c> [mib-view <v>] [acl <n>] […]`."""
    if len(words) < 2:
        raise Unreadable("a right and a community are expected")
    writes = keyword(words[0], ("read", "write")) == "write"
    title, rest = secret(words[1:])
    _, filtered = _with_list(rest, {"mib-view": 1, "alias": 1})

    def change(state: Management, line: int) -> None:
        state.snmp.communities[title] = Community(line, writes, filtered)

    return _snmp(change)


def no_community(words: Words) -> Effect[Any]:
    """`undo snmp-agent community [read|write] <c>`."""
    if not words:
        raise Unreadable("a community is expected")
    return does(lambda state, _line: state.snmp.communities.pop(words[-1], None))


def snmp_list(words: Words) -> Effect[Any]:
    """`snmp-agent acl [ipv6] <n>`: who may ask at all."""
    if words[:1] == ("ipv6",):
        return starts_snmp(words)
    title = one(words)

    def change(state: Management, line: int) -> None:
        state.snmp.filter, state.snmp.filter_line = title, line

    return _snmp(change)


def no_snmp_list(words: Words) -> Effect[Any]:
    """`undo snmp-agent acl`."""
    if words[:1] == ("ipv6",):
        return does(lambda _state, _line: None)
    return does(lambda state, _line: setattr(state.snmp, "filter", ""))


def snmp_source(port_name: PortName) -> Reader[Any]:
    """`snmp-agent trap source <interface>`, `snmp-agent protocol source-interface <interface>`."""

    def reader(words: Words) -> Effect[Any]:
        where = port_name(words)
        return _snmp(lambda state, _line: setattr(state.snmp, "source", where))

    return reader


def no_snmp_source(_words: Words) -> Effect[Any]:
    """Its undo."""
    return does(lambda state, _line: setattr(state.snmp, "source", ""))


def target(port_name: PortName) -> Reader[Any]:
    """`snmp-agent target-host {trap|inform} address udp-domain <a> […] params …`."""

    def reader(words: Words) -> Effect[Any]:
        if len(words) < 4:
            raise Unreadable("`trap address udp-domain` and an address are expected")
        keyword(words[0], ("trap", "inform"))
        keyword(words[1], ("address",))
        keyword(words[2], ("udp-domain", "ipv6"))
        return sent_to(words[3:], port_name)

    return reader


def sent_to(words: Words, port_name: PortName) -> Effect[Any]:
    """`<a> [udp-port <p>] [source <i>] [vpn-instance <v>] params securityname <u> […]`."""
    address, rest = host(words)
    at = place_of(rest, "params", 3)
    if at is None:
        raise Unreadable("`params securityname` and a user are expected")
    before = joined(rest[:at], "source", port_name)
    known = {"udp-port": 1, "source": 1, "public-net": 0, "vpn-instance": 1, "dscp": 1}
    found = options(before, known)
    if number(value(found, "udp-port") or str(TRAP_PORT), 0, 65535) != TRAP_PORT:
        raise Unreadable(f"notifications to another port than {TRAP_PORT} are not modelled")
    user, version, level = _security(rest[at + 1 :])
    instance = value(found, "vpn-instance")

    def change(state: Management, line: int) -> None:
        place = Place(line, "notifications", value(found, "source"), instance)
        state.snmp.targets[address, user] = Sent(place, address, user, level, version)

    return _snmp(change)


def no_target(words: Words) -> Effect[Any]:
    """`undo snmp-agent target-host … <a> … [securityname <u>]`."""
    places = [word for word in words if word[:1].isdigit() or ":" in word]
    user = words[words.index("securityname") + 1] if "securityname" in words[:-1] else ""
    if not places:
        raise Unreadable("an address is expected")
    address, _ = host((places[0],))

    def change(state: Management, _line: int) -> None:
        for key in list(state.snmp.targets):
            if key[0] == address and user in ("", key[1]):
                del state.snmp.targets[key]

    return does(change)


def _snmp(change: Any) -> Effect[Any]:
    def effect(state: Management, line: int) -> None:
        state.snmp.on = True
        change(state, line)

    return does(effect)


def _person(who: str, **parts: Any) -> Effect[Any]:
    def change(state: Management, line: int) -> None:
        person = state.snmp.people.setdefault(who, SnmpPerson(line))
        for attribute, part in parts.items():
            setattr(person, attribute, part)

    return _snmp(change)


def _keyed(words: Words) -> tuple[str, str]:
    """`<algorithm> [cipher|simple] [<secret>]`; a device asks for a secret that is not there."""
    algorithm = words[0].lower() if words else ""
    if algorithm not in ALGORITHMS:
        raise Unreadable(f"the algorithm {algorithm} is not known")
    held, rest = secret(words[1:]) if len(words) > 1 else ("", ())
    nothing(rest)
    return ALGORITHMS[algorithm], held


def _with_list(words: Words, known: dict[str, int]) -> tuple[Options, str]:
    """Options among them `acl <list>`, also `acl ipv6 <list>` and `acl name <list>`."""
    filtered = ""
    while (at := place_of(words, "acl", 2)) is not None:
        rest = words[at + 1 :]
        six = rest[:1] == ("ipv6",)
        rest = rest[1:] if six else rest
        rest = rest[1:] if rest[:1] == ("name",) else rest
        if not rest:
            raise Unreadable("a list is expected")
        filtered = filtered if six else list_name(rest[0], six=False)
        words = (*words[:at], *rest[1:])
    return options(words, known), filtered


def _security(words: Words) -> tuple[str, str, SnmpLevel]:
    """`securityname [cipher|simple] <u> [v1|v2c|v3 [authentication|privacy]] […]`."""
    if not words or keyword(words[0], ("securityname",)) == "":
        raise Unreadable("`securityname` and a user are expected")
    user, rest = secret(words[1:])
    version, level = "v1", SnmpLevel.NONE
    if rest and rest[0].lower() in VERSIONS:
        version, rest = rest[0].lower(), rest[1:]
    if rest and rest[0].lower() in LEVELS:
        level, rest = LEVELS[rest[0].lower()], rest[1:]
    options(rest, {"private-netmanager": 0, "notify-filter-profile": 1, "ext-vb": 0})
    return user, version, level
