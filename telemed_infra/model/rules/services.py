"""Services: what one needs before it starts must not need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding
from telemed_infra.model.schema.policy_file import Service


def check_services(draft: Draft) -> Iterator[Finding]:
    """Cycles in `after`, each told once, at its first service in the file."""
    services = draft.services or {}
    told: set[str] = set()
    for name in services:
        cycle = [] if name in told else _cycle(name, services)
        if cycle:
            told.update(cycle)
            around = " → ".join([*cycle, name])
            yield Finding(
                draft.file("services.yml"),
                (name, "after"),
                f"the services wait for each other: {around}",
                "take one `after` away: none of them could start first",
            )


def _cycle(start: str, services: Mapping[str, Service]) -> list[str]:
    """A way from the service back to itself; empty if there is none."""
    came: dict[str, str] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        for needed in services[name].after if name in services else ():
            if needed == start:
                way = [name]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if needed not in came:
                came[needed] = name
                todo.append(needed)
    return []
