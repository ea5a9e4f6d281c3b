"""Who may log in to a Comware device, and how: servers, lines, accounts, rules for passwords.

Each reader takes the words after a command's head and returns the effect on the state; keywords
may be shortened. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.management_plane import Listener
from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.management_lists import list_name
from telemed_infra.parse.management.state import NEVER, Lines, Management, User
from telemed_infra.parse.vrp.arguments import name, nothing, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.options import does, secret

SERVICES = {
    "terminal": Listener.CONSOLE, "ssh": Listener.SSH, "telnet": Listener.TELNET,
    "ftp": Listener.FTP, "http": Listener.HTTP, "https": Listener.HTTPS,
}  # fmt: skip
INBOUND = {
    "all": frozenset({Listener.SSH, Listener.TELNET}),
    "ssh": frozenset({Listener.SSH}),
    "telnet": frozenset({Listener.TELNET}),
}
LINE_KINDS = ("vty", "con", "console", "aux", "tty", "usb")
_MODES = {"scheme": "aaa", "password": "password", "none": "none"}
RULES = {"length": 10, "aging": 90, "history": 4, "kinds": 1}
"""Rules that `password-control enable` brings with it. Source: docs/reference/platforms.md."""
LOCKOUT = (3, 60)
_CONTROLS = {"length": "length", "aging": "aging", "history": "history", "composition": "kinds"}


def listens(listener: Listener, *, on: bool) -> Reader[Any]:
    """`… enable` of a server, or its undo."""

    def change(state: Management, _line: int) -> None:
        state.listeners[listener, 4] = on

    effect = does(change)

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return effect

    return reader


def server_port(listener: Listener) -> Reader[Any]:
    """`{ssh|telnet} server port <n>`; without a number the usual one again."""

    def reader(words: Words) -> Effect[Any]:
        port = number(words[0], 1, 65535) if words else 0

        def change(state: Management, _line: int) -> None:
            state.ports.pop(listener, None)
            if port:
                state.ports[listener] = port

        return does(change)

    return reader


def server_list(listener: Listener, family: int = 4) -> Reader[Any]:
    """`{ssh|telnet} server [ipv6] acl [ipv6] <list>`."""

    def reader(words: Words) -> Effect[Any]:
        title, rest = list_name(words, six=family == 6)
        nothing(rest)

        def change(state: Management, line: int) -> None:
            state.server_lists[listener, family] = title, line

        return does(change)

    return reader


def no_server_list(listener: Listener, family: int = 4) -> Reader[Any]:
    """Its undo."""

    def reader(_words: Words) -> Effect[Any]:
        return does(lambda state, _line: state.server_lists.pop((listener, family), None))

    return reader


def enter_lines(words: Words) -> Effect[Any]:
    """`line {vty|con|aux} <first> [<last>]` or `line class {vty|con|aux}`."""
    common = len(words) == 2 and keyword(words[0], (*LINE_KINDS, "class")) == "class"
    kind = keyword(words[1] if common else (words or ("",))[0], LINE_KINDS)
    kind = {"console": "con"}.get(kind, kind)
    if common:
        return _opens_lines(f"class {kind}", 0, 0)
    if not 2 <= len(words) <= 3:
        raise Unreadable("a kind of line and its numbers are expected")
    low = number(words[1], 0, 255)
    return _opens_lines(kind, low, number(words[-1], low, 255))


def said_of_lines(subject: str, value: object) -> Effect[Any]:
    """One value for the open lines; None is the default again."""

    def change(state: Management, _line: int) -> None:
        state.lines[-1].said[subject] = value

    return does(change)


def resets_line(subject: str, back: object = None) -> Reader[Any]:
    """`undo …` in the view of lines."""

    def reader(_words: Words) -> Effect[Any]:
        return said_of_lines(subject, back)

    return reader


def line_mode(words: Words) -> Effect[Any]:
    """`authentication-mode {scheme|password|none}`."""
    if len(words) != 1:
        raise Unreadable("a mode is expected")
    return said_of_lines("mode", _MODES[keyword(words[0], _MODES)])


def line_inbound(words: Words) -> Effect[Any]:
    """`protocol inbound {all|ssh|telnet}`."""
    if len(words) != 1:
        raise Unreadable("a protocol is expected")
    return said_of_lines("inbound", INBOUND[keyword(words[0], INBOUND)])


def line_idle(words: Words) -> Effect[Any]:
    """`idle-timeout <minutes> [<seconds>]`; 0: never."""
    if not 1 <= len(words) <= 2:
        raise Unreadable("minutes are expected")
    seconds = number(words[0], 0, 35791) * 60
    seconds += number(words[1], 0, 59) if len(words) > 1 else 0
    return said_of_lines("idle", seconds or NEVER)


def line_tells_commands(words: Words) -> Effect[Any]:
    """`command accounting`."""
    nothing(words)
    return said_of_lines("commands", value=True)


def no_shell(_words: Words) -> Effect[Any]:
    """`undo shell`."""
    raise Unreadable("a line that takes nobody is not modelled")


def enter_user(words: Words) -> Effect[Any]:
    """`local-user <name> [class {manage|network}]`: hosts of the class network are none here."""
    if not words:
        raise Unreadable("a name is expected")
    who, rest = name(words[0]), words[1:]
    manages = True
    if rest:
        keyword(rest[0], ("class",))
        manages = keyword((*rest[1:2], "")[0], ("manage", "network", "guest")) == "manage"

    def change(state: Management, line: int) -> None:
        if manages:
            state.users.setdefault(who, User(line, services=set()))
        state.user = who if manages else ""

    return does(change)


def undo_user(words: Words) -> Effect[Any]:
    """`undo local-user <name> [class …]`."""
    if not words:
        raise Unreadable("a name is expected")
    return does(lambda state, _line: state.users.pop(words[0], None))


def enter_group(words: Words) -> Effect[Any]:
    """`user-group <name>`: a view like that of an account, of none."""
    if not words:
        raise Unreadable("a name is expected")
    return does(lambda state, _line: setattr(state, "user", ""))


def user_password(words: Words) -> Effect[Any]:
    """`password {simple|hash|cipher} <secret>`; without words the device asks for it."""
    found, rest = secret(words) if words else ("", ())
    nothing(rest)
    return _user(lambda user: setattr(user, "secret", found))


def user_services(*, on: bool) -> Reader[Any]:
    """`service-type {ssh|telnet|terminal|https|http|ftp}…`; lines add up."""

    def reader(words: Words) -> Effect[Any]:
        if not words:
            raise Unreadable("a kind of login is expected")
        found = {SERVICES[keyword(word, SERVICES)] for word in words}

        def change(user: User) -> None:
            held = user.services or set()
            user.services = held | found if on else held - found

        return _user(change)

    return reader


def user_attribute(*, on: bool) -> Reader[Any]:
    """`authorization-attribute {user-role <r> | level <n> | idle-cut <n> | …}…`."""

    def reader(words: Words) -> Effect[Any]:
        roles: list[str] = []
        while words:
            kinds = ("user-role", "idle-cut", "work-directory", "level", "acl", "vlan")
            meant = keyword(words[0], (*kinds, "callback-number", "user-profile"))
            if meant == "user-role" and len(words) > 1:
                roles.append(words[1].lower())
            elif meant == "level" and len(words) > 1:
                roles.append(f"level-{number(words[1], 0, 15)}")
            words = words[2:]

        def change(user: User) -> None:
            for role in roles:
                (user.roles.add if on else user.roles.discard)(role)

        return _user(change)

    return reader


def user_state(words: Words) -> Effect[Any]:
    """`state {active|block}`."""
    if len(words) != 1:
        raise Unreadable("`active` or `block` is expected")
    blocked = keyword(words[0], ("active", "block")) == "block"
    return _user(lambda user: setattr(user, "blocked", blocked))


def own_rules(_words: Words) -> Effect[Any]:
    """`password-control …` of one account or group, which would differ from the device's."""
    raise Unreadable("rules for passwords of one account are not modelled")


