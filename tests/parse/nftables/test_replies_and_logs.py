"""Whether replies pass, and whether what is denied is logged."""

from __future__ import annotations

import pytest

from tests.parse.nftables.packet import forward_chain, only_chain

ESTABLISHED = "ct state established,related accept"
CALLED = "  chain c {\n    tcp dport 22 accept\n    ct state established,related accept\n  }\n"
DROPS = "  chain c {\n    tcp dport 22 drop\n    ct state established,related accept\n  }\n"


@pytest.mark.parametrize(
    ("rules", "before", "stateful"),
    [
        ([ESTABLISHED], "", True),
        (["ct state established accept", "ct state related accept"], "", True),
        (["ct state { established, related } counter packets 1 bytes 2 accept"], "", True),
        (["ct state vmap { established : accept, related : accept, invalid : drop }"], "", True),
        (["ct state != { new, invalid, untracked } accept"], "", True),
        (["accept"], "", True),
        (["ct state invalid drop", "tcp dport 22 accept", ESTABLISHED], "", True),
        (["ct state new tcp dport 22 drop", ESTABLISHED], "", True),
        (["tcp dport 22 log", ESTABLISHED], "", True),
        (["jump c"], CALLED, True),
        (["goto c"], CALLED, True),
        ([], "", False),
        (["ct state established accept"], "", False),
        (["tcp dport 22 drop", ESTABLISHED], "", False),
        (["jump c"], DROPS, False),
        (["tcp dport 22 jump c", ESTABLISHED], CALLED, True),
        (["tcp dport 22 jump c", ESTABLISHED], DROPS, False),
        (["tcp dport 22 return", ESTABLISHED], "", False),
        (['iifname "wan0" ct state established,related accept'], "", False),
        (["limit rate 5/second ct state established,related accept"], "", False),
        (["ct state == established,related accept"], "", False),
        (["iifname != lo ct state established,related accept"], "", False),
    ],
)
def test_replies(rules: list[str], before: str, stateful: bool) -> None:
    assert only_chain(forward_chain(*rules, before=before)).stateful is stateful


@pytest.mark.parametrize(
    ("rules", "stateful"), [([], True), (["tcp dport 22 drop"], False), (["drop"], False)]
)
def test_replies_where_the_policy_accepts(rules: list[str], stateful: bool) -> None:
    assert only_chain(forward_chain(*rules, policy="accept")).stateful is stateful


LOG_CHAIN = '  chain c {\n    log prefix "D "\n    drop\n  }\n'


@pytest.mark.parametrize(
    ("rules", "policy", "logged"),
    [
        (['tcp dport 22 accept', 'log prefix "D "'], "drop", True),
        (['limit rate 5/second log prefix "D " level info'], "drop", True),
        (['log prefix "D " group 5', "counter"], "drop", True),
        (['log prefix "D " drop'], "accept", True),
        (["log", "drop"], "accept", True),
        (["ct state new log", "drop"], "drop", True),
        (["jump c"], "drop", True),
        (["goto c"], "drop", True),
        (['iifname != "lan0" accept', "log"], "drop", True),
        (['iifname != "lan0" drop', "log"], "drop", False),
        ([], "drop", False),
        (["log"], "accept", False),
        (["tcp dport 22 log"], "drop", False),
        (["ct state invalid log", "drop"], "drop", False),
        (["drop", "log"], "drop", False),
        (["log accept"], "drop", False),
        (["tcp dport 22 return", "log"], "drop", False),
    ],
)  # fmt: skip
def test_logging_of_what_is_denied(rules: list[str], policy: str, logged: bool) -> None:
    chain = only_chain(forward_chain(*rules, policy=policy, before=LOG_CHAIN))
    assert chain.logs_denied is logged
