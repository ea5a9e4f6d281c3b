"""An intrusion sensor as Suricata 7.0 reads it: five files in a folder, installed as /etc/suricata.

Source: the Suricata 7.0 user guide; docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import jinja2
from msgspec import Struct

from telemed_infra.compile.ids import AddressVariable, PortVariable, SensorConfig, SensorRules
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render.text import Rendered, finish, mark, section

FOLDER = "suricata"  # of the templates
RULES_FILE = "telemed.rules"
NOWHERE = "127.255.255.254/32"  # never on a wire: Suricata refuses a group without an address
FIRST_CLUSTER = 98  # AF_PACKET cluster of the first interface; the next has 97

# What one of our own management servers may do without an alert: rules that it would trip.
TRUSTED_FOR: dict[str, tuple[int, ...]] = {
    "bastion": (1102015,),  # SSH logins in a row
    "nms": (1102017, 1103008),  # echo requests and SNMP queries to every device
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a sensor sets aside, by how much traffic its kind of site mirrors to it."""

    ring_packets: int  # of each capturing thread
    flow_memory: str
    stream_memory: str
    reassembly_memory: str


COUNTY = Size(
    ring_packets=20_000, flow_memory="128mb", stream_memory="128mb", reassembly_memory="256mb"
)
HOSPITAL = Size(
    ring_packets=50_000, flow_memory="256mb", stream_memory="256mb", reassembly_memory="512mb"
)
CENTER = Size(ring_packets=200_000, flow_memory="1gb", stream_memory="1gb", reassembly_memory="3gb")
SIZES: dict[str, Size] = {
    "county-center": COUNTY,
    "city-hospital": HOSPITAL,
    "provincial-hospital": HOSPITAL,
    "city-aggregation": CENTER,
    "data-center": CENTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureView:
    """One interface on which mirrored traffic comes in."""

    interface: str
    cluster: int


class ValueView(Struct, frozen=True, kw_only=True):
    """One member of a group; comma or closing bracket belong to it."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A variable that rules use as `$NAME`."""

    mark: str
    name: str
    members: tuple[ValueView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionView:
    """One of our own machines, which one rule shall not speak of."""

    mark: str
    server: str
    sid: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuricataView:
    """A whole sensor but for its rules."""

    mark: str
    sensor: str
    captures: tuple[CaptureView, ...]
    address_groups: tuple[GroupView, ...]
    port_groups: tuple[GroupView, ...]
    rules_file: str
    size: Size
    suppressions: tuple[SuppressionView, ...]


def sensor_files(
    templates: jinja2.Environment, config: SensorConfig
) -> Iterator[tuple[str, Rendered]]:
    """Every file of a sensor: its name in the sensor's folder, and its text."""
    view = {"sensor": suricata_view(config)}
    for name in ("suricata.yaml", "threshold.config"):
        yield name, finish(section(templates, f"{FOLDER}/{name}.j2", view))
    yield RULES_FILE, finish(*(_rules(templates, one) for one in config.rule_sets))
    for name in ("classification.config", "reference.config"):
        yield name, finish(mark(config.origins), section(templates, f"{FOLDER}/{name}", {}))


def suricata_view(config: SensorConfig) -> SuricataView:
    """What the templates write."""
    return SuricataView(
        mark=mark(config.origins),
        sensor=config.hostname,
        captures=tuple(
            CaptureView(interface=name, cluster=FIRST_CLUSTER - number)
            for number, name in enumerate(config.interfaces)
        ),
        address_groups=tuple(_addresses(one, config.origins) for one in config.addresses),
        port_groups=tuple(_ports(one) for one in config.ports if one.ports),
        rules_file=RULES_FILE,
        size=SIZES.get(config.kind, HOSPITAL),
        suppressions=tuple(
            SuppressionView(
                mark=mark(one.origins), server=one.server, sid=sid, address=_prefix(one.address)
            )
            for one in config.trusted
            for sid in TRUSTED_FOR.get(one.server, ())
        ),
    )


def _rules(templates: jinja2.Environment, rules: SensorRules) -> str:
    """A set as it stands in its file: a rule's line is not ours to change."""
    text = section(templates, f"{FOLDER}/rules/{rules.name}.rules", {})
    return f"{mark(rules.origins)}# {rules.name}: {rules.title}\n{text}\n"


def _addresses(variable: AddressVariable, origins: tuple[str, ...]) -> GroupView:
    members = [(mark(one.origins), _prefix(one.prefix)) for one in variable.entries]
    if variable.without:
        members.append((mark(origins), f"!${variable.without}"))
    return _group(variable.name, mark(origins), members or [(mark(origins), NOWHERE)])


def _ports(variable: PortVariable) -> GroupView:
    own = mark(variable.origins)
    return _group(variable.name, own, [(own, port.replace("-", ":")) for port in variable.ports])


def _group(name: str, own: str, members: list[tuple[str, str]]) -> GroupView:
    last = len(members) - 1
    return GroupView(
        mark=own,
        name=name,
        members=tuple(
            ValueView(
                mark=origin,
                text=f"{'' if number else '['}{text}{']' if number == last else ','}",
            )
            for number, (origin, text) in enumerate(members)
        ),
    )


@lru_cache(maxsize=1 << 12)
def _prefix(prefix: Prefix) -> str:
    """A host stands without its length in IPv4; an IPv6 one needs it to be no port."""
    text = address_text(prefix.family, prefix.first)
    whole = prefix.family is Family.V4 and prefix.length == 32
    return text if whole else f"{text}/{prefix.length}"
