"""Who may log in to a Huawei device, and how: servers, lines, accounts, rules for passwords.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.management_plane import Listener
from telemed_infra.parse.management.state import NEVER, Lines, Management, User
from telemed_infra.parse.vrp.arguments import interface, name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.management_lists import list_name
from telemed_infra.parse.vrp.options import does, keyword, secret

SERVICES = {
    "terminal": Listener.CONSOLE, "ssh": Listener.SSH, "telnet": Listener.TELNET,
    "ftp": Listener.FTP, "http": Listener.HTTP, "https": Listener.HTTPS, "web": Listener.HTTPS,
    "api": Listener.NETCONF,
}  # fmt: skip
INBOUND = {
    "all": frozenset({Listener.SSH, Listener.TELNET}),
    "ssh": frozenset({Listener.SSH}),
    "telnet": frozenset({Listener.TELNET}),
}
_ROLES = {"system-admin": 15}


def listens(listener: Listener, *, on: bool, family: int = 4) -> Reader[Any]:
    """`{…} server enable`, or its undo."""

    def change(state: Management, _line: int) -> None:
        state.listeners[listener, family] = on

    effect = does(change)

    def reader(words: Words) -> Effect[Any]:
        words = words[1:] if words[:1] == ("port",) else words
        if on and len(words) == 1:  # at another port than the usual one
            number(words[0], 1, 65535)
        else:
            nothing(words)
        return effect

    return reader


def listens_at(listener: Listener, *, on: bool) -> Reader[Any]:
    """`{…} server-source {all-interface | -i <interface> | -a <address>}`."""

    def reader(words: Words) -> Effect[Any]:
        if words not in (("all-interface",), ()) and words[0] not in ("-i", "-a"):
            raise Unreadable("`all-interface`, `-i` or `-a` is expected")
        where = " ".join(words[1:2]) or "all"

        def change(state: Management, _line: int) -> None:
            known = state.listens_at.setdefault(listener, set())
            (known.add if on else known.discard)(where)

        return does(change)

    return reader


def server_port(listener: Listener) -> Reader[Any]:
    """`{ssh|telnet} server port <n>`."""

    def reader(words: Words) -> Effect[Any]:
        port = number(one(words), 1, 65535)
        return does(lambda state, _line: state.ports.__setitem__(listener, port))

    return reader


def no_server_port(listener: Listener) -> Reader[Any]:
    """Back to the usual port."""

    def reader(_words: Words) -> Effect[Any]:
        return does(lambda state, _line: state.ports.pop(listener, None))

    return reader


def server_list(listener: Listener, family: int = 4) -> Reader[Any]:
    """`{ssh|telnet} [ipv6] server acl <list>`."""

    def reader(words: Words) -> Effect[Any]:
        title = list_name(one(words), six=family == 6)

        def change(state: Management, line: int) -> None:
            state.server_lists[listener, family] = title, line

        return does(change)

    return reader


def no_server_list(listener: Listener, family: int = 4) -> Reader[Any]:
    """`undo {ssh|telnet} server acl`."""

    def reader(_words: Words) -> Effect[Any]:
        return does(lambda state, _line: state.server_lists.pop((listener, family), None))

    return reader


def enter_lines(words: Words) -> Effect[Any]:
    """`user-interface {vty|con|console|aux|tty} <first> [<last>]`."""
    if not 2 <= len(words) <= 3:
        raise Unreadable("a kind of line and its numbers are expected")
    kind = keyword(words[0], ("vty", "con", "console", "aux"))
    low = number(words[1], 0, 63)
    high = number(words[-1], low, 63)
    kind = "con" if kind == "console" else kind
    return does(lambda state, line: state.lines.append(Lines(kind, low, high, line)))


def vty_max(words: Words) -> Effect[Any]:
    """`user-interface maximum-vty <n>`: so many lines exist."""
    count = number(one(words), 0, 21)
    return does(lambda state, _line: setattr(state, "vty_max", count))


def said_of_lines(subject: str, value: object) -> Effect[Any]:
    """One value for the open lines; None is the default again."""

    def change(state: Management, _line: int) -> None:
        state.lines[-1].said[subject] = value

    return does(change)


def resets_line(subject: str) -> Reader[Any]:
    """`undo …` in the view of lines."""

    def reader(_words: Words) -> Effect[Any]:
        return said_of_lines(subject, None)

    return reader


def line_mode(words: Words) -> Effect[Any]:
    """`authentication-mode {aaa|password|none} […]`."""
    if not words:
        raise Unreadable("a mode is expected")
    return said_of_lines("mode", keyword(words[0], ("aaa", "password", "none")))


def line_inbound(words: Words) -> Effect[Any]:
    """`protocol inbound {all|ssh|telnet}`."""
    return said_of_lines("inbound", INBOUND[keyword(one(words), INBOUND)])


def line_idle(words: Words) -> Effect[Any]:
    """`idle-timeout <minutes> [<seconds>]`; 0 0: never."""
    if not 1 <= len(words) <= 2:
        raise Unreadable("minutes are expected")
    seconds = number(words[0], 0, 35791) * 60
    seconds += number(words[1], 0, 59) if len(words) > 1 else 0
    return said_of_lines("idle", seconds or NEVER)


def line_list(words: Words) -> Effect[Any]:
    """`acl [ipv6] <list> {inbound|outbound}`: whom the lines let in, or where to from here."""
    six = words[:1] == ("ipv6",)
    rest = words[1:] if six else words
    if len(rest) != 2:
        raise Unreadable("a list and a direction are expected")
    if keyword(rest[1], ("inbound", "outbound")) == "outbound":
        return does(lambda _state, _line: None)
    title = list_name(name(rest[0]), six=six)

    def change(state: Management, line: int) -> None:
        state.lines[-1].said["acl6" if six else "acl4"] = title, line

    return does(change)


def no_line_list(words: Words) -> Effect[Any]:
    """`undo acl [ipv6] [<list>] {inbound|outbound}`."""
    if words[-1:] == ("outbound",):
        return does(lambda _state, _line: None)
    return said_of_lines("acl6" if words[:1] == ("ipv6",) else "acl4", None)


def no_shell(_words: Words) -> Effect[Any]:
    """`undo shell`."""
    raise Unreadable("a line that takes nobody is not modelled")


def local_user(words: Words) -> Effect[Any]:
    """`local-user <name> {password … | privilege level <n> | service-type … | state … | …}`."""
    if len(words) < 2:
        raise Unreadable("a name and a subject are expected")
    who, subject, rest = name(words[0]), words[1], words[2:]
    if subject == "password":
        return _user(who, secret=_password(rest))
    if subject == "privilege" and rest[:1] == ("level",):
        return _user(who, level=number(one(rest[1:]), 0, 15))
    if subject == "service-type":
        return _user(who, services={*_services(rest)})
    if subject == "state":
        return _user(who, blocked=keyword(one(rest), ("active", "block")) == "block")
    if subject in ("access-limit", "idle-timeout", "ftp-directory", "http-directory"):
        return _user(who)
    raise Unreadable(f"what {subject} does to an account is not modelled")


def no_local_user(words: Words) -> Effect[Any]:
    """`undo local-user <name>`, or a part of one."""
    if len(words) > 1 and words[1:2] in (("access-limit",), ("idle-timeout",), ("state",)):
        return _user(words[0], blocked=False)
    who = one(words)
    return does(lambda state, _line: state.users.pop(who, None))


def manager(words: Words) -> Effect[Any]:
    """`manager-user <name>` of a firewall opens its block."""
    who = one(words)

    def change(state: Management, line: int) -> None:
        state.users.setdefault(who, User(line, level=0))
        state.user = who

    return does(change)


def no_manager(words: Words) -> Effect[Any]:
    """`undo manager-user <name>`."""
    who = one(words)
    return does(lambda state, _line: state.users.pop(who, None))


def manager_password(words: Words) -> Effect[Any]:
    """`password cipher <secret>` of the open account."""
    return _open_user(secret=_password(words))


def manager_services(words: Words) -> Effect[Any]:
    """`service-type {web terminal ssh telnet ftp api}` of the open account."""
    return _open_user(services={*_services(words)})


def manager_level(words: Words) -> Effect[Any]:
    """`level <0-15>` of the open account."""
    return _open_user(level=number(one(words), 0, 15))


def names_in_account(kind: str) -> Reader[Any]:
    """A line of the open account that names a scheme or a template of its own."""

    def reader(words: Words) -> Effect[Any]:
        title = one(words)

        def change(state: Management, line: int) -> None:
            state.users[state.user].named[kind] = title, line

        return does(change)

    return reader


def unnames_in_account(kind: str) -> Reader[Any]:
    """Its undo."""

    def reader(_words: Words) -> Effect[Any]:
        return does(lambda state, _line: state.users[state.user].named.pop(kind, None))

    return reader


def bind_manager(words: Words) -> Effect[Any]:
    """`bind manager-user <name> role <role>`."""
    if len(words) != 4 or words[0] != "manager-user" or words[2] != "role":
        raise Unreadable("an account and its role are expected")
    if words[3] not in _ROLES:
        raise Unreadable(f"what the role {words[3]} may do is not modelled")
    return _user(words[1], level=_ROLES[words[3]])


def source_interface(words: Words) -> str:
    """An interface, or an address of one."""
    if len(words) == 1 and ("." in words[0] or ":" in words[0]):
        return words[0]
    return interface(words)


def _password(words: Words) -> str:
    found, rest = secret(words)
    nothing(rest)
    return found


def _services(words: Words) -> tuple[Listener, ...]:
    if not words:
        raise Unreadable("a kind of login is expected")
    if words == ("none",):
        return ()
    for word in words:
        if word not in SERVICES:
            raise Unreadable(f"an account for {word} is none of an administrator")
    return tuple(SERVICES[word] for word in words)


def _user(who: str, **values: object) -> Effect[Any]:
    def change(state: Management, line: int) -> None:
        user = state.users.setdefault(who, User(line, level=0))
        for attribute, value in values.items():
            setattr(user, attribute, value)

    return does(change)


def _open_user(**values: object) -> Effect[Any]:
    def change(state: Management, _line: int) -> None:
        for attribute, value in values.items():
            setattr(state.users[state.user], attribute, value)

    return does(change)
