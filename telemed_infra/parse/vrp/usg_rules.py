"""What the commands of the rule list and of one rule do.

Each function takes the words after a command's head and returns the effect on the state. Kinds of
a rule join by AND, terms of one kind by OR, no term of a kind is any. A rule's name entered again
opens the same rule and adds to it. Source: docs/reference/platforms.md
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.vrp.arguments import (
    address_range,
    name,
    names,
    one,
    rule_address,
    without_description,
)
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.services import protocol_services
from telemed_infra.parse.vrp.usg_state import (
    ANY,
    AddressTerm,
    PolicyRule,
    RuleGroup,
    ServiceTerm,
    Usg,
)

TermReader = Callable[[Words], tuple[AddressTerm | ServiceTerm, ...]]


# The list ---------------------------------------------------------------------------------------


def enter_rule(words: Words) -> Effect[Usg]:
    """`rule name <name>`: a new one goes last."""
    title = one(words)

    def effect(state: Usg, line: int) -> None:
        state.rule = state.rules.setdefault(title, PolicyRule(title, line))

    return effect


def undo_rule(words: Words) -> Effect[Usg]:
    """`undo rule name <name>`."""
    title = one(words)

    def effect(state: Usg, _line: int) -> None:
        _not_grouped(state)
        if state.rules.pop(title, None) is None:
            raise Unreadable(f"there is no rule {title}")

    return effect


def move_rule(words: Words) -> Effect[Usg]:
    """`rule move <a> {before|after} <b>` and `rule move <a> {up|down|top|bottom}`."""
    if len(words) == 2 and words[1] in ("up", "down", "top", "bottom"):
        return _move(name(words[0]), words[1])
    if len(words) == 3 and words[1] in ("before", "after"):
        return _move(name(words[0]), words[1], name(words[2]))
    raise Unreadable("a rule and a place are expected")


def rename_rule(words: Words) -> Effect[Usg]:
    """`rule rename <a> <b>`."""
    old, new = names(words, 2) if len(words) == 2 else ("", "")

    def effect(state: Usg, _line: int) -> None:
        _not_grouped(state)
        if old not in state.rules or new in state.rules:
            raise Unreadable("a rule that exists and a name that does not are expected")
        state.rules[old].name = new
        state.rules = {rule.name: rule for rule in state.rules.values()}

    return effect


def group(words: Words) -> Effect[Usg]:
    """`group name <g> [from <first> [to <last>]] [enable|disable]`.

    Its rules are those between the two in the final list. A group's description is of no matter.
    """
    title = name(words[0]) if words else ""
    if not title:
        raise Unreadable("a group's name is expected")
    if words[1:2] == ("description",):
        return lambda _state, _line: None
    rest = words[1:]
    disabled = rest[-1:] == ("disable",)
    if rest[-1:] in (("disable",), ("enable",)):
        rest = rest[:-1]
    changes_state = len(rest) != len(words) - 1
    if rest and (len(rest) not in (2, 4) or rest[0] != "from" or rest[2:3] not in ((), ("to",))):
        raise Unreadable("`from <rule>` and `to <rule>` are expected")

    def effect(state: Usg, line: int) -> None:
        held = state.groups.setdefault(title, RuleGroup(line))
        if rest:
            held.first, held.last = rest[1], rest[-1]
        if changes_state:
            held.disabled = disabled

    return effect


def undo_group(words: Words) -> Effect[Usg]:
    """`undo group name <g> [description]`; its rules stay, enabled."""
    if words[1:] == ("description",):
        return lambda _state, _line: None
    title = one(words)

    def effect(state: Usg, _line: int) -> None:
        if state.groups.pop(title, None) is None:
            raise Unreadable(f"there is no group {title}")

    return effect


def _not_grouped(state: Usg) -> None:
    if state.groups:
        raise Unreadable("what this does to the groups of rules is not known")


def _move(title: str, place: str, mark: str = "") -> Effect[Usg]:
    def effect(state: Usg, _line: int) -> None:
        _not_grouped(state)
        order = list(state.rules)
        if title not in order or (mark and (mark not in order or mark == title)):
            raise Unreadable("both rules must exist")
        was = order.index(title)
        order.remove(title)
        if mark:
            position = order.index(mark) + (place == "after")
        else:
            position = {"top": 0, "bottom": len(order), "up": max(was - 1, 0), "down": was + 1}[
                place
            ]
        order.insert(position, title)
        state.rules = {each: state.rules[each] for each in order}

    return effect


# One rule ---------------------------------------------------------------------------------------


def set_action(words: Words) -> Effect[Usg]:
    """`action {permit|deny}`."""
    if words not in (("permit",), ("deny",)):
        raise Unreadable("`permit` or `deny` is expected")
    action = Action(words[0])

    def effect(state: Usg, _line: int) -> None:
        state.rule.action = action

    return effect


def condition(words: Words) -> Effect[Usg]:
    """Something no header shows: the rule may match or not. `any` is no condition."""
    if not words:
        raise Unreadable("a condition is expected")
    text = " ".join(words)

    def effect(state: Usg, line: int) -> None:
        if text != ANY:
            state.rule.conditions[text] = line

    return effect


def zone_terms(words: Words) -> tuple[str, ...]:
    """`<zone>&<1-6>` or `any`."""
    return names(words)


def address_terms(words: Words) -> tuple[AddressTerm, ...]:
    """`address-set <name>&<1-6>`, an address, a `range` or `any`."""
    if words[:1] == ("address-set",):
        return names(words[1:])
    if words == (ANY,):
        return (ANY,)
    words = without_description(words)
    if words[:1] == ("range",):
        return (address_range(words[1:]),)
    return (rule_address(words),)


def excluded_terms(words: Words) -> tuple[AddressTerm, ...]:
    """As `address_terms`, but `any` is not taken."""
    if words == (ANY,):
        raise Unreadable("any cannot be excluded")
    return address_terms(words)


def service_terms(words: Words) -> tuple[ServiceTerm, ...]:
    """`<name>&<1-6>` or `protocol …`."""
    if words[:1] == ("protocol",):
        return (protocol_services(without_description(words[1:])),)
    return names(words)


def adds(kind: str, read: TermReader) -> Reader[Usg]:
    """A reader of lines that add terms of one kind: a field of `PolicyRule`."""

    def reader(words: Words) -> Effect[Usg]:
        added = read(words)

        def effect(state: Usg, line: int) -> None:
            held = getattr(state.rule, kind)
            for term in added:
                held.setdefault(term, line)

        return effect

    return reader


def removes(kind: str, read: TermReader) -> Reader[Usg]:
    """A reader of the `undo` of such lines; what `undo <kind>` alone leaves is not known."""

    def reader(words: Words) -> Effect[Usg]:
        removed = read(words)

        def effect(state: Usg, _line: int) -> None:
            held = getattr(state.rule, kind)
            for term in removed:
                if held.pop(term, None) is None:
                    raise Unreadable("the rule has no such line")

        return effect

    return reader
