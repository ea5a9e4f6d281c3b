"""What the lines about deep inspection build up: application profiles and their policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Applied(NamedTuple):
    """A policy that an application profile applies."""

    policy: str  # folded
    mode: str  # protect, or alert: it merely tells
    line: int


@dataclass(slots=True)
class AppProfile:
    """What one application profile applies, by kind: `ips`, `anti-virus`."""

    name: str
    line: int
    applied: dict[str, Applied] = field(default_factory=dict)


@dataclass(slots=True)
class SearchPolicy:
    """A self-made IPS or anti-virus policy; without a line it searches for everything."""

    name: str
    line: int
    limits: dict[str, set[str]] = field(default_factory=dict)
    """What its signatures must be of, by kind (`severity-level` …)."""
    weak: set[str] = field(default_factory=set)
    """Where it lets pass what it finds, or does not look: protocols, `signature …`."""


@dataclass(slots=True)
class Dpi:
    """All of a text, by folded name, and what has its view open."""

    profiles: dict[str, AppProfile] = field(default_factory=dict)
    policies: dict[str, dict[str, SearchPolicy]] = field(
        default_factory=lambda: {"ips": {}, "anti-virus": {}}
    )
    bypass: set[str] = field(default_factory=set)
    """What the engine is told not to look into: everything (`""`), or protocols."""
    profile: AppProfile = field(default_factory=lambda: AppProfile("", 0))
    policy: SearchPolicy = field(default_factory=lambda: SearchPolicy("", 0))
