"""From a JSON document to a plan: keys, types and ranges, exactly as plan.schema.json says them.

A test damages plans in every place and holds this module and the schema against each other.
"""

import re
from ipaddress import IPv6Address

from failover.core.messages import PATHS
from failover.core.plan import Damping, Durability, Group, Lease, Panel, Plan, Profile
from failover.plan_file.content import (
    INSTANCES_MAX,
    VERSION,
    Actuators,
    Endpoint,
    EtcdPlan,
    Instance,
    MoveGroup,
    Observer,
    PlanFile,
    Site,
    SqlitePlan,
    Witness,
)
from failover.plan_file.values import Number, Text, Value

KEYS = (
    "version", "hash", "port", "sites", "witness", "register", "profile", "panel", "damping",
    "observers", "groups",
)  # fmt: skip

_ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(\.{_OCTET}){{3}}"
_PORT = r"(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"

ID = Text("an identifier", re.compile(_ID), 40)
INSTANCE = Text("an instance's name", re.compile(_ID), 81)
GROUP = Text("a move group's name", re.compile(rf"{_ID}(@{_ID})?"), 81)
SHORT = Text("a short name", re.compile(r"[A-Z][A-Z0-9]{0,5}"))
HASH = Text("a SHA-256 in hexadecimal", re.compile(r"[0-9a-f]{64}"))
IPV4 = Text("an IPv4 address", re.compile(_IPV4))
IPV6 = Text("an IPv6 address in lower case", re.compile(r"[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}"))
URL = Text("an endpoint like `https://10.0.0.1:2379`", re.compile(rf"https://{_IPV4}:{_PORT}"))
FILE = Text("the absolute path of a file", re.compile(r"/[^\0]*"), 4096)

TIME_S = Number(0, 86_400, above=True)
TOLERABLE_S = Number(0, 31_536_000)  # a year
SHARE = Number(0, 1)
POINTS = Number(0, 1_000_000, above=True)
DRIFT = Number(0, 0.1, above=True)
RATE = Number(0, 1e12)
COUNT_MAX = 1000
MILLISECONDS_MAX = 86_400_000
OBSERVERS_MAX = 256


def plan_file(document: Value) -> PlanFile:
    """The plan in a document.

    Raises:
        PlanProblem: a key is unknown or missing, a value is of another type or out of its range.
    """
    top = document.keys(KEYS)
    top["version"].whole(VERSION, VERSION)
    sites = [_site(item) for item in top["sites"].items(2, 2)]
    groups = tuple(_group(item) for item in top["groups"].items(1, INSTANCES_MAX))
    witness = _witness(top["witness"])
    plan = Plan(
        hash=top["hash"].text(HASH),
        sites=(sites[0].name, sites[1].name),
        witness=witness.name,
        profile=_profile(top["profile"]),
        groups=tuple(each.group for each in groups),
        panel=_panel(top["panel"]),
        damping=_damping(top["damping"]),
    )
    return PlanFile(
        plan=plan,
        port=top["port"].whole(1, 65_535),
        sites=(sites[0], sites[1]),
        witness=witness,
        register=_register(top["register"]),
        observers=tuple(_observer(item) for item in top["observers"].items(0, OBSERVERS_MAX)),
        groups=groups,
    )


def _site(value: Value) -> Site:
    site = value.keys(("name", "short", "addresses"))
    addresses = site["addresses"].keys(PATHS)
    return Site(
        name=site["name"].text(ID),
        short=site["short"].text(SHORT),
        addresses={path: addresses[path].text(IPV4) for path in PATHS},
    )


def _witness(value: Value) -> Witness:
    witness = value.keys(("name", "address"))
    return Witness(name=witness["name"].text(ID), address=witness["address"].text(IPV4))


def _observer(value: Value) -> Observer:
    observer = value.keys(("name", "address"))
    return Observer(name=observer["name"].text(ID), address=observer["address"].text(IPV4))


def _register(value: Value) -> EtcdPlan | SqlitePlan:
    members = value.members()
    if "kind" not in members:
        raise value.problem("has no `kind`", "it is etcd or sqlite")
    if members["kind"].choice(("etcd", "sqlite")) == "sqlite":
        return SqlitePlan(path=value.keys(("kind", "path"))["path"].text(FILE))
    etcd = value.keys(("kind", "endpoints", "heartbeat_ms", "election_ms"))
    endpoints = etcd["endpoints"].members()
    if len(endpoints) != 3:
        raise etcd["endpoints"].problem(f"has {len(endpoints)} places, not three")
    return EtcdPlan(
        endpoints={place: _endpoint(place, member) for place, member in endpoints.items()},
        heartbeat_ms=etcd["heartbeat_ms"].whole(1, MILLISECONDS_MAX),
        election_ms=etcd["election_ms"].whole(1, MILLISECONDS_MAX),
    )


