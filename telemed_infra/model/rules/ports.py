"""What a zone says of the ports where its hosts are plugged in."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding


def check_ports(draft: Draft) -> Iterator[Finding]:
    """Only a port that asks who plugs in can do without the answer."""
    for name, zone in draft.network.zones.items() if draft.network else ():
        if zone.ports and zone.ports.admits and not zone.ports.authentication:
            yield Finding(
                draft.file("network.yml"),
                ("zones", name, "ports", "admits"),
                "nobody is asked at these ports, so there is no answer to do without",
                "say how hosts are asked, `authentication: [dot1x, mac]`, or take it away",
            )
