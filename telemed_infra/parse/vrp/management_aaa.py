"""AAA of Huawei devices: schemes, domains, templates of servers.

Each reader takes the words after a command's head and returns the effect on the state; what is
bound of it stands in `management_bound`. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.management_plane import Method
from telemed_infra.parse.management.state import (
    Asked,
    AskedServer,
    Domain,
    Management,
    Scheme,
)
from telemed_infra.parse.vrp.arguments import interface, name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.management_access import source_interface
from telemed_infra.parse.vrp.options import does, host, options, secret, value

METHODS = {
    "hwtacacs": Method.TACACS, "radius": Method.RADIUS, "local": Method.LOCAL, "none": Method.NONE,
}  # fmt: skip
_RANKS = ("secondary", "third", "fourth")
_PORTS = {
    (Method.TACACS, "authentication"): 49, (Method.TACACS, "authorization"): 49,
    (Method.TACACS, "accounting"): 49, (Method.RADIUS, "authentication"): 1812,
    (Method.RADIUS, "accounting"): 1813,
}  # fmt: skip
DEFAULTS = {"authentication": (Asked(Method.LOCAL),), "authorization": (Asked(Method.LOCAL),)}
_WEIGHT = 80


def enter_methods(kind: str) -> Reader[Any]:
    """`{authentication|authorization|accounting|recording}-scheme <name>`, in the view of AAA."""

    def reader(words: Words) -> Effect[Any]:
        title = one(words)

        def change(state: Management, _line: int) -> None:
            state.method_list = kind, title
            state.method_lists.setdefault((kind, title), DEFAULTS.get(kind, ()))

        return does(change)

    return reader


def undo_methods(kind: str) -> Reader[Any]:
    """`undo …-scheme <name>`."""

    def reader(words: Words) -> Effect[Any]:
        title = one(words)
        return does(lambda state, _line: state.method_lists.pop((kind, title), None))

    return reader


def methods(kind: str) -> Reader[Any]:
    """`{authentication|authorization|accounting}-mode <method>…` in a scheme's view."""

    def reader(words: Words) -> Effect[Any]:
        if not words:
            raise Unreadable("a method is expected")
        for word in words:
            if word not in METHODS:
                raise Unreadable(f"the method {word} is not modelled")
        return _set_methods(kind, tuple(Asked(METHODS[word]) for word in words))

    return reader


def no_methods(kind: str) -> Reader[Any]:
    """`undo …-mode`."""

    def reader(_words: Words) -> Effect[Any]:
        return _set_methods(kind, DEFAULTS.get(kind, ()))

    return reader


def recording(words: Words) -> Effect[Any]:
    """`recording-mode hwtacacs <template>`: commands are told to its accounting servers."""
    if len(words) != 2 or words[0] != "hwtacacs":
        raise Unreadable("`hwtacacs` and a template are expected")
    return _set_methods("recording", (Asked(Method.TACACS, name(words[1])),))


def record_commands(words: Words) -> Effect[Any]:
    """`cmd recording-scheme <name>`."""
    title = one(words)
    return does(lambda state, line: setattr(state, "command_records", (title, line)))


def no_record_commands(_words: Words) -> Effect[Any]:
    """`undo cmd recording-scheme`."""
    return does(lambda state, _line: setattr(state, "command_records", ("", 0)))


def enter_domain(words: Words) -> Effect[Any]:
    """`domain <name>` in the view of AAA."""
    title = one(words)

    def change(state: Management, line: int) -> None:
        state.domains.setdefault(title, Domain(line))
        state.domain = title

    return does(change)


def undo_domain(words: Words) -> Effect[Any]:
    """`undo domain <name>`."""
    title = one(words)
    return does(lambda state, _line: state.domains.pop(title, None))


def admin_domain(words: Words) -> Effect[Any]:
    """`domain <name> admin`: which domain judges administrators; without `admin`, which others."""
    if words[1:] not in (("admin",), ()) or not words:
        raise Unreadable("a domain and `admin` are expected")
    title = name(words[0])
    if len(words) == 1:
        return does(lambda state, _line: setattr(state, "host_domain", title))
    return does(lambda state, line: setattr(state, "admin_domain", (title, line)))


def names_in_domain(kind: str) -> Reader[Any]:
    """A line of a domain that names a scheme or a template."""

    def reader(words: Words) -> Effect[Any]:
        title = one(words)

        def change(state: Management, line: int) -> None:
            state.domains[state.domain].named[kind] = title, line

        return does(change)

    return reader


def unnames_in_domain(kind: str) -> Reader[Any]:
    """Its undo."""

    def reader(_words: Words) -> Effect[Any]:
        return does(lambda state, _line: state.domains[state.domain].named.pop(kind, None))

    return reader


