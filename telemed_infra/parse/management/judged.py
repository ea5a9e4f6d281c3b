"""What lines built up, being judged: complaints, and the values that AAA gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.management_plane import AaaServer, Method
from telemed_infra.parse.management.state import AskedServer, Management, Place, Platform, Scheme

METHOD_NAMES = {Method.TACACS: "HWTACACS", Method.RADIUS: "RADIUS"}


@dataclass(slots=True)
class Look:
    """A text's state on its platform; complaints are lines whose meaning cannot be said."""

    state: Management
    platform: Platform
    instance: str = ""  # the VPN instance of the device's own clients
    complaints: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, why: str) -> None:
        """One more complaint, once; a line 0 stands for the whole text."""
        found = max(line, 1), why
        if found not in self.complaints:
            self.complaints.append(found)


class Aaa(NamedTuple):
    """What AAA says of administrators."""

    methods: tuple[Method, ...]
    authorization: tuple[Method, ...]
    sessions_accounted: bool
    commands_accounted: bool
    tacacs: tuple[AaaServer, ...]
    places: tuple[Place, ...]  # where its servers are spoken to from


AaaReader = Callable[[Look], Aaa]


def ranked(scheme: Scheme, purpose: str) -> tuple[AskedServer, ...]:
    """The servers of a scheme for one purpose, in the order in which they are tried."""
    held = scheme.servers.get(purpose, {})
    return tuple(held[rank] for rank in sorted(held))


def aaa_servers(scheme: Scheme, purpose: str) -> tuple[AaaServer, ...]:
    """The same with their secrets: their own, or that of the scheme."""
    common = scheme.secrets.get(purpose) or scheme.secrets.get("", "")
    return tuple(AaaServer(one.address, one.secret or common) for one in ranked(scheme, purpose))


def same_servers(scheme: Scheme, purposes: tuple[str, ...], look: Look) -> None:
    """Complain if what is asked for one purpose is not asked of the servers of the first."""
    wanted = aaa_servers(scheme, purposes[0])
    for purpose in purposes[1:]:
        if aaa_servers(scheme, purpose) != wanted:
            line = next((one.line for one in ranked(scheme, purpose)), scheme.line)
            look.add(line, f"the servers for {purpose} are not those for {purposes[0]}")


def server_places(state: Management, method: Method, scheme: Scheme) -> tuple[Place, ...]:
    """From where the servers of a scheme are spoken to."""
    return tuple(
        Place(
            one.line,
            f"the {METHOD_NAMES[method]} servers",
            one.source or scheme.source or state.sources.get(method, ""),
            one.instance or scheme.instance,
        )
        for servers in scheme.servers.values()
        for one in servers.values()
    )
