"""Each centre reads the other's records: real PostgreSQL, agents, register, guard and network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from math import inf
from pathlib import Path
from typing import Any, LiteralString, NamedTuple

import pytest

from failover.laboratory.network import CENTRES
from failover.laboratory.places import HOMES
from tests.failover.actuators.clusters import make_template, temporary_folder
from tests.failover.processes.databases_lab import (
    DatabaseLab,
    database_laboratory,
    database_plan,
    other,
)

pytestmark = [pytest.mark.root, pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]
YOUNG_S = 10.0  # on a loaded machine; 2 s else
GROWN_S = 3.0
# As an application that shows how old what it shows is; one statement, so one snapshot.
READ: LiteralString = """
SELECT label.site, label.age_s, label.at, array(SELECT id FROM public.image ORDER BY id)
  FROM telemed_failover.as_of() AS label
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[DatabaseLab]:
    base, clusters = temporary_folder(), temporary_folder()
    try:
        plan = database_plan()
        with database_laboratory(tmp_path, clusters, make_template(base), plan) as found:
            yield found
    finally:
        shutil.rmtree(base)
        shutil.rmtree(clusters)


class Seen(NamedTuple):
    """What one statement shows."""

    owner: str | None
    age_s: float | None
    at: datetime
    rows: list[int]


class Group:
    """A group's records: at their home, and read in the other centre."""

    def __init__(self, lab: DatabaseLab, name: str) -> None:
        self.name = name
        self.home, self.away = HOMES[name], other(HOMES[name])
        self._lab = lab

    def own(self) -> Seen:
        """At home."""
        return self._read(self.home)

    def copy(self) -> Seen:
        """In the other centre."""
        return self._read(self.away)

    def follows(self, rows: list[int]) -> None:
        """Waits until the copy has these rows, and is young."""
        self._lab.lab.wait_until("it is there", lambda: self.copy().rows == rows)
        self._lab.lab.wait_until("it is young", lambda: (self.copy().age_s or inf) < YOUNG_S)

    def ages(self) -> None:
        """Waits until the copy has grown older, and never younger."""
        ages = [self.copy().age_s]

        def grown() -> bool:
            ages.append(self.copy().age_s)
            first, last = ages[0], ages[-1]
            return first is not None and last is not None and last > first + GROWN_S

        self._lab.lab.wait_until("it ages", grown)
        assert ages == sorted(ages, key=lambda age: age or 0.0)

    def _read(self, centre: str) -> Seen:
        """Within a second, or it raises."""
        with self._lab.databases.at(self.name, centre).connected("app") as connection:
            connection.execute("SET statement_timeout = 1000")
            return Seen(*connection.execute(READ).fetchall()[0])


def records(lab: DatabaseLab, centre: str, *words: str) -> dict[str, Any]:
    """What the command says of each cluster there."""
    log = lab.lab.folder / centre / "words.log"
    begins = log.stat().st_size if log.exists() else 0
    ended = lab.lab.say(centre, "database", "records", "--json", *words).wait(60)
    said = log.read_bytes()[begins:]
    assert ended == 0, said
    return {each["cluster"]: each for each in json.loads(said)["clusters"]}


def test_through_a_cut_each_reads_the_other_and_then_both_are_equal(lab: DatabaseLab) -> None:
    groups = [Group(lab, name) for name in HOMES]
    for group in groups:
        lab.first_write(group.name, 1)
        group.follows([1])
    lab.lab.wait_until("nothing is exposed", lambda: not lab.exposed_at("archive"))
    lab.lab.cut_fibre()
    cut_at = [group.copy().at for group in groups]
    for number, group in product((2, 3), groups):
        lab.first_write(group.name, number)
    for group, at in zip(groups, cut_at, strict=True):
        group.ages()
        is_read_through_the_cut(lab, group, at)
    lab.lab.heal_fibre()
    for group in groups:
        group.follows([1, 2, 3])
    lab.lab.wait_until("nothing is exposed", lambda: not lab.exposed_at("archive"))
    are_equal_by_hash(lab)
    assert all(lab.lab.is_at_home(group.name) for group in groups), "nothing has moved"


def is_read_through_the_cut(lab: DatabaseLab, group: Group, cut_at: datetime) -> None:
    seen, own = group.copy(), group.own()
    assert (seen.owner, seen.rows) == (group.home, [1])
    assert (own.owner, own.rows) == (group.home, [1, 2, 3])
    assert seen.age_s is not None
    assert own.age_s is not None
    assert own.age_s < GROWN_S < seen.age_s
    assert seen.at - cut_at < timedelta(seconds=GROWN_S) < own.at - cut_at
    shown = records(lab, group.away)[group.name]
    assert (shown["role"], shown["owner"]) == ("copy", group.home)
    assert shown["age_s"] > seen.age_s


def are_equal_by_hash(lab: DatabaseLab) -> None:
    hashed = [records(lab, centre, "--hash") for centre in CENTRES]
    compared = [records(lab, centre, "--compare") for centre in CENTRES]
    for name, home in HOMES.items():
        here, there = (each[name] for each in hashed)
        assert here["tables"] == there["tables"]
        assert here["tables"]["public.image"]["rows"] == 3
        assert {here["role"], there["role"]} == {"primary", "copy"}
        assert here["owner"] == there["owner"] == home
        for each in compared:
            assert set(each[name]["compared"].values()) == {"equal"}