def enter_template(method: Method) -> Reader[Any]:
    """`{hwtacacs|radius}-server template <name>`."""

    def reader(words: Words) -> Effect[Any]:
        title = one(words)

        def change(state: Management, line: int) -> None:
            state.scheme = method, title
            state.schemes.setdefault((method, title), Scheme(line))

        return does(change)

    return reader


def undo_template(method: Method) -> Reader[Any]:
    """`undo {hwtacacs|radius}-server template <name>`."""

    def reader(words: Words) -> Effect[Any]:
        title = one(words)
        return does(lambda state, _line: state.schemes.pop((method, title), None))

    return reader


def server(method: Method, purpose: str) -> Reader[Any]:
    """`<head> <address> [<port>] [vpn-instance <v>] [secondary|third|…] […]` in a template."""

    def reader(words: Words) -> Effect[Any]:
        address, rest = host(words)
        rest = _usual_port(rest, _PORTS[method, purpose])
        rest, own = _own_secret(rest)
        rest, source = _own_source(rest)
        known = {"public-net": 0, "vpn-instance": 1, "weight": 1, "mux-mode": 0}
        found = options(rest, {**known, **dict.fromkeys(_RANKS, 0)})
        rank = next((at for at, word in enumerate(_RANKS, 1) if word in found), 0)
        if "weight" in found:
            rank -= (number(value(found, "weight"), 0, 100) - _WEIGHT) * 16
        instance = value(found, "vpn-instance")

        def change(state: Management, line: int) -> None:
            held = state.schemes[state.scheme].servers.setdefault(purpose, {})
            place = rank
            while method is Method.RADIUS and place in held and held[place].address != address:
                place += 1
            held[place] = AskedServer(address, line, own, source, instance)

        return does(change)

    return reader


def no_server(purpose: str) -> Reader[Any]:
    """`undo <head> [<address>] [secondary|…]`."""

    def reader(words: Words) -> Effect[Any]:
        address = next((word for word in words if word[:1].isdigit() or ":" in word), "")
        rank = next((at for at, word in enumerate(_RANKS, 1) if word in words), 0)

        def change(state: Management, _line: int) -> None:
            held = state.schemes[state.scheme].servers.get(purpose, {})
            for place, one_server in list(held.items()):
                if one_server.address == address if address else place == rank:
                    del held[place]

        return does(change)

    return reader


def shared_key(words: Words) -> Effect[Any]:
    """`{hwtacacs|radius}-server shared-key [cipher|simple] <secret>`."""
    found, rest = secret(words)
    nothing(rest)
    return _scheme(lambda scheme: scheme.secrets.__setitem__("", found))


def no_shared_key(_words: Words) -> Effect[Any]:
    """Its undo."""
    return _scheme(lambda scheme: scheme.secrets.pop("", None))


def source(words: Words) -> Effect[Any]:
    """`hwtacacs-server source-ip {<address> | source-loopback <n> | source-vlanif <n> | …}`."""
    if words[:1] in (("source-loopback",), ("source-vlanif",)) and len(words) == 2:
        kind = {"source-loopback": "LoopBack", "source-vlanif": "Vlanif"}[words[0]]
        words = (kind + words[1],)
    where = source_interface(words)
    return _scheme(lambda scheme: setattr(scheme, "source", where))


def no_source(_words: Words) -> Effect[Any]:
    """Its undo."""
    return _scheme(lambda scheme: setattr(scheme, "source", ""))


def _set_methods(kind: str, asked: tuple[Asked, ...]) -> Effect[Any]:
    def change(state: Management, _line: int) -> None:
        if state.method_list[0] != kind:
            raise Unreadable(f"the line belongs into another scheme than of {state.method_list[0]}")
        state.method_lists[state.method_list] = asked

    return does(change)


def _scheme(change: Any) -> Effect[Any]:
    return does(lambda state, _line: change(state.schemes[state.scheme]))


def _usual_port(words: Words, usual: int) -> Words:
    if words[:1] == ("port",):
        words = words[1:]
    if words and words[0].isdigit():
        if number(words[0], 1, 65535) != usual:
            raise Unreadable(f"a server at another port than {usual} is not modelled")
        return words[1:]
    return words


def _own_secret(words: Words) -> tuple[Words, str]:
    if "shared-key" not in words:
        return words, ""
    at = words.index("shared-key")
    found, rest = secret(words[at + 1 :])
    return (*words[:at], *rest), found


def _own_source(words: Words) -> tuple[Words, str]:
    """`source {ip-address <a> | <interface>}`, cut out of the words."""
    if "source" not in words:
        return words, ""
    at = words.index("source")
    rest = words[at + 1 :]
    if rest[:1] == ("ip-address",) and len(rest) > 1:
        return (*words[:at], *rest[2:]), source_interface(rest[1:2])
    used = 1 if rest and rest[0][-1:].isdigit() else 2
    return (*words[:at], *rest[used:]), interface(rest[:used])
