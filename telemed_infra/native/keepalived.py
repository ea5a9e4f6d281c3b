"""Asks `keepalived -t` about texts: is every keyword one, every value in its range?

It starts nothing and needs no right. Interfaces need not be here: the texts say
`dynamic_interfaces`. Source: keepalived(8).
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

NAME = "keepalived"
PLATFORMS = ("keepalived",)
# The file is named only where a text has several.
ERROR = re.compile(r"^(?:\((?:[^()\n]*: )?Line (\d+)\) )?([^\n]+)", re.MULTILINE)


def available() -> Available | Missing:
    """Whether keepalived is here."""
    keepalived = find(NAME)
    if keepalived is None:
        return Missing(why=f"{NAME} is not installed")
    return Available(version=version_of([keepalived, "--version"]), command=(keepalived,))


def check(program: Available, units: Sequence[Unit], spread: Map) -> Answer:
    """What keepalived says about texts, a process for each; `spread` maps over them."""

    def ask(batch: Sequence[Unit]) -> Answer:
        return Answer(refusals=tuple(one for unit in batch for one in _refusals(program, unit)))

    answers = spread(ask, [[unit] for unit in units])
    return Answer(refusals=tuple(chain.from_iterable(one.refusals for one in answers)))


def _refusals(program: Available, unit: Unit) -> Iterator[Refusal]:
    file = unit.files[0]
    with TemporaryDirectory(prefix="telemed-keepalived-") as folder:
        path = Path(folder) / "keepalived.conf"
        path.write_text(file.text, "utf-8")
        ended = run([*program.command, "-t", "-f", str(path)])
    if ended.code == 0:
        return
    found = ERROR.findall(ended.words) or [("", f"code {ended.code}")]
    for line, words in found:
        yield Refusal(
            device=file.device, path=file.path, line=int(line or 0), words=words, program=NAME
        )
