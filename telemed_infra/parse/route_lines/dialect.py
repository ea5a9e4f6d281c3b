"""Where VRP and Comware differ in what they make of the same lines, and of none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.state import Bgp, Peer, Routes, Setting, Settings
from telemed_infra.parse.routes import Bfd, without_secret


@dataclass(frozen=True, slots=True)
class Resolved:
    """A peer with its group's settings behind its own."""

    bgp: Bgp
    peer: Peer
    group: Peer | None

    def setting(self, name: str, family: Family | None = None) -> Setting | None:
        """The peer's own setting, or its group's; of the session, or in one address family."""
        for one in filter(None, (self.peer, self.group)):
            settings: Settings = one.settings if family is None else one.families[family]
            if name in settings:
                return settings[name]
        return None

    def number(self, name: str, otherwise: int) -> int:
        """The one number of a setting."""
        found = self.setting(name)
        return int(found.args[0]) if found else otherwise

    def word(self, name: str) -> str:
        """The one word of a setting, or ""."""
        found = self.setting(name)
        return found.args[0] if found else ""

    @property
    def remote_as(self) -> int:
        """The peer's AS; ours if its group is internal and says none."""
        return self.number("as-number", self.bgp.as_number)

    @property
    def external(self) -> bool:
        """Whether it is eBGP."""
        return self.remote_as != self.bgp.as_number

    def enabled(self, family: Family, *, ipv4_by_default: bool) -> bool:
        """Whether it carries a family: by its line, or, IPv4 alone and on some, by default."""
        found = self.setting("enable", family)
        if found is not None:
            return found.on
        default = self.bgp.settings.get("ipv4-unicast")
        by_default = default.on if default else ipv4_by_default
        return by_default and family is Family.V4 and ":" not in self.peer.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a platform does where its text says nothing, and its words for lists."""

    ipv4_by_default: bool  # whether a peer with an IPv4 address is in IPv4 unicast without a line
    missing_passes: bool  # a name at a peer that nothing defines lets all through; else who knows
    bfd: Callable[[Routes, Resolved], Bfd | None]
    """How a session's loss is noticed."""
    kinds: Mapping[str, str]
    """Of lists whose kind VRP names otherwise: the platform's word."""
    not_only_here: frozenset[str]
    """Kinds that other parts of a text use too, so that none is called unused."""
    shown: Callable[[str], str] = without_secret
    """A line as a finding may show it."""
    watch_ms: int = 1000  # of a BFD session of its own that says nothing
    watch_multiplier: int = 3
