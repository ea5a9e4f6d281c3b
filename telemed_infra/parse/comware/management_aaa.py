"""AAA of Comware devices: schemes of servers, domains; and what is bound of it.

Users whose name has no domain are judged by the default domain: `domain default enable`, else
`system`. What a domain does not say for a kind of user, its default says; else users are local.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telemed_infra.management_plane import AaaServer, Method
from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.management.judged import Aaa, Look, aaa_servers, server_places
from telemed_infra.parse.management.state import (
    Asked,
    AskedServer,
    Domain,
    Management,
    Scheme,
)
from telemed_infra.parse.vrp.arguments import name, nothing, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.options import does, host, options, secret, value

SYSTEM_DOMAIN = "system"
PURPOSES = ("authentication", "authorization", "accounting")
_SUBJECTS = ("login", "command", "default", "lan-access", "super", "portal", "ppp", "advpn", "ike")
_METHODS = ("hwtacacs-scheme", "radius-scheme", "ldap-scheme", "local", "none")
_PORTS = {
    (Method.RADIUS, "authentication"): 1812, (Method.RADIUS, "accounting"): 1813,
}  # fmt: skip
_LOCAL = (Asked(Method.LOCAL),)


def enter_scheme(method: Method) -> Reader[Any]:
    """`{hwtacacs|radius} scheme <name>`; names know no case."""

    def reader(words: Words) -> Effect[Any]:
        title = _title(words)

        def change(state: Management, line: int) -> None:
            state.scheme = method, title
            state.schemes.setdefault((method, title), Scheme(line))

        return does(change)

    return reader


def undo_scheme(method: Method) -> Reader[Any]:
    """`undo {hwtacacs|radius} scheme <name>`."""

    def reader(words: Words) -> Effect[Any]:
        title = _title(words)
        return does(lambda state, _line: state.schemes.pop((method, title), None))

    return reader


def server(*, first: bool) -> Reader[Any]:
    """`{primary|secondary} {authentication|authorization|accounting} <a> [<port>] […]`."""

    def reader(words: Words) -> Effect[Any]:
        if not words:
            raise Unreadable("what for is expected")
        purpose = keyword(words[0], PURPOSES)
        address, rest = host(words[1:])
        port, rest = (
            (number(rest[0], 1, 65535), rest[1:]) if rest and rest[0].isdigit() else (0, rest)
        )
        rest, own = _own_secret(rest)
        found = options(rest, {"single-connection": 0, "vpn-instance": 1, "weight": 1,
                               "test-profile": 1})  # fmt: skip
        instance = value(found, "vpn-instance")

        def change(state: Management, line: int) -> None:
            method, _ = state.scheme
            usual = _PORTS.get((method, purpose), 49)
            if port not in (0, usual):
                raise Unreadable(f"a server at another port than {usual} is not modelled")
            held = state.schemes[state.scheme].servers.setdefault(purpose, {})
            known = [rank for rank, one in held.items() if rank and one.address == address]
            rank = 0 if first else (known or [max(held, default=0) + 1])[0]
            held[rank] = AskedServer(address, line, own, "", instance)

        return does(change)

    return reader


def no_server(*, first: bool) -> Reader[Any]:
    """`undo {primary|secondary} <purpose> [<a>]`."""

    def reader(words: Words) -> Effect[Any]:
        if not words:
            raise Unreadable("what for is expected")
        purpose = keyword(words[0], PURPOSES)
        address = host(words[1:])[0] if len(words) > 1 else ""

        def change(state: Management, _line: int) -> None:
            held = state.schemes[state.scheme].servers.get(purpose, {})
            for rank, one in list(held.items()):
                if (rank == 0) == first and address in ("", one.address):
                    del held[rank]

        return does(change)

    return reader


def scheme_key(words: Words) -> Effect[Any]:
    """`key {authentication|authorization|accounting} {cipher|simple} <secret>`."""
    if not words:
        raise Unreadable("what for is expected")
    purpose = keyword(words[0], PURPOSES)
    found, rest = secret(words[1:])
    nothing(rest)
    return _scheme(lambda scheme: scheme.secrets.__setitem__(purpose, found))


def no_scheme_key(words: Words) -> Effect[Any]:
    """`undo key <purpose>`."""
    purpose = keyword((*words, "")[0], PURPOSES)
    return _scheme(lambda scheme: scheme.secrets.pop(purpose, None))


def scheme_source(port_name: Callable[[Words], str]) -> Reader[Any]:
    """`nas-ip {<a> | interface <i>}`, also `source-ip`."""

    def reader(words: Words) -> Effect[Any]:
        where = source_of(words, port_name)
        return _scheme(lambda scheme: setattr(scheme, "source", where))

    return reader


def no_scheme_source(_words: Words) -> Effect[Any]:
    """Its undo."""
    return _scheme(lambda scheme: setattr(scheme, "source", ""))


def scheme_instance(words: Words) -> Effect[Any]:
    """`vpn-instance <v>`."""
    if len(words) != 1:
        raise Unreadable("one VPN instance is expected")
    return _scheme(lambda scheme: setattr(scheme, "instance", words[0]))


def common_source(method: Method, port_name: Callable[[Words], str]) -> Reader[Any]:
    """`{hwtacacs|radius} nas-ip {<a> | interface <i>}`, for schemes that tell none."""

    def reader(words: Words) -> Effect[Any]:
        where = source_of(words, port_name)
        return does(lambda state, _line: state.sources.__setitem__(method, where))

    return reader


def no_common_source(method: Method) -> Reader[Any]:
    """Its undo."""

    def reader(_words: Words) -> Effect[Any]:
        return does(lambda state, _line: state.sources.pop(method, None))

    return reader


def source_of(words: Words, port_name: Callable[[Words], str]) -> str:
    """An address, or `interface` and a name."""
    if len(words) > 1 and "interface".startswith(words[0].lower()):
        return port_name(words[1:])
    address, rest = host(words)
    nothing(rest)
    return address


def enter_domain(words: Words) -> Effect[Any]:
    """`domain [name] <d>`; names know no case."""
    title = _title(words[1:] if words[:1] == ("name",) else words)

    def change(state: Management, line: int) -> None:
        state.domains.setdefault(title, Domain(line))
        state.domain = title

    return does(change)


def undo_domain(words: Words) -> Effect[Any]:
    """`undo domain [name] <d>`."""
    title = _title(words[1:] if words[:1] == ("name",) else words)
    return does(lambda state, _line: state.domains.pop(title, None))


def default_domain(words: Words) -> Effect[Any]:
    """`domain default enable <d>`."""
    title = _title(words)
    return does(lambda state, line: setattr(state, "admin_domain", (title, line)))


def no_default_domain(_words: Words) -> Effect[Any]:
    """`undo domain default enable`."""
    return does(lambda state, _line: setattr(state, "admin_domain", ("", 0)))


def asks(kind: str) -> Reader[Any]:
    """`{authentication|authorization|accounting} <subject> <method>…` in the view of a domain."""

    def reader(words: Words) -> Effect[Any]:
        if len(words) < 2:
            raise Unreadable("a kind of user and a method are expected")
        subject, rest = keyword(words[0], _SUBJECTS), words[1:]
        found: list[Asked] = []
        while rest:
            meant = keyword(rest[0], _METHODS)
            if meant in ("local", "none"):
                found.append(Asked(Method.LOCAL if meant == "local" else Method.NONE))
                rest = rest[1:]
                continue
            if len(rest) < 2 or meant == "ldap-scheme":
                raise Unreadable(f"{meant} is not modelled, or its name is missing")
            method = Method.TACACS if meant == "hwtacacs-scheme" else Method.RADIUS
            found.append(Asked(method, rest[1].lower()))
            rest = rest[2:]

        def change(state: Management, line: int) -> None:
            state.domains[state.domain].asked[f"{kind} {subject}"] = tuple(found), line

        return does(change)

    return reader


def no_asks(kind: str) -> Reader[Any]:
    """Its undo."""

    def reader(words: Words) -> Effect[Any]:
        subject = keyword((*words, "")[0], _SUBJECTS)
        return does(
            lambda state, _line: state.domains[state.domain].asked.pop(f"{kind} {subject}", None)
        )

    return reader


def comware_aaa(look: Look) -> Aaa:
    """What AAA says of administrators, as far as it is bound."""
    domain = _domain(look, *(look.state.admin_domain))
    login = asked(domain, "authentication", "login", look)
    allowed = asked(domain, "authorization", "login", look)
    sessions = asked(domain, "accounting", "login", look)
    commands = asked(domain, "accounting", "command", look)
    lists = {"authentication": login, "authorization": allowed}
    told = {"sessions": sessions, "commands": commands}
    found: dict[tuple[AaaServer, ...], Scheme] = {}
    for purpose, several in (*lists.items(), *(("accounting", one) for one in told.values())):
        for one in several:
            scheme = look.state.schemes[one.method, one.scheme] if one.scheme else None
            if scheme is not None and one.method is Method.TACACS:
                servers = aaa_servers(scheme, purpose)
                if found and servers not in found:
                    look.add(scheme.line, f"the servers for {purpose} are not those for logins")
                found.setdefault(servers, scheme)
    places = [server_places(look.state, Method.TACACS, scheme) for scheme in found.values()]
    return Aaa(
        methods=tuple(one.method for one in login),
        authorization=tuple(one.method for one in allowed),
        sessions_accounted=_told(sessions),
        commands_accounted=_told(commands),
        tacacs=next(iter(found), ()),
        places=places[0] if places else (),
    )


def hosts_asked(title: str, line: int, look: Look) -> tuple[tuple[Method, ...], Scheme | None]:
    """How a domain ("": the default one) judges hosts behind ports, and its RADIUS servers."""
    wanted = (title.lower(), line) if title else look.state.admin_domain
    found = asked(_domain(look, *wanted), "authentication", "lan-access", look)
    named = [one for one in found if one.method is Method.RADIUS]
    scheme = look.state.schemes[Method.RADIUS, named[0].scheme] if named else None
    return tuple(one.method for one in found), scheme


def asked(domain: Domain | None, kind: str, subject: str, look: Look) -> tuple[Asked, ...]:
    """The methods of one kind for one kind of user; one that has no servers has no effect."""
    held = domain.asked if domain else {}
    said, line = held.get(f"{kind} {subject}") or held.get(f"{kind} default") or (_LOCAL, 0)
    found = []
    for one in said:
        scheme = look.state.schemes.get((one.method, one.scheme))
        if one.scheme and scheme is None:
            look.add(line, f"there is no scheme {one.scheme}")
        elif not one.scheme or (scheme is not None and scheme.servers.get(kind)):
            found.append(one)
    return tuple(found)


def _domain(look: Look, title: str, line: int) -> Domain | None:
    found = look.state.domains.get(title or SYSTEM_DOMAIN)
    if found is None and title not in ("", SYSTEM_DOMAIN):
        look.add(line, f"there is no domain {title}")
    return found


def _told(methods: tuple[Asked, ...]) -> bool:
    """Whether a server hears of it first."""
    return bool(methods) and methods[0].method in (Method.TACACS, Method.RADIUS)


def _title(words: Words) -> str:
    if len(words) != 1:
        raise Unreadable("one name is expected")
    return name(words[0]).lower()


def _scheme(change: Any) -> Effect[Any]:
    return does(lambda state, _line: change(state.schemes[state.scheme]))


def _own_secret(words: Words) -> tuple[Words, str]:
    at = next((at for at, word in enumerate(words) if word.lower() == "key"), None)
    if at is None:
        return words, ""
    found, rest = secret(words[at + 1 :])
    return (*words[:at], *rest), found
