"""Prefixes: well formed, inside what they belong to, none over another's."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path, listed
from telemed_infra.model.schema.network_file import App

Net = IPv4Network | IPv6Network
MANAGED = "mgmt"  # the zone of the devices themselves


def check_addresses(draft: Draft) -> Iterator[Finding]:
    """The plan's constants, data centres, witnesses, partners, local NAT; ports of applications."""
    plan = list(_plan(draft))
    centers = list(_centers(draft))
    partners = list(_partners(draft))
    for file, path, text in (*plan, *_not_public(draft), *centers, *partners):
        yield from well_formed(file, path, text)
    yield from _shape(draft)
    yield from _center_places(draft)
    yield from _disjoint(partners, [*plan, *prefecture_blocks(draft)])
    yield from _local_nat(draft)
    for name, app in (draft.network.apps if draft.network else {}).items():
        yield from _app(draft.file("network.yml"), ("apps", name), app)


Prefixes = list[tuple[str, Path, str]]


@cache
def network(text: str) -> Net | None:
    """The prefix; None if it is none, or has bits beyond its length."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def well_formed(file: str, path: Path, text: str) -> Iterator[Finding]:
    """A finding unless the text is a prefix whose other bits are zero."""
    if network(text) is not None:
        return
    try:
        whole = ip_network(text, strict=False)
    except ValueError:
        yield Finding(
            file,
            path,
            f"`{text}` is not a prefix",
            "write an address and a length, for example `10.0.0.0/14`",
        )
    else:
        yield Finding(
            file, path, f"`{text}` has bits beyond its length", f"the prefix is `{whole}`"
        )


def _plan(draft: Draft) -> Iterator[tuple[str, Path, str]]:
    if draft.network:
        file, plan = draft.file("network.yml"), draft.network.addresses
        for key in ("v4", "v6", "core", "guest", "lte_pool"):
            yield file, ("addresses", key), getattr(plan, key)
        for key in ("v4", "v6"):
            yield file, ("addresses", "service_pool", key), getattr(plan.service_pool, key)


def _not_public(draft: Draft) -> Iterator[tuple[str, Path, str]]:
    for index, text in enumerate(draft.network.addresses.not_public if draft.network else ()):
        yield draft.file("network.yml"), ("addresses", "not_public", index), text


def _centers(draft: Draft) -> Iterator[tuple[str, Path, str]]:
    if draft.data_centers:
        file = draft.file("data_centers.yml")
        for name, center in draft.centers().items():
            yield file, ("data_centers", name, "v4"), center.v4
        for name, witness in draft.data_centers.witnesses.items():
            yield file, ("witnesses", name, "v4"), witness.v4


def _partners(draft: Draft) -> Iterator[tuple[str, Path, str]]:
    for name, partner in (draft.partners or {}).items():
        for index, prefix in enumerate(partner.prefixes):
            yield draft.file("partners.yml"), (name, "prefixes", index), prefix


def prefecture_blocks(draft: Draft) -> Iterator[tuple[str, Path, str]]:
    """One block for each prefecture, after the province's own and as large."""
    province = network(draft.network.addresses.v4) if draft.network else None
    if not isinstance(province, IPv4Network):
        return
    for file, document in draft.sites.items():
        number = document.prefecture.num
        first = int(province.network_address) + number * province.num_addresses
        if number and first < 1 << 32:
            block = IPv4Network((first, province.prefixlen))
            yield file, ("prefecture",), str(block)


def _shape(draft: Draft) -> Iterator[Finding]:
    """What the plan's arithmetic takes for granted. Source: docs/concepts/policies.md."""
    if draft.network is None:
        return
    plan, file = draft.network.addresses, draft.file("network.yml")
    for path, text, length in (
        (("v4",), plan.v4, 12),
        (("v6",), plan.v6, 32),
        (("service_pool", "v4"), plan.service_pool.v4, 20),
        (("service_pool", "v6"), plan.service_pool.v6, 116),
    ):
        found = network(text)
        version = 6 if path[-1] == "v6" else 4
        if found and (found.prefixlen != length or found.version != version):
            yield Finding(
                file,
                ("addresses", *path),
                f"`{text}` is not an IPv{version} /{length}",
                "the plan counts in blocks of this size",
            )
    for path, text in ((("core",), plan.core), (("service_pool", "v4"), plan.service_pool.v4)):
        if not _within(text, plan.v4):
            yield Finding(
                file,
                ("addresses", *path),
                f"`{text}` is not in the province's {plan.v4}",
                "the province's own block holds it",
            )


