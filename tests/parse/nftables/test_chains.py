"""Jumps, maps of verdicts, hooks and families, written out as one list of rules a base chain."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import LOCAL, Action
from telemed_infra.parse.nftables import parse_nftables
from tests.parse.nftables.packet import (
    Packet,
    first_match,
    forward_chain,
    only_chain,
    passes,
    why_unread,
)

WEB, SSH, DNS = Packet(port=443), Packet(port=22), Packet(port=53)


def called(body: str, name: str = "called") -> str:
    return f"  chain {name} {{\n    {body}\n  }}\n"


def verdicts(text: str) -> list[bool]:
    """What a forward chain does with openings to ports 443, 22 and 53."""
    chain = only_chain(text)
    return [passes(chain, packet) for packet in (WEB, SSH, DNS)]


@pytest.mark.parametrize(
    ("rules", "body", "expected"),
    [
        (["jump called"], "tcp dport 443 accept", [True, False, False]),
        (["jump called", "tcp dport 22 accept"], "tcp dport 443 accept", [True, True, False]),
        (["tcp dport 443 jump called"], "accept", [True, False, False]),
        (["goto called", "tcp dport 22 accept"], "tcp dport 443 accept", [True, False, False]),
        (["tcp dport 22 goto called", "accept"], "tcp dport 443 accept", [True, False, True]),
        (["jump called", "accept"], "tcp dport 443 return\n drop", [True, False, False]),
        (["jump called", "accept"], "tcp dport 443 drop\n return\n drop", [False, True, True]),
        (["tcp dport 22 return", "accept"], "accept", [True, False, True]),
        (["return", "accept"], "accept", [False, False, False]),
        (["tcp dport vmap { 443 : accept, 22 : drop }", "accept"], "", [True, False, True]),
        (["tcp dport vmap { 443 : jump called, 22 : goto called }", "tcp dport { 22, 443 } accept"],
         "udp dport 5 accept", [True, False, False]),
        (["tcp dport vmap { 443 : continue, 22 : return }", "accept"], "", [True, False, True]),
        (["ct state vmap { established : accept, invalid : drop, new : jump called }"],
         "tcp dport 53 accept", [False, False, True]),
    ],
)  # fmt: skip
def test_ways_through_chains(rules: list[str], body: str, expected: list[bool]) -> None:
    assert verdicts(forward_chain(*rules, before=called(body))) == expected


def test_goto_in_a_called_chain_returns_to_the_caller_of_that_chain() -> None:
    chains = called("tcp dport 443 accept", "inner") + called(
        "tcp dport { 22, 443 } goto inner\n accept", "outer"
    )
    assert verdicts(forward_chain("jump outer", "drop", before=chains)) == [True, False, True]
    assert verdicts(forward_chain("jump outer", "accept", before=chains)) == [True, True, True]


def test_zone_dispatch_by_a_concatenated_map() -> None:
    text = forward_chain(
        "ct state established,related accept",
        'iifname . oifname vmap { "lan0" . "wan0" : jump out, "wan0" . "lan0" : jump in_ }',
        before=called("tcp dport 443 accept", "out") + called("tcp dport 22 accept", "in_"),
    )
    back = Packet(ingress="wan0", egress="lan0", port=22)
    chain = only_chain(text)
    assert passes(chain, WEB)
    assert passes(chain, back)
    assert not passes(chain, SSH)
    assert {rule.ingress for rule in chain.rules} == {frozenset({"lan0"}), frozenset({"wan0"})}


def test_a_named_map_dispatches_too() -> None:
    zones = """
  map zones { typeof iifname . oifname : verdict
    elements = { "lan0" . "wan0" comment "out" : jump called,
                 "wan0" . "lan0" : drop }
  }
