"""Which rules judge which way, and on which ways anything may pass."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from telemed_infra.packets import TCP, Family, ports
from telemed_infra.parse.behaviour import (
    LOCAL,
    Action,
    Chain,
    FirewallBehaviour,
    Interfaces,
    Rule,
)
from telemed_infra.prove.filters import OTHER, Filters
from telemed_infra.prove.sweep import Judge, Kind, compare

PERMIT, DENY = Action.PERMIT, Action.DENY
V4, V6 = Family.V4, Family.V6
NAMES = ("in0", "in1", "wan0", LOCAL)


def rule(
    line: int,
    ingress: Interfaces = None,
    egress: Interfaces = None,
    action: Action = PERMIT,
    families: tuple[Family, ...] = (V4, V6),
    certain: bool = True,
) -> Rule:
    four = V4.every_address if V4 in families else ()
    six = V6.every_address if V6 in families else ()
    return Rule(
        line=line,
        name="",
        action=action,
        ingress=ingress,
        egress=egress,
        source4=four,
        source6=six,
        destination4=four,
        destination6=six,
        services=(ports(TCP, line),),
        certain=certain,
    )


def chain(
    *rules: Rule,
    forwarded: bool = True,
    to_local: bool = False,
    from_local: bool = False,
    default: Action = DENY,
    line: int = 1,
) -> Chain:
    return Chain(
        name="",
        line=line,
        judges_forwarded=forwarded,
        judges_to_local=to_local,
        judges_from_local=from_local,
        rules=rules,
        default=default,
        logs_denied=True,
        stateful=True,
    )


def firewall(*chains: Chain) -> FirewallBehaviour:
    return FirewallBehaviour(hostname="", chains=chains, zones={}, addresses={}, vlans={})


def lines(judges: list[Judge]) -> list[list[int]]:
    return [[step.line for step in judge.steps] for judge in judges]


CLOSED = (chain(to_local=True, from_local=True),)


def test_a_rule_judges_the_ways_between_its_interfaces() -> None:
    filters = Filters(
        firewall(
            chain(
                rule(2, frozenset({"in0", "in1"}), frozenset({"wan0"})),
                rule(3, None, frozenset({"wan0"}), DENY),
                rule(4, frozenset({"in0"}), None),
                rule(5),
            )
        )
    )
    assert lines(filters.way_rules("in0", "wan0", V4)) == [[2, 3, 4, 5]]
    assert lines(filters.way_rules("in1", "wan0", V4)) == [[2, 3, 5]]
    assert lines(filters.way_rules("in0", "in1", V4)) == [[4, 5]]
    assert lines(filters.way_rules(OTHER, "in1", V4)) == [[5]]


def test_a_rule_of_one_family_does_not_judge_the_other() -> None:
    filters = Filters(firewall(chain(rule(2, families=(V6,)), rule(3, families=(V4,)), rule(4))))
    assert lines(filters.way_rules("in0", "wan0", V4)) == [[3, 4]]
    assert lines(filters.way_rules("in0", "wan0", V6)) == [[2, 4]]


def test_chains_judge_forwarded_packets_those_to_the_box_and_those_from_it() -> None:
    filters = Filters(
        firewall(
            chain(rule(2), line=1),
            chain(rule(12), forwarded=False, to_local=True, line=11),
            chain(rule(22), forwarded=False, from_local=True, line=21),
            chain(rule(32), to_local=True, from_local=True, line=31),
        )
    )
    assert lines(filters.way_rules("in0", "wan0", V4)) == [[2], [32]]
    assert lines(filters.way_rules("in0", LOCAL, V4)) == [[12], [32]]
    assert lines(filters.way_rules(LOCAL, "wan0", V4)) == [[22], [32]]


def test_a_step_carries_what_the_rule_says() -> None:
    (judge,) = Filters(firewall(chain(rule(2, certain=False), line=7))).way_rules("a", "b", V4)
    (step,) = judge.steps
    assert (judge.default, judge.line) == (DENY, 7)
    assert (step.action, step.certain, step.line) == (PERMIT, False, 2)
    assert step.box[2] == (ports(TCP, 2),)


def test_a_closed_text_has_no_open_way() -> None:
    assert Filters(firewall(*CLOSED)).open_ways(["in0", "wan0"]) == set()


def test_a_permit_opens_the_ways_between_its_interfaces() -> None:
    text = chain(
        rule(2, frozenset({"in0"}), frozenset({"wan0"})),
        rule(3, frozenset({"in1"}), frozenset({LOCAL})),
        rule(4, frozenset({LOCAL}), frozenset({"wan0"})),
        rule(5, frozenset({"wan0"}), frozenset({"in0"}), DENY),
        to_local=True,
        from_local=True,
    )
    assert Filters(firewall(text)).open_ways() == {
        ("in0", "wan0"),
        ("in1", LOCAL),
        (LOCAL, "wan0"),
    }


def test_a_wild_permit_opens_the_way_to_interfaces_that_the_text_does_not_name() -> None:
    text = chain(rule(2, frozenset({"in0"}), None), to_local=True, from_local=True)
    assert Filters(firewall(text)).open_ways() == {
        ("in0", "in0"),
        ("in0", OTHER),
        ("in0", LOCAL),
    }


def test_a_default_that_permits_is_seen_on_unknown_interfaces() -> None:
    closed_box = chain(forwarded=False, to_local=True, from_local=True)
    filters = Filters(firewall(chain(default=PERMIT), closed_box))
    assert filters.open_ways(["in0"]) == set(product(["in0", OTHER], repeat=2))
    (witness,) = compare(V4, (), (), filters.way_rules(OTHER, OTHER, V4))
    assert (witness.kind, witness.lines) == (Kind.EXCESS, (1,))


def test_ways_that_no_chain_judges_are_open() -> None:
    filters = Filters(firewall(chain()))
    assert filters.open_ways(["in0"]) == {
        ("in0", LOCAL),
        (OTHER, LOCAL),
        (LOCAL, "in0"),
        (LOCAL, OTHER),
    }
    assert filters.way_rules("in0", LOCAL, V4) == []


def test_a_way_is_open_only_if_each_chain_may_permit() -> None:
    first = chain(rule(2, frozenset({"in0"})), to_local=True, from_local=True)
    second = chain(rule(12, None, frozenset({"wan0"})), to_local=True, from_local=True)
    assert Filters(firewall(first, second)).open_ways() == {("in0", "wan0")}


def test_rules_that_match_nothing_open_nothing() -> None:
    nothing = rule(2, families=())
    assert Filters(firewall(chain(nothing, to_local=True, from_local=True))).open_ways() == set()


interfaces = st.none() | st.frozensets(st.sampled_from(NAMES), max_size=3)
rules = st.lists(
    st.builds(
        rule,
        st.integers(1, 99),
        interfaces,
        interfaces,
        st.sampled_from([PERMIT, DENY]),
        st.sampled_from([(V4,), (V6,), (V4, V6), ()]),
        st.booleans(),
    ),
    max_size=40,
)
chains = st.builds(
    lambda rules, f, t, o, default: chain(
        *rules, forwarded=f, to_local=t, from_local=o, default=default
    ),
    rules,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([PERMIT, DENY, DENY]),
)


@given(st.lists(chains, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_index_finds_what_a_reading_of_every_rule_finds(found: list[Chain]) -> None:
    filters = Filters(firewall(*found))
    open_ways = filters.open_ways(NAMES)
    for ingress, egress in product((*NAMES, OTHER), repeat=2):
        if ingress == egress == LOCAL:
            assert (ingress, egress) not in open_ways
            continue
        judging = [
            one
            for one in found
            if (LOCAL not in (ingress, egress) and one.judges_forwarded)
            or (egress == LOCAL and one.judges_to_local)
            or (ingress == LOCAL and one.judges_from_local)
        ]
        on_way = [
            [
                one
                for one in chain.rules
                if (one.ingress is None or ingress in one.ingress)
                and (one.egress is None or egress in one.egress)
                and (one.source4 or one.source6)
            ]
            for chain in judging
        ]
        assert lines(filters.way_rules(ingress, egress, V4)) == [
            [one.line for one in rules if one.source4] for rules in on_way
        ]
        assert ((ingress, egress) in open_ways) == all(
            chain.default is PERMIT or any(one.action is PERMIT for one in rules)
            for chain, rules in zip(judging, on_way, strict=True)
        )
