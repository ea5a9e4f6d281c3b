"""What the judges of the management plane share: the state, complaints, words, access lists."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import NamedTuple, TypeVar

from telemed_infra.packets import Family, Ranges, Service, union
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.boxes import shared_services
from telemed_infra.parse.ios.dialect import is_word
from telemed_infra.parse.ios.plane.sayings import Plane, Said, Sayings
from telemed_infra.parse.ios.resolve import Resolver
from telemed_infra.parse.ios.state import Binding, Ios
from telemed_infra.parse.ios.values import interface, number
from telemed_infra.parse.reading import Reading

T = TypeVar("T")
# Without the word itself, which might be a secret at the wrong place.
_NOT_KNOWN = "a word of it is not known here"
_KINDS_OF_SECRET = ("0", "4", "5", "6", "7", "8", "9")


class Context(NamedTuple):
    """One text, read to its end."""

    state: Ios
    reading: Reading
    resolver: Resolver
    is_switch: bool

    @property
    def plane(self) -> Plane:
        """What the lines of the management plane say."""
        return self.state.plane

    @property
    def said(self) -> Sayings:
        """What those of the outermost view say."""
        return self.state.plane.said

    def refuse(self, said: Said, why: str) -> None:
        """Turn a line into an unread one."""
        self.reading.refuse(said.line, why)

    def value(self, meaning: Callable[[str], T], said: Said) -> T | None:
        """What a line means; None, and a complaint, if that cannot be said."""
        try:
            return meaning(said.text)
        except Unreadable as error:
            self.refuse(said, str(error))
            return None

    def sources(
        self,
        name: str,
        line: int,
        family: Family,
        services: tuple[Service, ...],
        effect: str = "it lets in",
    ) -> Ranges | None:
        """From where an access list lets somebody reach some services; None: from anywhere."""
        bound = self.resolver.bound(Binding(name, line), family, effect)
        if bound is None:
            return None
        region = self.resolver.permitted(self.state.lists[name], replies=False)
        return union(
            part
            for box in region
            if box.family is family and shared_services(box.services, services)
            for part in box.sources
        )

    def interface(self, said: Said) -> str:
        """The interface that a line names as source; "" if it gives no address."""
        found = self.value(lambda text: interface(text.partition(" vrf ")[0]), said)
        if not found:
            return ""
        port = self.state.ports.get(found)
        if port is None or not (port.addresses or port.borrows):
            self.refuse(said, f"{found} has no address, so another one is taken")
            return ""
        return found


class Words:
    """The words of a line, taken off one by one."""

    def __init__(self, text: str) -> None:
        self.rest = text.split()

    def take(self, *options: str) -> str:
        """The next word, if it is one of these; else ""."""
        for option in options:
            if self.rest and is_word(self.rest[0], option):
                del self.rest[0]
                return option
        return ""

    def one_of(self, *options: str) -> str:
        """The next word, which has to be one of these."""
        found = self.take(*options)
        if not found:
            raise Unreadable(_NOT_KNOWN)
        return found

    def word(self) -> str:
        """The next word, whatever it is."""
        if not self.rest:
            raise Unreadable("a word is missing")
        return self.rest.pop(0)

    def number(self, low: int, high: int) -> int:
        """The next word as a number between bounds."""
        return number(self.word(), low, high)

    def address(self) -> str:
        """The next word as an address of either family, in its canonical form."""
        typed = self.word()
        try:
            return str(ip_address(typed))
        except ValueError:
            raise Unreadable(f"{typed} is not an address") from None

    def secret(self) -> str:
        """All that is left: a secret, maybe with the number of its kind before it."""
        if len(self.rest) == 2 and self.rest[0] in _KINDS_OF_SECRET:
            del self.rest[0]
        found = self.word()
        self.end()
        return found

    def end(self) -> None:
        """Nothing is left."""
        if self.rest:
            raise Unreadable(_NOT_KNOWN)
