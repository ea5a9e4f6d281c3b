"""What AAA of a Huawei device says of administrators and hosts, as far as it is bound.

Administrators whose name has no domain are judged by the domain `default_admin`; where a text has
none, by `default`. A scheme that a domain does not name has no effect, a template neither.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from dataclasses import replace

from telemed_infra.management_plane import AaaServer, Method
from telemed_infra.parse.management.judged import (
    Aaa,
    Look,
    aaa_servers,
    same_servers,
    server_places,
)
from telemed_infra.parse.management.state import Domain, Scheme
from telemed_infra.parse.vrp.management_aaa import DEFAULTS

PURPOSES = ("authentication", "authorization", "accounting")
BUILT_IN = frozenset({"default", "default_admin"})


def huawei_aaa(look: Look) -> Aaa:
    """What AAA says of administrators, as far as it is bound."""
    state = look.state
    wanted = state.admin_domain[0] or (
        "default_admin" if "default_admin" in state.domains else "default"
    )
    domain = state.domains.get(wanted)
    if domain is None and wanted not in BUILT_IN:
        look.add(state.admin_domain[1], f"there is no domain {wanted}")
    template = _template(domain, Method.TACACS, look)
    login = _asked(domain, "authentication", template, look)
    sessions = Method.TACACS in _asked(domain, "accounting", template, look)
    recorder = _recorder(look)
    scheme = template or recorder
    uses = [
        purpose
        for purpose, used in zip(
            PURPOSES,
            (Method.TACACS in login,
             Method.TACACS in _asked(domain, "authorization", template, look),
             sessions or recorder is not None),
            strict=True,
        )
        if used
    ]  # fmt: skip
    servers: tuple[AaaServer, ...] = ()
    if scheme is not None and uses:
        servers = aaa_servers(scheme, uses[0])
        same_servers(scheme, tuple(uses), look)
        if template is not None and recorder is not None and recorder is not template:
            look.add(state.command_records[1], "commands are told to other servers than logins")
    _accounts(domain or Domain(0), look)
    return Aaa(
        methods=login,
        authorization=_asked(domain, "authorization", template, look),
        sessions_accounted=sessions,
        commands_accounted=recorder is not None,
        tacacs=servers,
        places=server_places(state, Method.TACACS, scheme) if scheme and uses else (),
    )


def hosts_asked(title: str, line: int, look: Look) -> tuple[tuple[Method, ...], Scheme | None]:
    """How a domain judges hosts behind ports, and its RADIUS servers."""
    domain = look.state.domains.get(title)
    if domain is None and title not in BUILT_IN:
        look.add(line, f"there is no domain {title}")
    template = _template(domain, Method.RADIUS, look)
    asked = _asked(domain, "authentication", template, look)
    return asked, template if Method.RADIUS in asked else None


def _accounts(domain: Domain, look: Look) -> None:
    """An account that names a scheme or servers of its own must be asked as all others are."""
    for user in (one for one in look.state.users.values() if one.named):
        own = replace(domain, named={**domain.named, **user.named})
        known = len(look.complaints)
        if _login(own, look) != _login(domain, look) and len(look.complaints) == known:
            line = max(line for _, line in user.named.values())
            look.add(line, "the account is asked otherwise than the others")


def _login(domain: Domain, look: Look) -> tuple[tuple[Method, ...], tuple[AaaServer, ...]]:
    """How logins are judged in a domain, and the servers for it."""
    template = _template(domain, Method.TACACS, look)
    servers = aaa_servers(template, "authentication") if template else ()
    return _asked(domain, "authentication", template, look), servers


def _asked(
    domain: Domain | None, kind: str, template: Scheme | None, look: Look
) -> tuple[Method, ...]:
    """The methods of one kind in a domain; one that has no servers has no effect."""
    title, line = domain.named.get(kind, ("default", 0)) if domain else ("default", 0)
    held = look.state.method_lists.get((kind, title))
    if held is None:
        if title not in BUILT_IN:
            look.add(line, f"there is no {kind} scheme {title}")
        held = DEFAULTS.get(kind, ())
    able = template is not None and bool(template.servers.get(kind))
    needs = (Method.TACACS, Method.RADIUS)
    return tuple(one.method for one in held if one.method not in needs or able)


def _template(domain: Domain | None, method: Method, look: Look) -> Scheme | None:
    """The template of servers that a domain names, if there is one and the protocol is on."""
    kind = "hwtacacs-server" if method is Method.TACACS else "radius-server"
    if domain is None or kind not in domain.named:
        return None
    title, line = domain.named[kind]
    found = look.state.schemes.get((method, title))
    if found is None:
        look.add(line, f"there is no {kind} template {title}")
    return found if method is Method.RADIUS or look.state.tacacs_on else None


def _recorder(look: Look) -> Scheme | None:
    """The template to whose servers commands are told."""
    title, line = look.state.command_records
    if not title or not look.state.tacacs_on:
        return None
    asked = look.state.method_lists.get(("recording", title))
    found = look.state.schemes.get((Method.TACACS, asked[0].scheme)) if asked else None
    if found is None or not found.servers.get("accounting"):
        look.add(line, f"the recording scheme {title} names no accounting server")
        return None
    return found
