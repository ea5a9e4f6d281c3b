"""What access lists and static routes of SecPath say of a tunnel: its packets, and its routes.

An access list that selects packets for a tunnel filters nothing. Source:
docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from telemed_infra.packets import Family, Ranges
from telemed_infra.parse.ipsec import Ipsec, Named
from telemed_infra.parse.ipsec_tunnels import LackingError
from telemed_infra.parse.secpath.arguments import interface, subnet
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.tunnels import Flow
from telemed_infra.parse.vrp.arguments import number, set_address
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words

_HARMLESS = ("counting", "logging")
_ALL = {Family.V4: (("ip",),), Family.V6: (("ipv6",),)}
_GRE = (("gre",), ("47",))
"""How a rule calls the packets of a family, and those of GRE."""
_RULE_MAX = 65534
PREFERENCE = 60
"""Of a static route, written or injected."""


def route(words: Words) -> Effect[SecPath]:
    """`ip route-static <ip> {<mask>|<length>} <tunnel> … [preference <n>] …`; or to elsewhere."""
    place = words.index("preference") if "preference" in words else len(words)
    preference = words[place + 1 : place + 2] or (str(PREFERENCE),)
    try:
        port = interface(words[2:3])
    except Unreadable:
        return lambda _state, _line: None
    value, key = number(preference[0], 1, 255), " ".join(words[:2])

    def effect(state: SecPath, _line: int) -> None:
        state.ipsec.routes.setdefault(port, {})[key] = value

    return effect


def no_route(words: Words) -> Effect[SecPath]:
    """`undo ip route-static <ip> {<mask>|<length>} …`."""
    key = " ".join(words[:2])

    def effect(state: SecPath, _line: int) -> None:
        for held in state.ipsec.routes.values():
            held.pop(key, None)

    return effect


def list_rule(words: Words) -> Effect[SecPath]:
    """`rule [<n>] …` of an access list, as it may select a tunnel's packets."""
    numbered = bool(words) and words[0].isdigit()
    wanted = number(words[0], 0, _RULE_MAX) if numbered else None
    rest = words[1:] if numbered else words

    def effect(state: SecPath, line: int) -> None:
        held = state.ipsec.flows.setdefault(state.management.open_list, {})
        place = max(held, default=-1) + 1 if wanted is None else wanted
        if rest[:1] == ("comment",):
            return
        again = place in held and held[place][0] != rest
        held[place] = (("over", "another") if again else rest), line

    return effect


def no_list_rule(words: Words) -> Effect[SecPath]:
    """`undo rule <n>`; with more words a part of it goes, which is not followed."""
    place = number(words[0], 0, _RULE_MAX) if words and words[0].isdigit() else -1

    def effect(state: SecPath, _line: int) -> None:
        held = state.ipsec.flows.get(state.management.open_list, {})
        gone = held.pop(place, None)
        if gone and len(words) > 1:
            held[place] = ("without", "a", "part"), gone[1]

    return effect


def selects_gre(ipsec: Ipsec, name: Named) -> bool:
    """Whether a list speaks of GRE, as that of a circuit does."""
    rules = ipsec.flows.get(name.name, {}).values()
    return any(words[1:2] in _GRE for words, _ in rules)


def flows_of(ipsec: Ipsec, name: Named, *, gre: bool = False) -> tuple[Flow, ...]:
    """What an access list selects: the packets that its rules permit, all of them or all of GRE."""
    rules = ipsec.flows.get(name.name, {})
    if not rules:
        raise LackingError(name.line, f"access list {name.name} is not defined or empty")
    family = Family.V6 if name.name.startswith("ipv6 ") else Family.V4
    protocols = _GRE if gre else _ALL[family]
    found = []
    for place in sorted(rules):
        words, line = rules[place]
        try:
            if words[:1] != ("permit",) or words[1:2] not in protocols:
                raise Unreadable("a rule that selects packets for a tunnel permits all of its kind")
            found.append(_flow(words[2:], family))
        except Unreadable as error:
            raise LackingError(line, str(error)) from None
    return tuple(found)


def _flow(rest: Words, family: Family) -> Flow:
    """`[source <addresses>] [destination <addresses>] [counting|logging]`."""
    sides: dict[str, Ranges] = {}
    while rest:
        if rest[0] in _HARMLESS:
            rest = rest[1:]
            continue
        if rest[0] not in ("source", "destination") or rest[0] in sides:
            raise Unreadable(f"what `{rest[0]}` selects is not modelled")
        sides[rest[0]], rest = _addresses(rest[1:], family), _behind(rest)
    return Flow(
        family,
        sides.get("source", family.every_address),
        sides.get("destination", family.every_address),
    )


def _behind(words: Words) -> Words:
    """What follows `source any`, `source A W`, `source P/len`."""
    alone = words[1:2] == ("any",) or "/" in "".join(words[1:2])
    return words[2:] if alone else words[3:]


def _addresses(words: Words, family: Family) -> Ranges:
    if words[:1] == ("any",):
        return family.every_address
    if family is Family.V6:
        pair = tuple(words[0].split("/", 1)) if words and "/" in words[0] else words[:2]
        return subnet(pair).v6
    return set_address(words[:2]).v4
