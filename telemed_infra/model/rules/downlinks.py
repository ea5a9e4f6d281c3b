"""A county head and its hospitals: a line between every two members, each on a port of its own.

Source: docs/concepts/routing.md, "Who speaks".
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.downlinks import HOSPITALS_MAX, downlinks
from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path
from telemed_infra.model.resolve import device_numbers
from telemed_infra.model.rules.blueprints import used_ports
from telemed_infra.model.schema.blueprint_file import BlueprintFile


def check_downlinks(draft: Draft) -> Iterator[Finding]:
    """Everything of the module, if there is a blueprint of each."""
    kinds = draft.by_kind()
    head, hospital = kinds.get("county-center"), kinds.get("county-hospital")
    if head is None or hospital is None:
        return
    files = {id(blueprint): file for file, blueprint in draft.blueprints.items()}
    file = files[id(hospital)]
    yield from _ports(files[id(head)], head, file, hospital)
    yield from _crossed(file, hospital, head)


def _ports(
    above: str, head: BlueprintFile, file: str, hospital: BlueprintFile
) -> Iterator[Finding]:
    """No line comes in where the head has another cable, whichever hospital's it is."""
    taken: dict[str, Path] = {port: path for path, port in used_ports(head)}
    for num in range(HOSPITALS_MAX):
        for uplink, place, number in downlinks(head, hospital, num):
            port = f"{uplink.peer}:{number}"
            if port in taken:
                yield Finding(
                    file,
                    ("uplinks", place),
                    f"the line of hospital {num} meets port `{port}` of the head, "
                    "which is that of {other}",
                    "give that cable another port, or the head another `first_downlink_port`",
                    other=(above, taken[port]),
                )


def _crossed(file: str, hospital: BlueprintFile, head: BlueprintFile) -> Iterator[Finding]:
    """A member of the head may lose its default route; a hospital's member must not with it."""
    lines = {
        (uplink.port.partition(":")[0], uplink.peer)
        for uplink in hospital.uplinks
        if uplink.to == "head" and uplink.link is not None
    }
    for member in _members(hospital):
        mine = {peer for lower, peer in lines if lower == member}
        for peer in _members(head):
            if mine and peer not in mine:
                yield Finding(
                    file,
                    ("uplinks",),
                    f"no line leads from `{member}` to `{peer}` of the head",
                    "each member has a line to each member of the head: the one may be without "
                    "a way up while the other has one",
                )


def _members(blueprint: BlueprintFile) -> list[str]:
    return [
        f"{role}{number:02d}"
        for role, _, number in device_numbers(blueprint, {})
        if role == blueprint.enforcing
    ]