def control_on(*, on: bool) -> Reader[Any]:
    """`password-control enable`, or its undo: without it no rule is in force."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)

        def change(state: Management, _line: int) -> None:
            said = state.passwords
            said.on = said.lock_on = on
            for subject, usual in RULES.items():
                said.rules.setdefault(subject, usual)
            said.lockout = said.lockout or LOCKOUT

        return does(change)

    return reader


def control_part(subject: str, *, on: bool) -> Reader[Any]:
    """`password-control {aging|composition|history|length} enable`, or its undo."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)

        def change(state: Management, _line: int) -> None:
            off = state.passwords.off
            (off.discard if on else off.add)(_CONTROLS[subject])

        return does(change)

    return reader


def control_rule(subject: str, high: int) -> Reader[Any]:
    """`password-control {length|aging|history} <n>`; without a number the usual one again."""

    def reader(words: Words) -> Effect[Any]:
        value = number(words[0], 0, high) if words else RULES[subject]
        nothing(words[1:])
        return _control(subject, value)

    return reader


def composition(words: Words) -> Effect[Any]:
    """`password-control composition type-number <n> [type-length <m>]`."""
    if not words:
        return _control("kinds", RULES["kinds"])
    if len(words) not in (2, 4):
        raise Unreadable("`type-number` and a number are expected")
    keyword(words[0], ("type-number",))
    if len(words) == 4:
        keyword(words[2], ("type-length",))
        number(words[3], 1, 63)
    return _control("kinds", number(words[1], 1, 4))


def login_attempt(words: Words) -> Effect[Any]:
    """`password-control login-attempt <n> [exceed {lock-time <min> | unlock | lock}]`."""
    attempts, seconds = LOCKOUT
    if words:
        attempts = number(words[0], 2, 10)
    if len(words) > 2:
        keyword(words[1], ("exceed",))
        how = keyword(words[2], ("lock-time", "unlock", "lock"))
        if how == "lock":
            raise Unreadable("a lock that only a person opens is not modelled")
        attempts = 0 if how == "unlock" else attempts
        if how == "lock-time":
            seconds = number((*words[3:4], "")[0], 1, 3600) * 60
    return does(lambda state, _line: setattr(state.passwords, "lockout", (attempts, seconds)))


def _opens_lines(kind: str, low: int, high: int) -> Effect[Any]:
    return does(lambda state, line: state.lines.append(Lines(kind, low, high, line)))


def _control(subject: str, value: int) -> Effect[Any]:
    return does(lambda state, _line: state.passwords.rules.__setitem__(subject, value))


def _user(change: Any) -> Effect[Any]:
    def effect(state: Management, _line: int) -> None:
        if state.user in state.users:
            change(state.users[state.user])

    return does(effect)
