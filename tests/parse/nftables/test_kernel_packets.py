"""The kernel as a judge of packets: random rulesets let in what their parsed rules permit."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from telemed_infra.parse.behaviour import LOCAL
from tests.parse.nftables.packet import Packet, only_chain, passes

pytestmark = [
    pytest.mark.root, pytest.mark.debian("nft"), pytest.mark.debian("ip"),
    pytest.mark.debian("unshare"),
]  # fmt: skip

RULESETS = 40
PACKETS = 120
ADDRESSES = ("10.1.0.1", "10.1.0.2", "10.1.1.1", "10.2.0.1", "10.2.0.2", "10.3.0.9")
PORTS = (22, 53, 80, 104, 443)
# Requests only: the kernel calls an error about no connection invalid, not new.
PINGS = (8 << 8, 8 << 8 | 1, 13 << 8)

CONDITIONS = (
    "ip saddr {a}", "ip saddr != {a}", "ip daddr {{ {a}, {b} }}", "ip daddr != {{ {a}, {b} }}",
    "ip saddr {n}", "ip daddr != {n}", "ip saddr @near", "ip daddr != @near",
    "ip saddr {a}-10.2.0.1",
    "tcp dport {p}", "tcp dport != {p}", "udp dport {{ {p}, {q} }}", "tcp dport >= {p}",
    "udp dport < {p}", "tcp sport 1000-1001", "meta l4proto tcp", "meta l4proto != udp",
    "ip protocol {{ icmp, udp }}", "ip6 nexthdr tcp", "meta nfproto ipv4", "meta nfproto ipv6",
    "meta l4proto {{ tcp, udp }} th dport {p}", "icmp type echo-request", "icmp code 1",
    "icmp type != 8", "iifname lo", 'iifname != "lo"', 'iifname {{ "lo", "x" }}',
    'iifname != {{ "x", "y" }}', "ip6 saddr fd00::/8",
    "meta l4proto . th dport {{ tcp . {p}, udp . {q} }}",
    "meta l4proto . th dport {{ 6 . {p}-{q}, 17 . {q} }}",
    "ip saddr {n} meta l4proto . th dport {{ tcp . {p}, udp . {p}-{q} }}",
    "ip daddr {a} meta l4proto . th sport {{ tcp . 1000-1050, udp . 1001 }}",
    "ip saddr . ip daddr {{ {a} . {b}, {n} . {a} }}", "ip saddr . tcp dport != {{ {a} . {p} }}",
    "ct state new", "ct state != established", "ct state established,related", "ct state invalid",
    "ip saddr . ip daddr . tcp dport {{ {a} . {b} . {p}, {b} . {a} . {q} }}", "",
)  # fmt: skip
VERDICTS = (
    "accept", "drop", "return", "continue", "jump one", "goto one", "jump two", "goto two",
    "reject", "reject with tcp reset", "tcp dport vmap {{ {p} : accept, {q}-1000 : jump two }}",
    "ip saddr vmap {{ {n} : drop, 10.3.0.0/16 : return }}", "counter", "counter accept",
    "meta l4proto . th dport vmap {{ tcp . {p} : jump two, udp . {p} : accept, tcp . {q} : drop }}",
)  # fmt: skip


def ruleset(chance: random.Random) -> str:
    chains = "".join(
        f"  chain {name} {{\n{rules(chance, count, targets)}  }}\n"
        for name, count, targets in (("two", 3, 0), ("one", 4, 1))
    )
    policy = chance.choice(("accept", "drop"))
    return (
        "table inet t {\n"
        "  set near { type ipv4_addr; flags interval; elements = { 10.1.0.0/31, 10.2.0.2 } }\n"
        f"{chains}  chain judge {{\n    type filter hook input priority 0; policy {policy};\n"
        f"{rules(chance, 7, 2)}  }}\n}}\n"
    )


def rules(chance: random.Random, count: int, targets: int) -> str:
    """Rules that call only chains declared before them."""
    lines: list[str] = []
    while len(lines) < count:
        verdict = chance.choice(VERDICTS)
        if ("one" in verdict and targets < 2) or ("two" in verdict and targets < 1):
            continue
        conditions = chance.sample(CONDITIONS, chance.choice((0, 1, 1, 2)))
        text = " ".join((*conditions, verdict))
        a, b = chance.sample(ADDRESSES, 2)
        p, q = sorted(chance.sample(PORTS, 2))
        network = chance.choice(("10.1.0.0/16", "10.2.0.0/24", "10.1.0.0/24"))
        lines.append(f"    {text.format(a=a, b=b, p=p, q=q, n=network)}\n")
    return "".join(lines)


def loads(text: str) -> bool:
    """Whether nft takes a ruleset; it refuses conditions that contradict each other."""
    run = subprocess.run(
        ["unshare", "--net", "nft", "-c", "-f", "-"],
        input=text, text=True, capture_output=True, check=False,
    )  # fmt: skip
    return run.returncode == 0


def packets(chance: random.Random) -> list[Packet]:
    found = []
    for number in range(PACKETS):
        source, destination = chance.sample(ADDRESSES, 2)
        protocol = chance.choice((1, 6, 6, 17))
        found.append(Packet(
            ingress="lo", egress=LOCAL, source=source, destination=destination, protocol=protocol,
            source_port=1000 + number, port=chance.choice(PINGS if protocol == 1 else PORTS),
        ))  # fmt: skip
    return found


def test_the_kernel_lets_in_what_the_parsed_rules_permit() -> None:
    chance = random.Random(20261122)
    candidates = (ruleset(chance) for _ in range(20 * RULESETS))
    texts: list[str] = []
    for text in candidates:
        if len(texts) < RULESETS and loads(text):
            texts.append(text)
    sent = packets(chance)
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("deliver.py"))],
        input=json.dumps({"texts": texts, "packets": [
            (one.source, one.destination, one.protocol, one.source_port, one.port) for one in sent
        ]}),
        text=True, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    for text, numbers in zip(texts, json.loads(run.stdout), strict=True):
        chain = only_chain(text)
        expected = [number for number, packet in enumerate(sent) if passes(chain, packet)]
        assert numbers == expected, text
    assert len(texts) == RULESETS
