"""Asks `vtysh --dryrun` about texts for FRR: is every line a command, where it stands?

It reads a text as FRR's own shell does, with the commands of all its daemons, and speaks to none of
them. It judges no values: whether a route map exists that a line names is the proof's business.
Source: vtysh(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from telemed_infra.native.nftables import Map
from telemed_infra.native.process import find, run
from telemed_infra.native.report import Answer, Available, Missing, Refusal, Unit

NAME = "vtysh"
PLATFORMS = ("frr",)
VERSION = re.compile(r"FRR \(version (\d+(?:\.\d+)+)")
ERROR = re.compile(r"^line (\d+): % ([^\n]*)", re.MULTILINE)


def available() -> Available | Missing:
    """Whether vtysh is here. No right is needed."""
    vtysh = find(NAME)
    if vtysh is None:
        return Missing(why=f"{NAME} is not installed")
    found = VERSION.search(run([vtysh, "--help"]).words)
    return Available(version=found[1] if found else "of unknown version", command=(vtysh,))


def check(program: Available, units: Sequence[Unit], spread: Map) -> Answer:
    """What vtysh says about texts, a process for each; `spread` maps over them, several at once."""

    def ask(batch: Sequence[Unit]) -> Answer:
        return Answer(refusals=tuple(one for unit in batch for one in _refusals(program, unit)))

    answers = spread(ask, [[unit] for unit in units])
    return Answer(refusals=tuple(chain.from_iterable(one.refusals for one in answers)))


def _refusals(program: Available, unit: Unit) -> Iterator[Refusal]:
    file = unit.files[0]
    with TemporaryDirectory(prefix="telemed-vtysh-") as folder:
        path = Path(folder) / "frr.conf"
        path.write_text(file.text, "utf-8")
        # Its own settings are sought in the empty folder, so that the machine's have no say.
        asked = [*program.command, "--config_dir", folder, "--dryrun", "--inputfile", str(path)]
        ended = run(asked)
    if ended.code == 0:
        return
    errors = ERROR.findall(ended.words) or [("0", ended.words.strip() or f"code {ended.code}")]
    for line, words in errors:
        yield Refusal(device=file.device, path=file.path, line=int(line), words=words, program=NAME)