def _endpoint(place: str, value: Value) -> Endpoint:
    Value(value.file, value.path, place).text(ID)
    address, _, port = value.text(URL).removeprefix("https://").partition(":")
    return Endpoint(place=place, address=address, port=int(port))


def _profile(value: Value) -> Profile:
    profile = value.keys(("lease", "renewal_s", "beat_s", "silence_s", "patience_s"))
    lease = profile["lease"].keys(("length_s", "drift", "margin_s"))
    return Profile(
        lease=Lease(
            length_s=lease["length_s"].number(TIME_S),
            drift=lease["drift"].number(DRIFT),
            margin_s=lease["margin_s"].number(TIME_S),
        ),
        renewal_s=profile["renewal_s"].number(TIME_S),
        beat_s=profile["beat_s"].number(TIME_S),
        silence_s=profile["silence_s"].number(TIME_S),
        patience_s=profile["patience_s"].number(TIME_S),
    )


def _panel(value: Value) -> Panel:
    panel = value.keys(("observers_min", "reach_share", "lost_share", "slow_share", "fresh_s"))
    return Panel(
        observers_min=panel["observers_min"].whole(1, COUNT_MAX),
        reach_share=panel["reach_share"].number(SHARE),
        lost_share=panel["lost_share"].number(SHARE),
        slow_share=panel["slow_share"].number(SHARE),
        fresh_s=panel["fresh_s"].number(TIME_S),
    )


def _damping(value: Value) -> Damping:
    damping = value.keys(
        ("penalty", "half_life_s", "suppress", "brake_moves", "brake_window_s", "flap_changes",
         "flap_window_s")
    )  # fmt: skip
    return Damping(
        penalty=damping["penalty"].number(POINTS),
        half_life_s=damping["half_life_s"].number(TIME_S),
        suppress=damping["suppress"].number(POINTS),
        brake_moves=damping["brake_moves"].whole(1, COUNT_MAX),
        brake_window_s=damping["brake_window_s"].number(TIME_S),
        flap_changes=damping["flap_changes"].whole(1, COUNT_MAX),
        flap_window_s=damping["flap_window_s"].number(TIME_S),
    )


def _group(value: Value) -> MoveGroup:
    group = value.keys(
        ("name", "home", "priority", "after", "rto_s", "rpo_s", "rate_bytes_s", "durability",
         "resource_check", "actuators", "instances")
    )  # fmt: skip
    instances = tuple(_instance(item) for item in group["instances"].items(1, INSTANCES_MAX))
    durabilities = [each.value for each in Durability]
    return MoveGroup(
        group=Group(
            name=group["name"].text(GROUP),
            instances=tuple(each.name for each in instances),
            home=group["home"].text(ID),
            priority=group["priority"].whole(1, 99),
            after=group["after"].texts(GROUP),
            rto_s=group["rto_s"].number(TOLERABLE_S._replace(above=True)),
            rpo_s=group["rpo_s"].number(TOLERABLE_S),
            rate_bytes_s=group["rate_bytes_s"].number(RATE),
            durability=Durability(group["durability"].choice(durabilities)),
        ),
        instances=instances,
        resource_check=group["resource_check"].truth(),
        actuators=_actuators(group["actuators"]),
    )


def _actuators(value: Value) -> Actuators:
    actuators = value.keys(("bgp", "hooks"), ("postgresql",))
    cluster = None
    if "postgresql" in actuators:
        cluster = actuators["postgresql"].keys(("cluster",))["cluster"].text(INSTANCE)
    return Actuators(
        postgresql=cluster,
        bgp=actuators["bgp"].truth(),
        hooks=actuators["hooks"].texts(ID),
    )


def _instance(value: Value) -> Instance:
    instance = value.keys(("name", "v4"), ("v6",))
    v6 = _ipv6(instance["v6"]) if "v6" in instance else None
    return Instance(name=instance["name"].text(INSTANCE), v4=instance["v4"].text(IPV4), v6=v6)


def _ipv6(value: Value) -> str:
    text = value.text(IPV6)
    try:
        return str(IPv6Address(text))
    except ValueError as error:
        raise value.problem(f"`{text}` is not {IPV6.noun}") from error
