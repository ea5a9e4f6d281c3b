"""What each place is given: the plan, keys, certificates, its node file, its member of etcd."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes
from typing import Any

from failover.laboratory.authority import Authority
from failover.laboratory.network import (
    CENTRES,
    FIBRE,
    HEALTH,
    HOSPITAL,
    MEMBERS,
    PLACES,
    WITNESS,
)
from failover.plan_file.reading import hash_of
from failover.wire.keys import fresh_key

CLIENTS, PEERS = 2379, 2380  # ports of etcd
SERVICES: Mapping[str, str] = {"portal": "10.98.12.1", "archive": "10.98.12.2"}
HOMES: Mapping[str, str] = {"portal": "dc-a", "archive": "dc-b"}
MORE, FIRST_MORE = "10.98.12.{}", 10  # the further instances
PLAN = Path(__file__).with_name("plan.json")  # without what the laboratory itself decides
INTERFACES = (
    '[interfaces]\nhealth = "health"\n',
    '[interfaces]\nhealth = "health"\nfibre = "fibre"\n',
)


def plan_document(
    *,
    groups: int = len(SERVICES),
    instances: int = len(SERVICES),
    register: Mapping[str, int] | None = None,
    **profile: Any,
) -> dict[str, Any]:
    """A plan of stateless groups, at home in the two centres in turn.

    The first two are those of `SERVICES`. `instances`: of all groups together, the same number in
    each, 200 at most; the register's and the profile's times may be others.
    """
    template: dict[str, Any] = json.loads(PLAN.read_text("utf-8"))
    document = template | {
        "sites": [
            {
                "name": name,
                "short": name.replace("-", "").upper(),
                "addresses": {"fibre": FIBRE[name], "health": HEALTH[name]},
            }
            for name in CENTRES
        ],
        "witness": {"name": WITNESS, "address": HEALTH[WITNESS]},
        "observers": [{"name": HOSPITAL, "address": HEALTH[HOSPITAL]}],
        "groups": [
            template["groups"][0]
            | {"name": name, "home": CENTRES[number % len(CENTRES)]}
            | {"instances": _instances(name, number, instances // groups)}
            for number, name in enumerate(_names(groups))
        ],
    }
    document["register"]["endpoints"] = {
        name: f"https://{HEALTH[name]}:{CLIENTS}" for name in MEMBERS
    }
    document["register"] |= register or {}
    document["profile"] |= profile
    return document | {"hash": hash_of(document)}


def write_places(folder: Path, document: dict[str, Any]) -> None:
    """Plan, keys, certificates, node file and etcd's settings of every place."""
    authority = Authority(folder / "tls")
    keys = {frozenset(pair): fresh_key(token_bytes) for pair in _pairs()}
    for name in PLACES:
        place = folder / name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        (place / "plan.json").write_text(json.dumps(document), "utf-8")
        lines = [
            f"{other} send {keys[frozenset((name, other))]}\n"
            for other in PLACES
            if frozenset((name, other)) in keys
        ]
        (place / "keys").touch(0o600)
        (place / "keys").write_text("".join(lines), "ascii")
        files = authority.sign(f"agent-{name}", HEALTH[name], server=False)
        (place / "node.toml").write_text(
            f'name = "{name}"\nplan = "plan.json"\nkeys = "keys"\nrun = "run"\n'
            f'state = "state"\nneutral = "{HEALTH[WITNESS]}"\n'
            f'[register]\ncertificate = "{files.certificate}"\n'
            f'key = "{files.key}"\nauthority = "{files.authority}"\n'
            f'etcd_config = "{place / "etcd.json"}"\n{INTERFACES[name in CENTRES]}',
            "utf-8",
        )
        if name in MEMBERS:
            settings = _member(folder, authority, name, document["register"])
            (place / "etcd.json").write_text(json.dumps(settings), "utf-8")


def _member(
    folder: Path, authority: Authority, name: str, register: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings of one member of etcd. Every write is synced to the disk."""
    files = authority.sign(f"etcd-{name}", HEALTH[name], server=True)
    transport = {
        "cert-file": str(files.certificate),
        "key-file": str(files.key),
        "trusted-ca-file": str(files.authority),
        "client-cert-auth": True,
    }
    client, peer = (f"https://{HEALTH[name]}:{port}" for port in (CLIENTS, PEERS))
    return {
        "name": name,
        "data-dir": str(folder / name / "etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": ",".join(f"{one}=https://{HEALTH[one]}:{PEERS}" for one in MEMBERS),
        "client-transport-security": transport,
        "peer-transport-security": transport,
        "logger": "zap",
        "enable-grpc-gateway": True,
        "pre-vote": True,
        "heartbeat-interval": register["heartbeat_ms"],
        "election-timeout": register["election_ms"],
        "quota-backend-bytes": 1 << 28,
        "auto-compaction-mode": "revision",
        "auto-compaction-retention": "5000",
    }


def _names(groups: int) -> list[str]:
    return [*SERVICES, *(f"group-{number}" for number in range(len(SERVICES) + 1, groups + 1))]


def _instances(group: str, number: int, count: int) -> list[dict[str, str]]:
    """The first of a service has its own address; the others' are in one row behind them."""
    row = [MORE.format(FIRST_MORE + number * count + each) for each in range(count)]
    own = [SERVICES[group]] if group in SERVICES else row[:1]
    return [
        {"name": f"{group}-{n}", "v4": address}
        for n, address in enumerate([*own, *row[1:]], start=1)
    ]


def _pairs() -> list[tuple[str, str]]:
    """Who speaks with whom: each with both centres."""
    return [("dc-a", "dc-b"), *((one, two) for one in (WITNESS, HOSPITAL) for two in CENTRES)]
