"""What the commands about zones, address sets and service sets of a USG firewall do.

Each function takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from functools import lru_cache, partial

from telemed_infra.parse.vrp.arguments import (
    address_range,
    interface,
    name,
    number,
    one,
    set_address,
    without_description,
)
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.parse.vrp.services import PREDEFINED, protocol_services
from telemed_infra.parse.vrp.usg_state import (
    BUILT_IN_ZONES,
    ENTRIES_MAX,
    LOCAL_ZONE,
    AddressTerm,
    Entries,
    ServiceTerm,
    Usg,
    Value,
    Zone,
)

# Zones ------------------------------------------------------------------------------------------


def enter_zone(words: Words) -> Effect[Usg]:
    """`firewall zone <built-in>` or `firewall zone name <zone> [id <4-…>]`."""
    creates = words[:1] == ("name",)
    words = words[1:] if creates else words
    if len(words) == 3 and words[1] == "id" and creates:
        number(words[2], 4, 1023)
        words = words[:1]
    zone = one(words)

    def effect(state: Usg, line: int) -> None:
        held = state.zones.get(zone)
        if held is None and not creates:
            raise Unreadable(f"there is no zone {zone}")
        state.zone = state.zones.setdefault(zone, Zone(zone))
        state.zone.line = state.zone.line or line

    return effect


def undo_zone(words: Words) -> Effect[Usg]:
    """`undo firewall zone name <zone>`; built-in ones stay."""
    if words[:1] != ("name",):
        raise Unreadable("`name` and a zone are expected")
    zone = one(words[1:])

    def effect(state: Usg, _line: int) -> None:
        if zone in BUILT_IN_ZONES or state.zones.pop(zone, None) is None:
            raise Unreadable(f"zone {zone} cannot be removed")

    return effect


def set_priority(words: Words) -> Effect[Usg]:
    """Unique, and needed before rules use the zone; those of built-in zones are fixed."""
    priority = number(one(words), 1, 100)

    def effect(state: Usg, _line: int) -> None:
        zone = state.zone
        if any(other.priority == priority for other in state.zones.values() if other is not zone):
            raise Unreadable(f"priority {priority} is taken")
        if BUILT_IN_ZONES.get(zone.name, priority) != priority:
            raise Unreadable("the priority of a built-in zone is fixed")
        zone.priority = priority

    return effect


def add_interface(words: Words) -> Effect[Usg]:
    """An interface is in one zone; the device refuses a second, so the first holds."""
    port = interface(words)

    def effect(state: Usg, line: int) -> None:
        if state.zone.name == LOCAL_ZONE:
            raise Unreadable("zone local takes no interface")
        for zone in state.zones.values():
            if port in zone.interfaces and zone is not state.zone:
                raise Unreadable(f"{port} is in zone {zone.name} already")
        state.zone.interfaces.setdefault(port, line)

    return effect


def undo_add_interface(words: Words) -> Effect[Usg]:
    """Take an interface out of the zone."""
    port = interface(words)

    def effect(state: Usg, _line: int) -> None:
        if state.zone.interfaces.pop(port, None) is None:
            raise Unreadable(f"{port} is not in zone {state.zone.name}")

    return effect


# Address sets and service sets ------------------------------------------------------------------


def enter_address_set(words: Words) -> Effect[Usg]:
    """`ip address-set <name> type {object|group}`."""
    title, kind = _set_head(words)

    def effect(state: Usg, line: int) -> None:
        state.address_set = _opened(state.address_sets, title, kind, line)

    return effect


def undo_address_set(words: Words) -> Effect[Usg]:
    """The device refuses it while the set is used: then the use is found to be undefined."""
    title = _set_head(words)[0]

    def effect(state: Usg, _line: int) -> None:
        if state.address_sets.pop(title, None) is None:
            raise Unreadable(f"there is no address set {title}")

    return effect


def add_address(words: Words) -> Effect[Usg]:
    """`address [<id>] {… | range <a> <b> | address-set <name>} [description <text>]`."""
    entry, words = _entry(without_description(words))
    return partial(_add_address, entry, _address_term(words))


def undo_address(words: Words) -> Effect[Usg]:
    """`undo address {<id> | all | address-set <name>}`."""
    if words == ("all",):
        return lambda state, _line: state.address_set.entries.clear()
    if words[:1] == ("address-set",):
        title = one(words[1:])

        def effect(state: Usg, _line: int) -> None:
            held = state.address_set.entries
            named = [entry for entry, (term, _) in held.items() if term == title]
            if not named:
                raise Unreadable(f"the set does not hold {title}")
            for entry in named:
                del held[entry]

        return effect
    entry = number(one(words), 0, ENTRIES_MAX)
    return lambda state, _line: state.address_set.drop(entry)


def enter_service_set(words: Words) -> Effect[Usg]:
    """`ip service-set <name> type {object|group}`; not by the name of a predefined service."""
    title, kind = _set_head(words)
    if title in PREDEFINED:
        raise Unreadable(f"{title} is the name of a predefined service")

    def effect(state: Usg, line: int) -> None:
        state.service_set = _opened(state.service_sets, title, kind, line)

    return effect


def undo_service_set(words: Words) -> Effect[Usg]:
    """As `undo_address_set`."""
    title = _set_head(words)[0]

    def effect(state: Usg, _line: int) -> None:
        if state.service_sets.pop(title, None) is None:
            raise Unreadable(f"there is no service set {title}")

    return effect


def add_service(words: Words) -> Effect[Usg]:
    """`service [<id>] {protocol … | service-set <name>} [description <text>]`."""
    entry, words = _entry(without_description(words))
    term: ServiceTerm
    if words[:1] == ("protocol",):
        kind, term = "object", protocol_services(words[1:])
    elif words[:1] == ("service-set",):
        kind, term = "group", one(words[1:])
    else:
        raise Unreadable("`protocol` or `service-set` is expected")

    def effect(state: Usg, line: int) -> None:
        if state.service_set.kind != kind:
            raise Unreadable(f"this line belongs in a service set of type {kind}")
        state.service_set.add(entry, term, line)

    return effect


def undo_service(words: Words) -> Effect[Usg]:
    """`undo service <id>`; the forms that take single ports out of an entry are not read."""
    entry = number(one(words), 0, ENTRIES_MAX)
    return lambda state, _line: state.service_set.drop(entry)


@lru_cache(maxsize=1 << 14)
def _address_term(words: Words) -> AddressTerm:
    if words[:1] == ("range",):
        return address_range(words[1:])
    if words[:1] == ("address-set",):
        return one(words[1:])
    return set_address(words)


def _add_address(entry: int | None, term: AddressTerm, state: Usg, line: int) -> None:
    if isinstance(term, str) and state.address_set.kind != "group":
        raise Unreadable("only a group holds address sets")
    state.address_set.add(entry, term, line)


def _entry(words: Words) -> tuple[int | None, Words]:
    """The id that an entry of a set may begin with."""
    if len(words) > 1 and words[0].isdigit():
        return number(words[0], 0, ENTRIES_MAX - 1), words[1:]
    return None, words


def _set_head(words: Words) -> tuple[str, str]:
    """`<name> [type {object|group}]`; the kind is "" where it is left out."""
    if len(words) == 1:
        return name(words[0]), ""
    if len(words) != 3 or words[1] != "type" or words[2] not in ("object", "group"):
        raise Unreadable("`type object` or `type group` is expected")
    return name(words[0]), words[2]


def _opened(sets: dict[str, Entries[Value]], title: str, kind: str, line: int) -> Entries[Value]:
    held = sets.get(title)
    if held is None:
        if not kind:
            raise Unreadable(f"there is no set {title}, and no type to make it")
        held = sets[title] = Entries(title, kind, line)
    elif kind and held.kind != kind:
        raise Unreadable(f"set {title} is of type {held.kind} already")
    return held