"""
    text = forward_chain("iifname . oifname vmap @zones", before=called("accept") + zones)
    assert verdicts(text) == [True, True, True]


def test_unequal_interfaces_leave_the_rest_to_those_named() -> None:
    text = forward_chain('iifname != "lan0" drop', "tcp dport 443 accept", policy="drop")
    assert verdicts(text) == [True, False, False]
    assert not passes(only_chain(text), Packet(ingress="lan1"))


def test_unequal_before_a_jump() -> None:
    text = forward_chain(
        'iifname != "lan1" tcp dport { 22, 443 } jump called', "tcp dport 22 accept",
        before=called("tcp dport 443 accept"),
    )  # fmt: skip
    assert verdicts(text) == [True, True, False]
    assert not passes(only_chain(text), Packet(ingress="lan1"))


def test_a_rule_keeps_the_line_and_comment_it_has_in_its_own_chain() -> None:
    text = forward_chain(
        "jump called", before='  chain called {\n    tcp dport 443 log accept comment "R1"\n  }'
    )
    (rule,) = only_chain(text).rules
    assert (text.splitlines()[rule.line - 1].strip(), rule.name, rule.logs) == (
        'tcp dport 443 log accept comment "R1"', "R1", True,
    )  # fmt: skip


def test_chains_that_call_each_other_in_a_circle_are_unread() -> None:
    text = forward_chain("jump a", before=called("jump b", "a") + called("jump a", "b"))
    assert why_unread(text) == ["chains call each other more than 16 deep"]


def test_rests_that_double_at_every_rule_are_unread() -> None:
    bodies = [f"tcp sport {number}-65000 return\n ip daddr 10.{number}.0.0/16 drop"
              for number in range(18)]  # fmt: skip
    chains = "".join(called(body, f"c{number}") for number, body in enumerate(bodies))
    jumps = [f"jump c{number}" for number in range(18)]
    assert why_unread(forward_chain(*jumps, before=chains)) == [
        "too many rules where `jump`, `return` and `!=` are written out"
    ]


def test_many_rules_for_all_but_one_interface() -> None:
    rules = [f'iifname != "lan0" ip saddr 10.{number}.0.0/16 drop' for number in range(200)]
    chain = only_chain(forward_chain(*rules, "accept"))
    assert passes(chain, Packet())
    assert not passes(chain, Packet(ingress="lan1"))
    assert len(chain.rules) < 1_000


HOOKS = """
table inet fw {
  chain i { type filter hook input priority 0; policy drop; iifname "lo" accept; }
  chain o { type filter hook output priority 0; policy accept; oifname "wan0" drop; }
  chain f { type filter hook forward priority filter; policy drop; accept; }
  chain pre { type filter hook prerouting priority raw; policy accept; iifname "wan0" drop; }
  chain post { type filter hook postrouting priority srcnat - 10; oifname "wan0" drop; }
}
"""


def test_hooks_say_which_ways_a_chain_judges() -> None:
    chains = parse_nftables(HOOKS).chains
    judged = {
        chain.name: (chain.judges_forwarded, chain.judges_to_local, chain.judges_from_local)
        for chain in chains
    }
    assert judged == {
        "inet fw i": (False, True, False),
        "inet fw o": (False, False, True),
        "inet fw f": (True, False, False),
        "inet fw pre": (True, True, False),
        "inet fw post": (True, False, True),
    }
    ends = {chain.name[-1]: (chain.rules[0].ingress, chain.rules[0].egress) for chain in chains}
    assert ends["i"] == (frozenset({"lo"}), frozenset({LOCAL}))
    assert ends["o"] == (frozenset({LOCAL}), frozenset({"wan0"}))
    assert ends["f"] == (None, None)
    assert [chain.default for chain in chains] == [
        Action.DENY, Action.PERMIT, Action.DENY, Action.PERMIT, Action.PERMIT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hook", "field", "why"),
    [
        ("input", "oifname", "the outgoing interface, where the kernel knows none yet"),
        ("output", "iifname", "the incoming interface, where the kernel knows none"),
        ("prerouting", "oifname", "the outgoing interface, where the kernel knows none yet"),
    ],
)  # fmt: skip
def test_interfaces_that_the_hook_does_not_know(hook: str, field: str, why: str) -> None:
    text = (
        f"table inet t {{ chain c {{ type filter hook {hook} priority 0; "
        f'{field} "wan0" accept; }}\n}}\n'
    )
    assert why_unread(text) == [why]


def test_connection_state_before_the_kernel_tracks_connections() -> None:
    text = (
        "table inet t { chain c { type filter hook prerouting priority {}; "
        "ct state invalid drop; }\n}\n"
    )
    assert why_unread(text.replace("{};", "raw;")) == [
        "a connection's state, before the kernel knows it"
    ]
    assert why_unread(text.replace("{};", "mangle;")) == []


@pytest.mark.parametrize(
    ("family", "own", "other"),
    [
        ("ip", Packet(), Packet(source="fd00::1", destination="fd00::2")),
        ("ip6", Packet(source="fd00::1", destination="fd00::2"), Packet()),
    ],
)
def test_a_table_of_one_family_lets_the_other_pass(family: str, own: Packet, other: Packet) -> None:
    chain = only_chain(
        f"table {family} t {{ chain c {{ type filter hook forward priority 0; policy drop; }}\n}}\n"
    )
    assert not passes(chain, own)
    assert passes(chain, other)
    assert first_match(chain, other) is not None


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("nat", "a nat chain at another hook or priority"),
        ("route", "chains of type `route` are not modelled"),
    ],
)
def test_chains_of_other_types_are_unread(kind: str, why: str) -> None:
    text = f"table ip t {{\n chain c {{\n type {kind} hook output priority 0;\n }}\n}}\n"
    assert why_unread(text) == [why]


def test_the_deepest_calls_and_rests_stay_within_the_stack() -> None:
    bodies = [f"tcp sport {number}-65000 return" for number in range(30)]
    chains = "".join(called(body, f"c{number}_16") for number, body in enumerate(bodies))
    chains += "".join(
        called(f"jump c{number}_{level + 1}", f"c{number}_{level}")
        for number in range(30)
        for level in range(1, 16)
    )
    jumps = [f"jump c{number}_1" for number in range(30)]
    whys = why_unread(forward_chain(*jumps, before=chains))
    assert whys in (
        ["`return`, `goto` or `!=` of names more than 20 deep"],
        ["too many rules where `jump`, `return` and `!=` are written out"],
    )
