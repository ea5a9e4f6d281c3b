"""The tables answer every combination of facts, and bear out what the design says in prose."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import product
from typing import Any, NamedTuple

import pytest

from failover.core.facts import (
    Action,
    Exposure,
    Gate,
    Guard,
    Hearing,
    Hold,
    Indirect,
    InstanceFacts,
    InstanceVerdict,
    LinkFacts,
    LinkVerdict,
    Observers,
    Owner,
    Path,
    Punctuality,
    RegisterAnswer,
    Service,
    Session,
    SiteFacts,
    SiteVerdict,
    Witness,
)
from failover.core.rows import ANY, Row, Table, TableFlawed, none_of, one_of
from failover.core.tables import ACTION, INSTANCE, LINK, SITE, Verdicts

TABLES: tuple[Table[Any, Any], ...] = (LINK, SITE, INSTANCE, ACTION)
TAKES = (Action.TAKE, Action.TAKE_AFTER_PATIENCE)
SERVED = (InstanceVerdict.SERVING, InstanceVerdict.EXPOSED)


class Situation(NamedTuple):
    link: LinkFacts
    site: SiteFacts
    instance: InstanceVerdict
    action: Action


def all_facts(table: Table[Any, Any]) -> Iterator[tuple[Enum, ...]]:
    return product(*table.domains.values())


def link_facts() -> list[LinkFacts]:
    return [LinkFacts(*facts) for facts in product(Path, Path, Witness, RegisterAnswer)]


def site_facts() -> list[SiteFacts]:
    return [SiteFacts._make(facts) for facts in product(*SITE.domains.values())]


def instance_facts() -> list[InstanceFacts]:
    return [InstanceFacts._make(facts) for facts in product(*INSTANCE.domains.values())]


def act(link: LinkFacts, site: SiteFacts, instance: InstanceVerdict) -> Action:
    verdicts = Verdicts(LINK.decide(link).verdict, SITE.decide(site).verdict, instance)
    return ACTION.decide(verdicts).verdict


@pytest.fixture(scope="module")
def situations() -> list[Situation]:
    return [
        Situation(link, site, instance, act(link, site, instance))
        for link, site, instance in product(link_facts(), site_facts(), InstanceVerdict)
    ]


# --- the four tables -----------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_exactly_one_row_speaks_about_each_combination(table: Table[Any, Any]) -> None:
    for facts in all_facts(table):
        speaking = [
            row
            for row in table.rows
            if all(
                cell is None or fact is cell or (isinstance(cell, frozenset) and fact in cell)
                for cell, fact in zip(row.cells, facts, strict=True)
            )
        ]
        assert speaking == [table.decide(facts)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_row_has_an_id_and_a_sentence_of_its_own(table: Table[Any, Any]) -> None:
    assert len({row.why for row in table.rows}) == len(table.rows)
    letter = table.name[0].upper()
    assert [row.id for row in table.rows] == [f"{letter}{n + 1}" for n in range(len(table.rows))]


def test_each_row_speaks_in_some_situation() -> None:
    links = {LINK.decide(facts) for facts in link_facts()}
    sites = {SITE.decide(facts) for facts in site_facts()}
    instances = {INSTANCE.decide(facts) for facts in instance_facts()}
    actions = {
        ACTION.decide(Verdicts(link.verdict, site.verdict, instance.verdict))
        for link, site, instance in product(links, sites, instances)
    }
    assert links == set(LINK.rows)
    assert sites == set(SITE.rows)
    assert instances == set(INSTANCE.rows)
    assert actions == set(ACTION.rows)


def test_each_verdict_and_each_action_is_reached() -> None:
    verdicts: list[type[Enum]] = [LinkVerdict, SiteVerdict, InstanceVerdict, Action]
    for table, words in zip(TABLES, verdicts, strict=True):
        assert {row.verdict for row in table.rows} == set(words)


# --- links: what the brief of each verdict is ------------------------------------------------


@pytest.mark.parametrize("facts", link_facts(), ids=lambda f: "-".join(w.value for w in f))
def test_link_verdicts(facts: LinkFacts) -> None:
    heard = Path.UP in (facts.fibre, facts.health)
    answers = facts.register is RegisterAnswer.ANSWERS
    expected = {
        (True, False): LinkVerdict.REGISTER_SILENT,
        (False, True): LinkVerdict.PEER_SILENT,
        (False, False): LinkVerdict.CUT_OFF,
    }.get((heard, answers))
    if expected is None and facts.witness is Witness.SILENT:
        expected = LinkVerdict.WITNESS_LOST
    elif expected is None:
        expected = {
            (True, True): LinkVerdict.NORMAL,
            (True, False): LinkVerdict.SECOND_PATH_LOST,
            (False, True): LinkVerdict.FIBRE_CUT,
        }[facts.fibre is Path.UP, facts.health is Path.UP]
    assert LINK.decide(facts).verdict is expected


# --- the peer ------------------------------------------------------------------------------


def test_a_late_agent_does_not_judge() -> None:
    for facts in site_facts():
        late = facts.punctuality is Punctuality.LATE
        assert (SITE.decide(facts).verdict is SiteVerdict.PAUSED) == late


def test_a_peer_is_lost_only_if_all_evidence_agrees() -> None:
    for facts in site_facts():
        agrees = (
            facts.session is Session.OVER
            and facts.hearing is Hearing.SILENT
            and facts.observers is Observers.NONE
            and facts.indirect is not Indirect.REACHES
            and facts.punctuality is Punctuality.ON_TIME
        )
        assert (SITE.decide(facts).verdict is SiteVerdict.LOST) == agrees


def test_a_peer_without_a_lease_is_lost_or_isolated_and_one_with_a_lease_is_neither() -> None:
    for facts in site_facts():
        verdict = SITE.decide(facts).verdict
        without = verdict in (SiteVerdict.LOST, SiteVerdict.ISOLATED, SiteVerdict.STOOD_DOWN)
        over = facts.session is Session.OVER and facts.punctuality is Punctuality.ON_TIME
        assert without == over


def test_not_hearing_a_peer_that_renews_is_no_news_of_it() -> None:
    for facts in site_facts():
        if facts.session is Session.LIVE and facts.observers is not Observers.NONE:
            other = facts._replace(hearing=Hearing.SILENT)
            assert SITE.decide(facts).verdict is SITE.decide(other).verdict


# --- instances -----------------------------------------------------------------------------


@pytest.mark.parametrize("owner", Owner)
def test_instance_verdicts(owner: Owner) -> None:
    mine = owner is Owner.MINE
    for facts in (facts for facts in instance_facts() if facts.owner is owner):
        exposed = facts.exposure is Exposure.YES
        free = owner is Owner.FREE
        if facts.guard is Guard.DEAD or facts.service is Service.FAILING:
            expected = InstanceVerdict.FAILED if mine else InstanceVerdict.UNFIT
        elif mine:
            expected = InstanceVerdict.EXPOSED if exposed else InstanceVerdict.SERVING
        elif facts.hold is Hold.HELD:
            expected = InstanceVerdict.HELD
        elif exposed or facts.gate is Gate.SHUT:
            expected = InstanceVerdict.GATED
        else:
            expected = InstanceVerdict.ORPHAN if free else InstanceVerdict.STANDBY
        if free and expected is not InstanceVerdict.ORPHAN:
            expected = InstanceVerdict.STRANDED
        assert INSTANCE.decide(facts).verdict is expected


def test_a_hold_or_a_shut_gate_never_closes() -> None:
    for facts in (facts for facts in instance_facts() if facts.owner is Owner.MINE):
        without = facts._replace(hold=Hold.NONE, gate=Gate.OPEN)
        assert INSTANCE.decide(facts) is INSTANCE.decide(without)


# --- actions: the design's prose -------------------------------------------------------------


def test_nothing_is_taken_or_told_without_the_register(situations: list[Situation]) -> None:
    for each in situations:
        if each.link.register is RegisterAnswer.SILENT:
            assert each.action not in (*TAKES, Action.SURRENDER, Action.PAGE)


def test_a_cut_alone_changes_no_action() -> None:
    facts = [each for each in link_facts() if each.health is Path.UP]
    for link, site, instance in product(facts, site_facts(), InstanceVerdict):
        whole = link._replace(fibre=Path.UP)
        assert act(link, site, instance) is act(whole, site, instance)


def test_the_loss_of_the_second_path_alone_changes_no_action() -> None:
    facts = [each for each in link_facts() if each.fibre is Path.UP]
    for link, site, instance in product(facts, site_facts(), InstanceVerdict):
        whole = link._replace(health=Path.UP)
        assert act(link, site, instance) is act(whole, site, instance)


def test_while_both_centres_renew_no_path_moves_anything() -> None:
    """Both paths cut, the register answers both: whatever the paths, nothing of theirs is taken."""
    live = [site for site in site_facts() if site.session is Session.LIVE]
    for link, site in product(link_facts(), live):
        assert act(link, site, InstanceVerdict.STANDBY) not in TAKES


def test_nothing_of_a_peer_that_is_heard_is_taken(situations: list[Situation]) -> None:
    for each in situations:
        if each.instance is InstanceVerdict.STANDBY:
            stood_down = SITE.decide(each.site).verdict is SiteVerdict.STOOD_DOWN
            if Path.UP in (each.link.fibre, each.link.health) and not stood_down:
                assert each.action not in TAKES
            if each.site.hearing is not Hearing.SILENT:
                assert each.action is not Action.TAKE


def test_what_is_taken_at_once_is_lost_or_nobodys(situations: list[Situation]) -> None:
    for each in situations:
        if each.action is Action.TAKE:
            lost = SITE.decide(each.site).verdict is SiteVerdict.LOST
            assert lost or each.instance is InstanceVerdict.ORPHAN


def test_an_owned_group_is_never_taken_before_its_lease_is_over(
    situations: list[Situation],
) -> None:
    for each in situations:
        if each.action in TAKES and each.instance is InstanceVerdict.STANDBY:
            assert each.site.session is Session.OVER


def test_an_agent_that_was_paused_takes_nothing(situations: list[Situation]) -> None:
    for each in situations:
        if each.site.punctuality is Punctuality.LATE:
            assert each.action not in TAKES


def test_what_is_barred_is_never_taken(situations: list[Situation]) -> None:
    barred = (
        InstanceVerdict.HELD,
        InstanceVerdict.GATED,
        InstanceVerdict.UNFIT,
        InstanceVerdict.STRANDED,
    )
    for each in situations:
        if each.instance in barred:
            assert each.action in (Action.STAY, Action.PAGE)


def test_the_peer_has_no_say_in_what_is_served_here(situations: list[Situation]) -> None:
    for each in situations:
        if each.instance in SERVED:
            cut_off = LINK.decide(each.link).verdict is LinkVerdict.CUT_OFF
            assert each.action is (Action.RUN_OUT if cut_off else Action.SERVE)


def test_what_fails_here_is_closed_whatever_else(situations: list[Situation]) -> None:
    for each in situations:
        closes = each.action in (Action.SURRENDER, Action.CLOSE)
        assert closes == (each.instance is InstanceVerdict.FAILED)


def test_a_lost_centres_groups_are_taken_or_a_person_is_told(
    situations: list[Situation],
) -> None:
    for each in situations:
        lost = SITE.decide(each.site).verdict is SiteVerdict.LOST
        if lost and LINK.decide(each.link).verdict is LinkVerdict.PEER_SILENT:
            assert each.action is not Action.STAY


# --- the table itself ----------------------------------------------------------------------


class Colour(Enum):
    RED = "red"
    BLUE = "blue"
    GREEN = "green"


class Size(Enum):
    BIG = "big"
    SMALL = "small"


class Thing(NamedTuple):
    colour: Colour
    size: Size


def things(*rows: Row[Size]) -> Table[Thing, Size]:
    return Table("things", Thing, rows)


REST: Row[Size] = Row("T9", (none_of(Colour.RED), ANY), Size.SMALL, "the rest")


def test_all_words_but_some() -> None:
    assert one_of(Colour.RED, Colour.BLUE) == {Colour.RED, Colour.BLUE}
    assert none_of(Colour.RED) == {Colour.BLUE, Colour.GREEN}
    assert none_of(Colour.RED, Colour.GREEN) == {Colour.BLUE}


def test_a_value_a_set_and_any() -> None:
    table = things(
        Row("T1", (Colour.RED, Size.BIG), Size.BIG, "a value"),
        Row("T2", (one_of(Colour.RED), Size.SMALL), Size.SMALL, "a set"),
        REST,
    )
    assert table.decide(Thing(Colour.RED, Size.BIG)).id == "T1"
    assert table.decide(Thing(Colour.RED, Size.SMALL)).id == "T2"
    assert {table.decide(Thing(Colour.BLUE, size)).id for size in Size} == {"T9"}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            (REST, Row("T1", (Colour.RED, Size.BIG), Size.BIG, "")),
            "things: no row speaks about colour red, size small",
        ),
        (
            (REST, Row("T1", (ANY, Size.BIG), Size.BIG, "")),
            "things: T9 and T1 speak about colour blue, size big",
        ),
        ((REST, Row("T1", (one_of(), ANY), Size.BIG, "")), "things T1: no colour is allowed"),
        ((REST, Row("T1", (Colour.RED,), Size.BIG, "")), "things T1: 1 cells for 2 facts"),
        (
            (REST, Row("T1", (Colour.RED, Colour.RED), Size.BIG, "")),
            "things T1: size cannot be Colour.RED",
        ),
        (
            (Row("T1", (one_of(Size.SMALL, Size.BIG, Colour.RED), ANY), Size.BIG, ""),),
            "things T1: colour cannot be Size.BIG, Size.SMALL",
        ),
    ],
    ids=[
        "a gap",
        "two answers",
        "an empty set",
        "too few cells",
        "a word of another fact",
        "words of another fact",
    ],
)
def test_a_flawed_table_is_refused(rows: tuple[Row[Size], ...], problem: str) -> None:
    with pytest.raises(TableFlawed) as flawed:
        things(*rows)
    assert str(flawed.value) == problem
