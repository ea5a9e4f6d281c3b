"""A small plan by hand, as parsed JSON: two sites, three groups, every kind of value.

document = small_plan()                  # sealed: its hash is right
document["groups"][0]["after"] = [...]
bytes_of(sealed(document))
"""

from __future__ import annotations

import json
from typing import Any

from failover.plan_file import hash_of

Document = dict[str, Any]


def small_plan() -> Document:
    return sealed(
        {
            "version": 1,
            "port": 7947,
            "sites": [_site("dc-a", "DCA", 0), _site("dc-b", "DCB", 4)],
            "witness": {"name": "witness-1", "address": "10.8.0.17"},
            "register": {
                "kind": "etcd",
                "endpoints": {
                    "dc-a": "https://10.0.150.70:2379",
                    "dc-b": "https://10.4.150.70:2379",
                    "witness-1": "https://10.8.0.17:2379",
                },
                "heartbeat_ms": 50,
                "election_ms": 500,
            },
            **_judgement(),
            "observers": [
                {"name": "bijie-h1", "address": "10.83.0.60"},
                {"name": "guizhou-h1", "address": "10.13.16.60"},
            ],
            "groups": [
                _group("portal@dc-a", "dc-a", 0, durability="asynchronous"),
                _group("referral@dc-b", "dc-b", 8, after=["portal@dc-a"]),
                _group("ward-rounds@dc-b", "dc-b", 11, after=["portal@dc-a"], stateless=True),
            ],
        }
    )


def one_machine() -> Document:
    """The small plan with the register in a file and every address on the loopback."""
    plan = small_plan()
    plan["register"] = {"kind": "sqlite", "path": "/var/lib/telemed/register.sqlite"}
    for number, site in enumerate(plan["sites"]):
        site["addresses"] = {"fibre": f"127.0.{number}.1", "health": f"127.0.{number}.2"}
    return sealed(plan)


def sealed(document: Document) -> Document:
    """The document with the hash that it should have."""
    return {**document, "hash": hash_of(document)}


def bytes_of(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _judgement() -> Document:
    return {
        "profile": {
            "lease": {"length_s": 2.0, "drift": 0.01, "margin_s": 0.15},
            "renewal_s": 0.4,
            "beat_s": 0.2,
            "silence_s": 1.0,
            "patience_s": 10.0,
        },
        "panel": {
            "observers_min": 2,
            "reach_share": 0.6,
            "lost_share": 0.1,
            "slow_share": 0.5,
            "fresh_s": 3.0,
        },
        "damping": {
            "penalty": 1000.0,
            "half_life_s": 900.0,
            "suppress": 2000.0,
            "brake_moves": 3,
            "brake_window_s": 600.0,
            "flap_changes": 6,
            "flap_window_s": 60.0,
        },
    }


def _site(name: str, short: str, octet: int) -> Document:
    addresses = {"fibre": f"10.{octet}.140.70", "health": f"10.{octet}.100.70"}
    return {"name": name, "short": short, "addresses": addresses}


def _group(
    name: str,
    home: str,
    number: int,
    *,
    after: list[str] | None = None,
    durability: str = "synchronous",
    stateless: bool = False,
) -> Document:
    cluster = {} if stateless else {"postgresql": {"cluster": name.replace("@", "-")}}
    return {
        "name": name,
        "home": home,
        "priority": 2 + number,
        "after": after or [],
        "rto_s": 30.0,
        "rpo_s": 0.0,
        "rate_bytes_s": 0.0 if stateless else 200_000.0,
        "durability": "stateless" if stateless else durability,
        "resource_check": not stateless,
        "actuators": {"bgp": True, "hooks": ["announce"], **cluster},
        "instances": [
            {
                "name": f"{name.partition('@')[0]}-{tenants}",
                "v4": f"10.12.{number}.{group}",
                "v6": f"2001:db8:c00::{number * 256 + group:x}",
            }
            for group, tenants in enumerate(("province", "bijie"))
        ],
    }
