"""Asks `nft --check` about rulesets: many in one process, each by itself all the same.

Between two texts of a batch stands `flush ruleset`, so that none leans on a chain or set of the one
before: without it a batch accepts what a gateway would refuse. The machine's own tables are out of
reach in a network namespace made for the process, and nothing is ever loaded. Source: nft(8),
unshare(1).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from telemed_infra.native.process import find, run, version_of
from telemed_infra.native.report import Answer, Available, Missing, Refusal, Unit

NAME = "nft"
PLATFORMS = ("nftables",)
# A process takes 15 ms and a text 3 ms; but the kernel looks through the whole batch for each set
# that a rule names, so that twice as many take longer again.
BATCH_TEXTS = 20
BATCH_CHARACTERS = 2_000_000  # a process needs some thirty times this in memory
REFUSED_TEXTS_MAX = 8  # then it is a template's fault, and more of it tells nothing
SEPARATOR = "\nflush ruleset\n"
# What outlives `flush ruleset`, or reads another file: such a text has a process of its own.
ALONE = re.compile(r"^\s*(?:define|redefine|include)\s", re.MULTILINE)
ERROR = re.compile(
    r"^(?:In file included from [^\n]*\n)?[^\n]*?:(\d+):\d+-\d+: (Error: [^\n]*)", re.MULTILINE
)

Map = Callable[[Callable[[Sequence[Unit]], Answer], Iterable[Sequence[Unit]]], Iterable[Answer]]


def available() -> Available | Missing:
    """Whether nft can be asked here: it needs a namespace, and thus root or a user namespace."""
    nft, unshare = find(NAME), find("unshare")
    if nft is None or unshare is None:
        return Missing(why=f"{NAME if nft is None else 'unshare'} is not installed")
    rights = () if os.geteuid() == 0 else ("--map-root-user",)
    isolated = (unshare, *rights, "--net", "--")
    if run([*isolated, nft, "--check", "list", "ruleset"]).code != 0:
        return Missing(why="neither root nor allowed to make a namespace of its own")
    return Available(version=version_of([nft, "--version"]), command=(*isolated, nft))


def check(program: Available, units: Sequence[Unit], spread: Map) -> Answer:
    """What nft says about rulesets; `spread` maps a function over batches, several at once."""

    def ask(batch: Sequence[Unit]) -> Answer:
        return Answer(refusals=tuple(_refusals(program, batch, [REFUSED_TEXTS_MAX])))

    answers = spread(ask, list(batches(units)))
    return Answer(refusals=tuple(chain.from_iterable(one.refusals for one in answers)))


def batches(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units in the order given, as many as one process takes."""
    batch: list[Unit] = []
    characters = 0
    for unit in units:
        text = unit.files[0].text
        if ALONE.search(text):
            yield [unit]
            continue
        if batch and (len(batch) == BATCH_TEXTS or characters + len(text) > BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(unit)
        characters += len(text)
    if batch:
        yield batch


def _refusals(program: Available, batch: Sequence[Unit], left: list[int]) -> Iterator[Refusal]:
    """A batch that is refused is halved until each text that nft refuses stands alone."""
    if left[0] <= 0:
        return
    code, words = _ask(program, batch)
    if code == 0:
        return
    if len(batch) > 1:
        middle = len(batch) // 2
        yield from _refusals(program, batch[:middle], left)
        yield from _refusals(program, batch[middle:], left)
        return
    left[0] -= 1
    file = batch[0].files[0]
    errors = ERROR.findall(words) or [("0", words.strip() or f"ended with code {code}")]
    for line, error in errors:
        yield Refusal(device=file.device, path=file.path, line=int(line), words=error, program=NAME)


def _ask(program: Available, batch: Sequence[Unit]) -> tuple[int | None, str]:
    with TemporaryDirectory(prefix="telemed-nft-") as folder:
        path = Path(folder) / "batch.nft"
        path.write_text(SEPARATOR.join(unit.files[0].text for unit in batch), "utf-8")
        ended = run([*program.command, "--check", "--file", str(path)])
    return ended.code, ended.words
