"""What the commands of a security policy and of one rule do.

Each function takes the words after a command's head and returns the effect on the state. Kinds of
a rule join by AND, terms of one kind by OR, no term of a kind is any. A rule entered again is
added to. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.secpath.arguments import (
    GROUP_NAME_MAX,
    RULE_NAME_MAX,
    ZONE_NAME_MAX,
    host,
    limited,
    span,
    subnet,
)
from telemed_infra.parse.secpath.groups import of_family
from telemed_infra.parse.secpath.services import service
from telemed_infra.parse.secpath.state import (
    AddressTerm,
    Policy,
    PolicyRule,
    SecPath,
    ServiceTerm,
)
from telemed_infra.parse.vrp.arguments import Addresses, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

TermReader = Callable[[Words], AddressTerm | ServiceTerm]
RULE_ID_MAX = 65534
_FAMILIES: Mapping[Words, Family] = {("ip",): Family.V4, ("ipv6",): Family.V6}
_ENDS = ("top", "bottom", "up", "down")


# The list ---------------------------------------------------------------------------------------


def enter_policy(words: Words) -> Effect[SecPath]:
    """`security-policy {ip|ipv6}`: two lists, one for each family."""
    if words == ("disable",):
        raise Unreadable("what judges packets without the security policy is not known")
    family = _FAMILIES.get(words)
    if family is None:
        raise Unreadable("`ip` or `ipv6` is expected")

    def effect(state: SecPath, line: int) -> None:
        state.policy = state.policies[family]
        state.policy.line = state.policy.line or line

    return effect


def undo_policy(words: Words) -> Effect[SecPath]:
    """`undo security-policy disable`, the default."""
    if words != ("disable",):
        raise Unreadable("what this leaves of the policy is not known")
    return lambda _state, _line: None


def enter_rule(words: Words) -> Effect[SecPath]:
    """`rule {<id>|[<id>] name <name>}`: a new one goes last and needs a name."""
    identity, title = _rule_head(words)

    def effect(state: SecPath, line: int) -> None:
        policy = state.policy
        held = _held(policy, identity, title)
        if held is None:
            held = _made(policy, identity, title, line)
        state.rule = held

    return effect


def undo_rule(words: Words) -> Effect[SecPath]:
    """`undo rule {<id>|name <name>}`."""
    identity, title = _rule_head(words)
    if identity is not None and title:
        raise Unreadable("an id or a name is expected")

    def effect(state: SecPath, _line: int) -> None:
        policy = state.policy
        held = _existing(policy, identity, title)
        policy.rules.remove(held)
        del policy.by_name[held.name.lower()]
        if held.number is not None:
            del policy.by_number[held.number]

    return effect


def move_rule(words: Words) -> Effect[SecPath]:
    """`move rule <a> {before|after} <b>` or `… {top|bottom|up|down}`; or `name <a>`, `name <b>`."""
    named = words[:1] == ("name",)
    words = words[1:] if named else words
    if len(words) == 2 and words[1] in _ENDS:
        return _move(_mover(words[0], named=named), words[1], None)
    if named and words[2:3] == ("name",):
        words = (*words[:2], *words[3:])
    elif named:
        words = ()
    if len(words) != 3 or words[1] not in ("before", "after"):
        raise Unreadable("a rule, a place and another rule are expected")
    return _move(_mover(words[0], named=named), words[1], _mover(words[2], named=named))


def _rule_head(words: Words) -> tuple[int | None, str]:
    identity = None
    if words and words[0] != "name":
        identity, words = number(words[0], 0, RULE_ID_MAX), words[1:]
    if not words and identity is not None:
        return identity, ""
    if len(words) != 2 or words[0] != "name":
        raise Unreadable("an id, or `name` and a name, are expected")
    return identity, limited(words[1], RULE_NAME_MAX)


def _held(policy: Policy, identity: int | None, title: str) -> PolicyRule | None:
    """The rule that a head names, if there is one; id and name must not belong to two."""
    named = policy.by_name.get(title.lower()) if title else None
    if identity is None:
        return named
    held = policy.by_number.get(identity)
    if title and named is not held:
        raise Unreadable(f"id {identity} and name {title} are not of the same rule")
    return held


def _made(policy: Policy, identity: int | None, title: str, line: int) -> PolicyRule:
    if not title:
        raise Unreadable(f"there is no rule {identity}, and no name to make it")
    if identity is not None and len(policy.by_number) < len(policy.rules):
        raise Unreadable("the device gave another rule an id, which may be this one")
    held = PolicyRule(title, identity, line)
    policy.rules.append(held)
    policy.by_name[title.lower()] = held
    if identity is not None:
        policy.by_number[identity] = held
    return held


def _existing(policy: Policy, identity: int | None, title: str) -> PolicyRule:
    held = _held(policy, identity, title)
    if held is None:
        raise Unreadable(f"there is no rule {title or identity}")
    return held


def _mover(word: str, *, named: bool) -> tuple[int | None, str]:
    if named:
        return None, limited(word, RULE_NAME_MAX)
    return number(word, 0, RULE_ID_MAX), ""


def _move(
    moved: tuple[int | None, str], place: str, mark: tuple[int | None, str] | None
) -> Effect[SecPath]:
    def effect(state: SecPath, _line: int) -> None:
        policy = state.policy
        rule = _existing(policy, *moved)
        beside = _existing(policy, *mark) if mark else None
        if rule is beside:
            raise Unreadable("a rule cannot stand beside itself")
        was = policy.rules.index(rule)
        policy.rules.remove(rule)
        if beside is not None:
            position = policy.rules.index(beside) + (place == "after")
        else:
            last = len(policy.rules)
            position = {"top": 0, "bottom": last, "up": max(was - 1, 0), "down": was + 1}[place]
        policy.rules.insert(position, rule)

    return effect


# One rule ---------------------------------------------------------------------------------------


def set_action(words: Words) -> Effect[SecPath]:
    """`action {pass|drop}`."""
    if words not in (("pass",), ("drop",)):
        raise Unreadable("`pass` or `drop` is expected")
    action = Action.PERMIT if words == ("pass",) else Action.DENY

    def effect(state: SecPath, _line: int) -> None:
        state.rule.action = action

    return effect


def undo_action(words: Words) -> Effect[SecPath]:
    """`undo action pass`: back to drop."""
    if words != ("pass",):
        raise Unreadable("`pass` is expected")
    return set_action(("drop",))


def condition(head: str) -> Reader[SecPath]:
    """A reader of something that no header shows: the rule may match or not."""

    def reader(words: Words) -> Effect[SecPath]:
        if not words:
            raise Unreadable("a condition is expected")
        text = " ".join((head, *words))

        def effect(state: SecPath, line: int) -> None:
            state.rule.conditions.setdefault(text, line)

        return effect

    return reader


def undo_condition(head: str) -> Reader[SecPath]:
    """A reader of the `undo` of a condition: all of its kind, or one of them."""

    def reader(words: Words) -> Effect[SecPath]:
        text = " ".join((head, *words))

        def effect(state: SecPath, _line: int) -> None:
            held = state.rule.conditions
            removed = [each for each in held if each == text or (not words and _is(each, head))]
            if not removed:
                raise Unreadable("the rule has no such line")
            for each in removed:
                del held[each]

        return effect

    return reader


def zone_term(words: Words) -> str:
    """One zone, or `any`."""
    return limited(one(words), ZONE_NAME_MAX).lower()


def group_term(words: Words) -> str:
    """One group, or `any`; what looks like an address is the name of a group."""
    return limited(one(words), GROUP_NAME_MAX).lower()


ADDRESS_FORMS: Mapping[str, TermReader] = {
    "": group_term,
    "-host": host,
    "-subnet": subnet,
    "-range": span,
}
"""What `source-ip` and `destination-ip` may end in, and what follows then."""


def service_port_term(words: Words) -> ServiceTerm:
    """`service-port <protocol> …`: a service without a group."""
    return service(words)


def adds(kind: str, read: TermReader) -> Reader[SecPath]:
    """A reader of lines that add a term of one kind: a field of `PolicyRule`."""

    def reader(words: Words) -> Effect[SecPath]:
        term = read(words)

        def effect(state: SecPath, line: int) -> None:
            if isinstance(term, Addresses):
                of_family(term, state.policy.family)
            getattr(state.rule, kind).setdefault(term, line)

        return effect

    return reader


def removes(kind: str, read: TermReader) -> Reader[SecPath]:
    """A reader of the `undo` of such lines; what `undo <kind>` alone leaves is not known."""

    def reader(words: Words) -> Effect[SecPath]:
        term = read(words)

        def effect(state: SecPath, _line: int) -> None:
            if getattr(state.rule, kind).pop(term, None) is None:
                raise Unreadable("the rule has no such line")

        return effect

    return reader


def _is(text: str, head: str) -> bool:
    return text.startswith(head + " ")