def _center_places(draft: Draft) -> Iterator[Finding]:
    if draft.network is None or draft.data_centers is None:
        return
    file, plan = draft.file("data_centers.yml"), draft.network.addresses
    blueprint = draft.by_kind().get("data-center")
    blocks: Prefixes = [
        (file, ("data_centers", name, "v4"), center.v4) for name, center in draft.centers().items()
    ]
    reserved: Prefixes = [
        (draft.file("network.yml"), ("addresses", "core"), plan.core),
        (draft.file("network.yml"), ("addresses", "service_pool", "v4"), plan.service_pool.v4),
    ]
    yield from _disjoint(blocks, reserved)
    for _, path, text in blocks:
        found = network(text)
        if found and blueprint and found.prefixlen != blueprint.block:
            yield Finding(
                file,
                path,
                f"`{text}` is not a /{blueprint.block}",
                "blueprints/data-center.yml says how large the block is",
            )
        if not _within(text, plan.v4):
            yield Finding(file, path, f"`{text}` is not in the province's {plan.v4}")
    for name, witness in draft.data_centers.witnesses.items():
        if not _within(witness.v4, plan.core):
            yield Finding(
                file,
                ("witnesses", name, "v4"),
                f"`{witness.v4}` is not in the core's {plan.core}",
                "witnesses have addresses of `addresses.core`",
            )


def _disjoint(items: Prefixes, others: Prefixes) -> Iterator[Finding]:
    """A finding for each item that overlaps one of the others, or an item before it."""
    seen = list(others)
    for file, path, text in items:
        mine = network(text)
        for other_file, other_path, other in seen:
            theirs = network(other)
            if mine and theirs and mine.version == theirs.version and mine.overlaps(theirs):
                problem = f"`{text}` overlaps {other}, {{other}}"
                place = (other_file, other_path)
                yield Finding(file, path, problem, "each address has one place", other=place)
                break
        seen.append((file, path, text))


def _within(text: str, outer: str) -> bool:
    """Also true where one of them is malformed: that is told elsewhere."""
    mine, theirs = network(text), network(outer)
    if isinstance(mine, IPv4Network) and isinstance(theirs, IPv4Network):
        return mine.subnet_of(theirs)
    return mine is None or theirs is None


def _local_nat(draft: Draft) -> Iterator[Finding]:
    """A hospital's own prefix is as long as the zone's, so that each address has its partner."""
    kinds = draft.by_kind()
    for site in draft.placed():
        for name, text in site.item.local_nat.items():
            path = (*site.path, "local_nat", name)
            yield from well_formed(site.file, path, text)
            if site.kind not in kinds:
                continue
            zones = kinds[site.kind].zones
            zone = zones.get(name.upper())
            mine = network(text)
            if name == MANAGED:
                yield Finding(
                    site.file,
                    path,
                    "the devices' own addresses are known to the network as they are",
                    "leave this zone out: its hosts are the switches of the site",
                )
            if zone is None or zone.length is None or name != name.lower():
                there = [key.lower() for key, place in zones.items() if place.length]
                yield Finding(
                    site.file,
                    path,
                    f"a {site.kind} has no zone `{name}` to map",
                    f"its zones, in lower case: {listed(there, most=16)}",
                )
            elif mine and (mine.prefixlen != zone.length or mine.version != 4):
                yield Finding(
                    site.file,
                    path,
                    f"`{text}` is not as long as the zone, a /{zone.length}: no map of one to one",
                    f"name a /{zone.length}",
                )


def _app(file: str, path: Path, app: App) -> Iterator[Finding]:
    given = [key for key in ("tcp", "udp", "icmp", "icmp6", "protocol") if getattr(app, key)]
    if not given:
        yield Finding(
            file,
            path,
            "says nothing about what travels",
            "give `tcp`, `udp`, `icmp`, `icmp6` or `protocol`",
        )
    for key in ("tcp", "udp"):
        for index, ports in enumerate(getattr(app, key) or ()):
            low, _, high = str(ports).partition("-")
            if int(low) > int(high or low) or int(high or low) > 65535:
                yield Finding(
                    file,
                    (*path, key, index),
                    f"`{ports}` is not a range of ports",
                    "write the lower port first; the highest is 65535",
                )
