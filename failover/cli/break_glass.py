"""`telemed-failover break-glass request | apply`: a new generation, by two people."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from failover.cli.exits import ExitCode, Refused, say
from failover.cli.node import add_by, add_node, failed, person, place
from failover.core import requests
from failover.core.cells import GENERATION, CellUnreadable, GenerationCell, decode
from failover.core.transaction import ABSENT, Cell, Committed, Transaction
from failover.core.view import FIRST_GENERATION
from failover.disk.memory import MemoryDamaged, read_memory
from failover.processes.agent import MEMORY
from failover.processes.places import Place, register_of
from failover.processes.problem import CannotRun
from failover.words.approval import (
    MAKE_ANEW,
    SIGN_HINT,
    VERSION,
    Approval,
    read_approval,
    refuse_unfit,
    two_people,
)
from failover.words.register import read_all
from failover.words.speaking import Word, speak, told_outcome
from failover.words.status_file import read_status

HELP = "Start a new generation of a register that is not trusted any more. Two people sign."
NONCE_BYTES = 16


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    steps = command.add_subparsers(metavar="STEP", required=True, dest="step")
    request = steps.add_parser("request", help="write what two people sign", allow_abbrev=False)
    request.add_argument(
        "--out", type=Path, default=Path("break-glass.json"), metavar="FILE", help="where to"
    )
    request.add_argument(
        "--highest",
        type=int,
        default=FIRST_GENERATION,
        metavar="N",
        help="the highest generation that is known at another place",
    )
    add_by(request)
    add_node(request)
    apply = steps.add_parser("apply", help="write the new generation", allow_abbrev=False)
    apply.add_argument("request", type=Path, metavar="REQUEST", help="what was signed")
    apply.add_argument("first", type=Path, metavar="SIG1", help="one person's signature")
    apply.add_argument("second", type=Path, metavar="SIG2", help="the other's")
    add_by(apply)
    add_node(apply)


def run(options: Namespace) -> ExitCode:
    """One of the two steps."""
    where, by = place(options.node), person(options.by)
    try:
        step = _request if options.step == "request" else _apply
        return step(options, where, by)
    except CannotRun as cannot:
        raise failed(cannot) from cannot


def _request(options: Namespace, where: Place, by: str) -> ExitCode:
    _signers(where)
    highest, silent = _highest(where, options.highest)
    approval = Approval(
        version=VERSION,
        word="break-glass",
        plan=where.plan.plan.hash,
        highest=highest,
        at=round(time.time(), 3),
        nonce=secrets.token_hex(NONCE_BYTES),
        by=by,
        node=where.node.name,
    )
    try:
        with options.out.open("xb") as stream:
            stream.write(approval.content())
    except OSError as error:
        raise CannotRun(f"{options.out}: {error.strerror}", "choose another with --out") from error
    for each in silent:
        sys.stderr.write(f"warning: {each}\n")
    if options.json:
        document = {"request": str(options.out), "highest": highest, "next": SIGN_HINT}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
        return ExitCode.DONE
    sys.stdout.write(
        f"{options.out}: asks for generation {highest + 1}; void after an hour\n"
        f"{SIGN_HINT.replace('REQUEST', str(options.out))}\n"
        f"then: telemed-failover break-glass apply {options.out} NAME1.sig NAME2.sig\n"
    )
    return ExitCode.DONE


def _apply(options: Namespace, where: Place, by: str) -> ExitCode:
    approval, content = read_approval(options.request)
    refuse_unfit(options.request, approval, where.plan.plan.hash, time.time())
    people = two_people(content, (options.first, options.second), _signers(where))

    def request(cells: Mapping[str, Cell]) -> Transaction:
        known = _generation(cells)
        if known > approval.highest:
            problem = f"the register is at generation {known} already"
            raise CannotRun(f"{problem}: the request knew of {approval.highest}", MAKE_ANEW)
        return requests.break_glass(people, approval.nonce, cells, approval.highest)

    details = {"generation": approval.highest + 1, "signers": list(people)}
    word = Word("break-glass", "", by, approval.nonce, details, (GENERATION,), request)
    spoken = speak(where, word, lambda text: say(f"warning: {text}"))
    written = isinstance(spoken.outcome, Committed)
    if options.json:
        document = {**details, "written": written, "outcome": told_outcome(spoken.outcome)}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    if not written:
        say(f"break-glass: {told_outcome(spoken.outcome)}", "look with `telemed-failover status`")
        return ExitCode.FAILED
    if not options.json:
        sys.stdout.write(
            f"generation {approval.highest + 1} by {' and '.join(people)}: "
            f"{told_outcome(spoken.outcome)}\n"
            "What older generations own is void; each centre takes its own again at once\n"
        )
    return ExitCode.DONE


def _highest(where: Place, given: int) -> tuple[int, list[str]]:
    """The highest generation that anything here knows of; and what could not be asked."""
    known, silent = [given, FIRST_GENERATION], []
    told = read_status(where.node.run)
    if told is not None:
        known.append(int(told.document["register"]["generation"]))
    try:
        memory = read_memory(where.node.state / MEMORY)
        known += [term.generation for _, term in memory.terms]
    except MemoryDamaged as damaged:
        silent.append(damaged.problem)
    cells = asyncio.run(_generation_cell(where))
    if cells is None:
        silent.append("the register does not answer: give --highest if another place knows more")
    else:
        known.append(_generation(cells))
    return max(known), silent


async def _generation_cell(where: Place) -> Mapping[str, Cell] | None:
    client = register_of(where)
    try:
        return await read_all(client.register, (GENERATION,))
    finally:
        await client.register.close()


def _generation(cells: Mapping[str, Cell]) -> int:
    cell = cells.get(GENERATION, ABSENT)
    if not cell.revision:
        return FIRST_GENERATION
    try:
        content = decode(GENERATION, cell.value)
    except CellUnreadable as unreadable:
        raise CannotRun(str(unreadable)) from unreadable
    return content.generation if isinstance(content, GenerationCell) else FIRST_GENERATION


def _signers(where: Place) -> Path:
    if where.node.signers is None:
        raise Refused(
            ExitCode.FAILED,
            f"{where.node.name}: the node file names no `signers`",
            'add `signers = "FILE"`: OpenSSH\'s allowed signers, two people at least',
        )
    return where.node.signers
