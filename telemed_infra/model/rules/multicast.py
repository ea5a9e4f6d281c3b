"""Lectures to many: groups that platforms take for source-specific, in a zone that sites have."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding
from telemed_infra.model.rules.addresses import network, well_formed
from telemed_infra.model.rules.known import Known
from telemed_infra.model.schema.network_file import App

SOURCE_SPECIFIC = IPv4Network("232.0.0.0/8")  # RFC 4607
RESERVED = IPv4Network("232.0.0.0/24")  # there, for nobody's use


def check_multicast(draft: Draft, known: Known) -> Iterator[Finding]:
    """Groups and zone in `network.yml`, and what policies send to groups."""
    rule = draft.network.multicast if draft.network else None
    file = draft.file("network.yml")
    if rule is not None:
        yield from known.refer(file, ("multicast", "zone"), "zone", rule.zone)
        yield from _zone(draft, file, rule.zone)
        yield from _groups(file, rule.groups)
    yield from _policies(draft)


def _zone(draft: Draft, file: str, zone: str) -> Iterator[Finding]:
    kinds = draft.by_kind()
    known = draft.network is not None and zone in draft.network.zones
    if known and kinds and not any(zone in one.zones for one in kinds.values()):
        yield Finding(
            file,
            ("multicast", "zone"),
            f"no blueprint has a zone `{zone}`",
            "name the zone of lecture rooms and studios, or give it a VLAN in the blueprints",
        )


def _groups(file: str, text: str) -> Iterator[Finding]:
    path = ("multicast", "groups")
    yield from well_formed(file, path, text)
    found = network(text)
    if found is None:
        return
    if not (isinstance(found, IPv4Network) and found.subnet_of(SOURCE_SPECIFIC)):
        yield Finding(
            file,
            path,
            f"`{text}` is not in {SOURCE_SPECIFIC}",
            "source-specific groups of IPv4 are there (RFC 4607), for example `232.52.0.0/16`",
        )
    elif found.overlaps(RESERVED):
        yield Finding(
            file, path, f"`{text}` has groups of {RESERVED}", "RFC 4607 keeps those: take others"
        )


def _policies(draft: Draft) -> Iterator[Finding]:
    """A connection has two ends: what is sent to many is UDP."""
    apps = draft.network.apps if draft.network else {}
    for file, policies in draft.policies.items():
        for index, policy in enumerate(policies):
            if not policy.to.multicast:
                continue
            for number, name in enumerate(policy.apps):
                if name in apps and not _datagrams(apps[name]):
                    yield Finding(
                        file,
                        (index, "apps", number),
                        f"`{name}` is more than UDP, and nobody answers who sends to many",
                        "name an application that has `udp` alone",
                    )


def _datagrams(app: App) -> bool:
    others = (app.tcp, app.icmp, app.icmp6, app.protocol)
    return app.udp is not None and not any(others)
