"""What lines of VRP about IKE, IPsec and GRE build up, before it is judged: lives for one text.

Values stand with their lines; what a line leaves out is absent here, and `tunnels.py` knows what
holds then. Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from telemed_infra.parse.management.state import Management
from telemed_infra.parse.virtual_routers import Groups
from telemed_infra.parse.vrp.engine import Words


class Said(NamedTuple):
    """The words behind a head, and the line."""

    words: Words
    line: int


@dataclass(slots=True)
class Part:
    """A proposal, peer, policy or template: its lines by their heads."""

    name: str
    line: int
    said: dict[str, Said] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    """Heads of which the text has the `undo`."""

    def first(self, head: str) -> str:
        """The first word behind a head, or ""."""
        found = self.said.get(head)
        return found.words[0] if found and found.words else ""

    def place(self, head: str) -> int:
        """The line of a head, or where the part begins."""
        return self.said[head].line if head in self.said else self.line


@dataclass(slots=True)
class Policy(Part):
    """`ipsec policy <group> <n> isakmp`, or an entry of a template."""

    template: str = ""  # whose entries answer in its place


@dataclass(slots=True)
class Ipsec:
    """All lines about IKE and IPsec, and whose view is open."""

    system: Part = field(default_factory=lambda: Part("", 0))
    """Lines of the system view: dead peer detection, the own name, the lifetime."""
    proposals: dict[str, Part] = field(default_factory=dict)  # of IKE
    peers: dict[str, Part] = field(default_factory=dict)
    transforms: dict[str, Part] = field(default_factory=dict)  # `ipsec proposal`
    policies: dict[str, dict[int, Policy]] = field(default_factory=dict)
    templates: dict[str, dict[int, Policy]] = field(default_factory=dict)
    rules: dict[int, Words] = field(default_factory=dict)  # of access lists, by their lines
    open: Part = field(default_factory=lambda: Part("", 0))


@dataclass(slots=True)
class Bound:
    """What an interface block says of IPsec, and of a tunnel."""

    policy: Said | None = None
    protocol: str = ""
    source: Said | None = None
    destination: Said | None = None
    mtu: Said | None = None
    segments: Said | None = None  # of TCP, the largest
    odd: Said | None = None  # of GRE: what the other end has to know, too


class TunnelPort(Protocol):
    """What of an interface matters to tunnels."""

    @property
    def line(self) -> int:
        """Where its block begins."""

    @property
    def shut(self) -> bool:
        """Whether it is off."""

    @property
    def addresses(self) -> Mapping[str, int]:
        """Its own ones, with their lengths."""

    @property
    def groups(self) -> Groups:
        """Virtual routers, whose addresses it may answer at."""

    @property
    def bound(self) -> Bound:
        """What it says of IPsec."""


class EndsTunnels(Protocol):
    """A device that ends tunnels, as its text has built it up."""

    @property
    def ports(self) -> Mapping[str, TunnelPort]:
        """Its interfaces by name."""

    @property
    def ipsec(self) -> Ipsec:
        """Its lines about IKE and IPsec."""

    @property
    def management(self) -> Management:
        """Where its access lists are."""


class Lack(Exception):
    """What a tunnel needs, and the line that should say it."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


class Off(Exception):
    """A part is switched off, so there is no tunnel."""
