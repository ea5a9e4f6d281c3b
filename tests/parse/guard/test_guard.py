"""What is taken for the guard, and what is left to others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import Family, network_range
from telemed_infra.parse.guard import parse_guard, slot_of
from telemed_infra.parse.guard.behaviour import GuardBehaviour, GuardPacket, Role, Side
from telemed_infra.parse.nftables import parse_nftables
from tests.prove.edge_texts import GUARD

FILTER = """\
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    tcp dport 22 accept
  }
}
"""


def accounted(read: GuardBehaviour) -> None:
    unread = {one.line for one in read.unread}
    assert read.effective.isdisjoint(read.inert)
    assert unread.isdisjoint(read.effective | read.inert)
    assert len(read.effective) + len(read.inert) + len(unread) == read.lines


def test_every_line_is_accounted_for() -> None:
    read = parse_guard(GUARD)
    assert read.unread == ()
    assert read.unused == ()
    accounted(read)
    assert [(one.name, one.hook, one.priority) for one in read.chains] == [
        ("arriving", "prerouting", -300), ("leaving", "output", -300),
    ]  # fmt: skip
    assert {one.name: (one.role, one.slot, one.timed) for one in read.sets if one.role} == {
        f"{role.value}{slot}_{family}": (role, slot, role is Role.ARMED)
        for role in Role
        for slot in (0, 1)
        for family in ("v4", "v6")
    }


@pytest.mark.parametrize("text", [FILTER + GUARD, GUARD + FILTER])
def test_other_tables_are_left_to_others_at_their_lines(text: str) -> None:
    read = parse_guard(text)
    assert read.lines == parse_guard(GUARD).lines
    assert read.unread == ()
    rest = parse_nftables(read.rest)
    assert rest.unread == ()
    line = text[: text.index("tcp dport 22")].count("\n") + 1
    assert [rule.line for chain in rest.chains for rule in chain.rules] == [line]
    assert rest.lines + read.lines == parse_nftables(FILTER).lines + parse_guard(GUARD).lines


def test_commands_about_the_guard_are_the_guards() -> None:
    text = f"{GUARD}add rule inet doors arriving accept\nflush chain inet doors leaving\n{FILTER}"
    read = parse_guard(text)
    assert "doors" not in read.rest
    (arriving, leaving) = read.chains
    assert len(arriving.rules["arriving"]) == 8
    assert leaving.rules["leaving"] == ()


def test_without_slots_there_is_no_guard() -> None:
    read = parse_guard(FILTER)
    assert (read.chains, read.sets, read.lines) == ((), (), 0)
    assert read.rest == FILTER


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("armed0", (Role.ARMED, 0)), ("live1", (Role.LIVE, 1)), ("armed_v6_1", (Role.ARMED, 1)),
        ("live4_0", (Role.LIVE, 0)), ("ARMED0_IPV4", (Role.ARMED, 0)), ("armed", None),
        ("armed2", None), ("live01", None), ("svc0", None), ("armed0_1", None),
    ],
)  # fmt: skip
def test_names_say_role_and_slot(name: str, found: tuple[Role, int] | None) -> None:
    assert slot_of(name) == found


def test_calls_in_a_circle_are_unread() -> None:
    text = GUARD.replace("  chain arriving {", "  chain a { jump b; }\n  chain b { jump a; }\n"
                         "  chain arriving {").replace("    ip daddr != @pool4", "    jump a\n"
                                                       "    ip daddr != @pool4")  # fmt: skip
    assert parse_guard(text).unread


WORDS = sorted(set(GUARD.split()) | {"jump", "goto", "return", "\n", ";", '"', "#x"})


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_soup_of_words(words: list[str]) -> None:
    accounted(parse_guard(" ".join(words)))
    accounted(parse_guard(GUARD + " ".join(words)))


@given(st.lists(st.integers(0, GUARD.count("\n")), max_size=4), st.sampled_from(WORDS))
def test_lines_lost_and_words_added(lost: list[int], word: str) -> None:
    lines = GUARD.split("\n")
    accounted(
        parse_guard("\n".join(f"{x} {word}" if n in lost else x for n, x in enumerate(lines)))
    )
    accounted(parse_guard("\n".join(line for n, line in enumerate(lines) if n not in lost)))


# The kernel as a judge.

ROOT = Path(__file__).resolve().parents[3]
INSIDE, OUTSIDE = ("10.12.0.1", "10.12.3.7", "10.12.15.255"), ("10.13.0.1", "10.1.2.3")
CONDITIONS = (
    "ip daddr {a}", "ip saddr != {a}", "ip daddr 10.12.0.0/20", "ip saddr != 10.12.0.0/20",
    "ip daddr {{ {a}, {b} }}", "ip saddr != {{ {a}, {b} }}", "ip daddr != @pool",
    "ip saddr @pool", "ip daddr @armed0", "ip daddr != @live0", "ip saddr @armed1",
    "ip saddr != @live1", "ip daddr @live1", "meta nfproto ipv4", "meta nfproto != ipv4",
    "meta protocol ip6", "ip6 daddr != ::1", "ip saddr {a}-10.12.255.255", "",
)  # fmt: skip
VERDICTS = ("accept", "drop", "return", "continue", "counter", "counter accept", "jump one",
            "goto one", "counter name closed drop", 'drop comment "x"')  # fmt: skip
RULESETS = 60


@pytest.mark.root
@pytest.mark.debian("nft")
@pytest.mark.debian("ip")
def test_the_kernel_lets_pass_what_was_worked_out() -> None:
    chance = Random(7)
    names = ("armed0", "armed1", "live0", "live1")
    addresses = (*INSIDE, *OUTSIDE)
    held: list[dict[str, list[str]]] = []
    texts: list[str] = []
    while len(texts) < RULESETS:
        some = {name: chance.sample(addresses, chance.randint(0, 4)) for name in names}
        text = ruleset(chance, some)
        if not parse_guard(text).unread:  # nft refuses a rule of both families
            held.append(some)
            texts.append(text)
    packets = [(a, b, 17, 1000, 53) for a in addresses for b in addresses]
    done = subprocess.run(
        [sys.executable, "-m", "tests.parse.guard.deliver"], cwd=ROOT,
        input=json.dumps({"texts": texts, "packets": packets}),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = 0
    for text, some, delivered in zip(texts, held, json.loads(done.stdout), strict=True):
        read = parse_guard(text)
        wanted = [n for n, packet in enumerate(packets) if passes(read, packet, some)]
        assert delivered == wanted, text
        seen += 0 < len(wanted) < len(packets)
    assert seen >= RULESETS // 5


def passes(
    read: GuardBehaviour, packet: tuple[str, str, int, int, int], sets: dict[str, list[str]]
) -> bool:
    source, destination = packet[:2]
    held = frozenset(
        (side, name)
        for side, address in ((Side.SOURCE, source), (Side.DESTINATION, destination))
        for name, some in sets.items()
        if address in some
    )
    numbers = [network_range(one)[1][0] for one in (source, destination)]
    asked = GuardPacket(Family.V4, numbers[0], numbers[1], held)
    return all(chain.decide(asked).passes for chain in read.chains)


def ruleset(chance: Random, held: dict[str, list[str]]) -> str:
    def elements(name: str) -> str:
        tail = " timeout 60s" if name.startswith("armed") else ""
        some = ", ".join(f"{one}{tail}" for one in held[name])
        return f"elements = {{ {some} }};" if some else ""

    def rules(count: int, verdicts: int) -> str:
        lines = []
        for _ in range(count):
            conditions = " ".join(chance.sample(CONDITIONS, chance.randint(0, 2)))
            line = f"{conditions} {chance.choice(VERDICTS[:verdicts] + VERDICTS[8:])}"
            a, b = chance.sample(INSIDE, 2)
            lines.append("    " + line.format(a=min(a, b), b=max(a, b)).strip())
        return "\n".join(lines)

    sets = "\n".join(
        f"  set {name} {{ type ipv4_addr; "
        f"{'flags timeout;' if name.startswith('armed') else ''} {elements(name)} }}"
        for name in held
    )
    chains = "\n".join(
        f"  chain {hook} {{\n    type filter hook {hook} priority raw; "
        f"policy {chance.choice(['accept', 'accept', 'drop'])};\n{rules(5, 8)}\n  }}"
        for hook in ("prerouting", "output")
    )
    return (
        "table inet guard {\n  counter closed { }\n"
        "  set pool { type ipv4_addr; flags interval; elements = { 10.12.0.0/20 }; }\n"
        f"{sets}\n  chain one {{\n{rules(3, 6)}\n  }}\n{chains}\n}}\n"
    )
