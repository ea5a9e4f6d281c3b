"""Asks `conntrackd` about texts: are they what its grammar knows?

It has no option that checks. Asked for the statistics of a daemon that runs (`-s`), it reads the
text first and then finds no such daemon: nothing is started, no right is needed. What it only warns
about and leaves out, such as a false address, counts as refused here.
Source: conntrackd(8); read_config_yy.y and main.c of conntrack-tools 1.4.7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from telemed_infra.native.nftables import Map
from telemed_infra.native.process import find, run, version_of
from telemed_infra.native.report import Answer, Available, Missing, Refusal, Unit

NAME = "conntrackd"
PLATFORMS = ("conntrackd",)
SAID = re.compile(r"^(?:\[[^\]\n]*\] )?\(pid=\d+\) \[(\w+)\] ([^\n]+)", re.MULTILINE)
IN_LINE = re.compile(r"in line \((\d+)\)")
READ = "can't connect: is conntrackd running?"  # what it says when it has read the text
OF_THIS_MACHINE = "is an invalid interface"


def available() -> Available | Missing:
    """Whether conntrackd is here."""
    conntrackd = find(NAME)
    if conntrackd is None:
        return Missing(why=f"{NAME} is not installed")
    return Available(version=version_of([conntrackd, "-v"]), command=(conntrackd,))


def check(program: Available, units: Sequence[Unit], spread: Map) -> Answer:
    """What conntrackd says about texts, a process for each; `spread` maps over them."""

    def ask(batch: Sequence[Unit]) -> Answer:
        return Answer(refusals=tuple(one for unit in batch for one in _refusals(program, unit)))

    answers = spread(ask, [[unit] for unit in units])
    return Answer(refusals=tuple(chain.from_iterable(one.refusals for one in answers)))


def _refusals(program: Available, unit: Unit) -> Iterator[Refusal]:
    file = unit.files[0]
    with TemporaryDirectory(prefix="telemed-conntrackd-") as folder:
        path = Path(folder) / "conntrackd.conf"
        path.write_text(file.text, "utf-8")
        ended = run([*program.command, "-C", str(path), "-s"])
    said = [words for _, words in SAID.findall(ended.words)]
    against = [
        one for one in said if not one.startswith(READ) and not one.endswith(OF_THIS_MACHINE)
    ]
    if not against and ended.code != 0 and not any(one.startswith(READ) for one in said):
        against = [ended.words.strip() or f"code {ended.code}"]
    for words in against:
        line = IN_LINE.search(words)
        yield Refusal(
            device=file.device,
            path=file.path,
            line=int(line[1]) if line else 0,
            words=words,
            program=NAME,
        )
