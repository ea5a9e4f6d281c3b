"""What a peer is: another system that moves a service, on our topology, under our faults."""

from __future__ import annotations

from typing import Protocol

from failover.laboratory.lab import Lab


class Peer(Protocol):
    """One system in one setting. `lab` is a `topology`: namespaces and links, nothing runs in it.

    At the start dc-a owns the service. Its address answers, at whichever centre owns it, as
    `failover.laboratory.server` does: a datagram or a line, answered by the centre's name.
    """

    @property
    def name(self) -> str:
        """The product and its version."""
        ...

    @property
    def settings(self) -> str:
        """What was set, in a few words: `defaults`, `advert_int 0.1`."""
        ...

    def start(self, lab: Lab) -> None:
        """Start it, and wait until dc-a owns the service."""
        ...

    def service_address(self) -> str:
        """Where the hospital's client finds the service."""
        ...

    def kill_owner(self) -> None:
        """The owner is lost at once: its links, and its processes."""
        ...

    def cut_fibre(self) -> None:
        """The fibre carries nothing."""
        ...

    def heal_fibre(self) -> None:
        """It carries again."""
        ...

    def stop(self) -> None:
        """End what was started. The namespaces go by themselves."""
        ...
