"""Method lists: who is asked, in which order, and who is told.

Where nothing is said: with `aaa new-model` and no default list for logins, lines of the network ask
the accounts of the device, and the console asks nobody; without it, a line of the network wants its
password, and the console asks nobody. Nothing is authorized or accounted without a line.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.management_plane import Method
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import OFF, Block, Said, Sayings
from telemed_infra.parse.ios.plane.servers import Group, group

Methods = tuple[Method, ...]
_ALONE = {
    "local": Method.LOCAL, "local-case": Method.LOCAL, "enable": Method.PASSWORD,
    "line": Method.PASSWORD, "none": Method.NONE, "if-authenticated": Method.NONE,
}  # fmt: skip
_OLD = {
    "password": Method.PASSWORD, "local": Method.LOCAL, "tacacs": Method.TACACS,
    "none": Method.NONE,
}  # fmt: skip
DEFAULT = "default"


class Asked(NamedTuple):
    """A method list: methods, and the groups of servers behind them."""

    methods: Methods
    groups: tuple[Group, ...]


NOBODY_ASKED = Asked((), ())


def steps(text: str) -> tuple[tuple[str, str], ...]:
    """`group tacacs+ local` as pairs: the word, and the group's name."""
    words, found = Words(text), []
    while words.rest:
        word = words.one_of("group", *_ALONE)
        found.append((word, words.word() if word == "group" else ""))
    if not found:
        raise Unreadable("a method is expected")
    return tuple(found)


def asked(context: Context, said: Said) -> Asked:
    """The methods that a line of a method list says."""
    methods: list[Method] = []
    groups: list[Group] = []
    for word, name in context.value(steps, said) or ():
        if word != "group":
            methods.append(_ALONE[word])
        elif one := group(context, name, said):
            methods.append(one.method)
            groups.append(one)
    return Asked(tuple(methods), tuple(groups))


def login(context: Context, line: Sayings, *, is_console: bool) -> Asked:
    """Who is asked by a line when somebody logs in."""
    if not context.said.is_on("aaa new-model"):
        said = line.one("login")
        nothing = "none" if is_console else "password"
        found = _OLD[said.text if said else nothing]
        one = group(context, "tacacs+", said) if found is Method.TACACS and said else None
        return Asked((found,), (one,) if one else ())
    lists = context.said.all("aaa authentication login")
    named = line.one("login authentication")
    if named is not None and named.text not in lists and named.text != DEFAULT:
        context.refuse(named, f"there is no list of methods {named.text}")
    said = lists.get(named.text if named else DEFAULT)
    if said is not None:
        return asked(context, said)
    return Asked((Method.NONE if is_console else Method.LOCAL,), ())


def check_enable(context: Context) -> None:
    """Who wants all rights is asked for something."""
    said = context.said.one("aaa authentication enable default")
    if said is not None and Method.NONE in asked(context, said).methods:
        context.refuse(said, "who has logged in would get all rights for nothing")


def authorization(context: Context, line: Sayings) -> Asked:
    """Who says what somebody may do; nobody, if no list says so."""
    if not context.said.is_on("aaa new-model"):
        return NOBODY_ASKED
    lists = context.said.all("aaa authorization exec")
    named = line.one("authorization exec")
    if named is not None and named.text not in lists and named.text != DEFAULT:
        context.refuse(named, f"there is no list of methods {named.text}")
    said = lists.get(named.text if named else DEFAULT)
    return asked(context, said) if said else NOBODY_ASKED


def told(context: Context, line: Sayings, what: str) -> tuple[bool, tuple[Group, ...]]:
    """Whether the servers are told of each session (`exec`) or command (`commands 15`)."""
    if not context.said.is_on("aaa new-model"):
        return False, ()
    kind, _, level = what.partition(" ")
    named = line.all(f"accounting {kind}").get(level)
    name = named.text if named else DEFAULT
    block = context.plane.named(f"aaa accounting {kind}").get(f"{level} {name}".strip())
    if block is None:
        if named is not None and name != DEFAULT:
            context.refuse(named, f"there is no list of methods {name}")
        return False, ()
    found = _accounting(context, block)
    return bool(found), found


def _accounting(context: Context, block: Block) -> tuple[Group, ...]:
    """The groups that a list tells, written on one line or as a block."""
    said = Said(block.text, block.line)
    parts = context.value(_parts, said)
    if parts is None:
        return ()
    action, names = parts
    own_action = block.said.one("action-type")
    action = own_action.text if own_action else action
    if action.lower() not in ("start-stop", "stop-only"):
        return ()
    found = [group(context, name, said) for name in names]
    found += [group(context, one.text, one) for one in block.said.all("group").values()]
    return tuple(one for one in found if one is not None)


def _parts(text: str) -> tuple[str, tuple[str, ...]]:
    """`[start-stop|stop-only|none] [broadcast] group G [group G]`."""
    words, names = Words(text), []
    action = words.take("start-stop", "stop-only", "none", "wait-start")
    words.take("broadcast")
    while words.take("group"):
        names.append(words.word())
    words.end()
    return action or OFF, tuple(names)
