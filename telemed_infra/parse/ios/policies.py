"""What a policy between two zones does with packets: its classes as sets, tried in order.

`inspect` keeps state and knows TCP, UDP and ICMP only: what else a class matches is dropped.
`pass` keeps none. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.packets import (
    FAMILIES,
    ICMP,
    ICMP6,
    TCP,
    UDP,
    whole_protocol,
)
from telemed_infra.parse.ios.boxes import (
    Box,
    Region,
    TooManyError,
    both,
    everything,
    services_without,
    shared_services,
)
from telemed_infra.parse.ios.resolve import DEPTH_MAX, Resolver
from telemed_infra.parse.ios.services import INSPECTED
from telemed_infra.parse.ios.state import CLASS_DEFAULT, ClassMap, Match, PolicyClass, PolicyMap

INSPECTABLE = tuple(whole_protocol(one) for one in (ICMP, TCP, UDP, ICMP6))


class Class(NamedTuple):
    """A class of a policy: first packets, replies, and what is done to both."""

    name: str
    line: int
    openings: Region
    replies: Region  # the same conditions, read for packets of an open connection
    action: str  # inspect, pass or drop
    logs: bool


Policy = tuple[Class, ...]


class Policies:
    """The policy maps of one text; remembers what it has resolved and what was used."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.used: set[str] = set()
        self.used_classes: set[str] = set()
        self._known: dict[str, Policy] = {}
        self._regions: dict[tuple[str, bool], Region] = {}
        self._open: list[str] = []

    def policy(self, name: str, line: int) -> Policy:
        """The classes of a policy map; the last one is all that is left."""
        held = self.resolver.state.policy_maps.get(name)
        self.used.add(name)
        if held is None:
            self.resolver.reading.refuse(line, f"there is no policy map {name}")
            return (_rest(line),)
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._policy(held)
        return found

    def _policy(self, held: PolicyMap) -> Policy:
        found = [self._class(one) for name, one in held.classes.items() if name != CLASS_DEFAULT]
        last = held.classes.get(CLASS_DEFAULT)
        if last is None:
            return (*found, _rest(held.line))
        if last.action == "inspect":
            self.resolver.reading.refuse(
                last.action_line, "what inspection of class-default lets in is not known"
            )
        logs = last.logs and last.action == "drop"
        return (*found, _rest(last.line, "pass" if last.action == "pass" else "drop", logs=logs))

    def _class(self, one: PolicyClass) -> Class:
        if not one.action:
            self.resolver.reading.refuse(one.line, "what a class without action does is not known")
        openings, replies = (
            self._region(one.name, one.line, replies=replies) for replies in (False, True)
        )
        return Class(one.name, one.line, openings, replies, one.action or "drop", one.logs)

    def _region(self, name: str, line: int, *, replies: bool) -> Region:
        held = self.resolver.state.class_maps.get(name)
        self.used_classes.add(name)
        if held is None:
            self.resolver.reading.refuse(line, f"there is no class map {name}")
            return ()
        key = (name, replies)
        if key not in self._regions:
            if name in self._open or len(self._open) >= DEPTH_MAX:
                self.resolver.reading.refuse(line, "the class map holds itself")
                return ()
            self._open.append(name)
            self._regions[key] = self._matched(held, replies=replies)
            self._open.pop()
        return self._regions[key]

    def _matched(self, held: ClassMap, *, replies: bool) -> Region:
        if not held.matches:
            self.resolver.reading.refuse(held.line, "what a class map without match takes in "
                                         "is not known")  # fmt: skip
            return ()
        parts = [self._match(one, replies=replies) for one in held.matches]
        if not held.every:
            return tuple(dict.fromkeys(box for part in parts for box in part))
        # The names of access lists say more than those of protocols.
        parts.sort(key=lambda part: not any(box.name for box in part))
        found = parts[0]
        try:
            for part in parts[1:]:
                found = both(found, part)
        except TooManyError:
            self.resolver.reading.refuse(held.line, "the class falls into too many pieces")
            return ()
        return found

    def _match(self, one: Match, *, replies: bool) -> Region:
        if one.kind == "class":
            return self._region(one.name, one.line, replies=replies)
        if one.kind == "protocol":
            services = INSPECTED[one.name]
            return tuple(
                Box(family, family.every_address, family.every_address, services, one.line)
                for family in FAMILIES
            )
        held = self.resolver.state.lists.get(one.name)
        if held is None or not held.entries:
            is_there = "is empty" if held else "is defined nowhere"
            self.resolver.reading.refuse(one.line, f"access list {one.name} {is_there}")
            return ()
        return self.resolver.permitted(held, replies=replies)


def inspected(box: Box) -> Box | None:
    """The part of a box that inspection knows."""
    services = shared_services(box.services, INSPECTABLE)
    return box._replace(services=services) if services else None


def not_inspected(box: Box) -> Box | None:
    """The part of a box that inspection drops."""
    services = services_without(box.services, INSPECTABLE)
    return box._replace(services=services) if services else None


def _rest(line: int, action: str = "drop", *, logs: bool = False) -> Class:
    """All that no class before took."""
    return Class(CLASS_DEFAULT, line, everything(line), everything(line), action, logs)
