"""`telemed-failover keys make | rotate | check`: the keys of all places of a plan. Shows none."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import stat
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Collection
from pathlib import Path

from failover.cli.exits import ExitCode, Refused, say
from failover.cli.node import add_node, place
from failover.disk.atomic import write_whole
from failover.plan_file.content import PlanFile
from failover.plan_file.reading import read_plan_file
from failover.plan_file.values import PlanProblem
from failover.wire import pairs
from failover.wire.keys import Keyring, file_content, read_keyring
from failover.wire.pairs import NotNow, Pair, Rings
from failover.wire.problem import WireProblem

HELP = "Make, change and check the keys of a plan's places. No key is ever shown."
NAME = "keys"  # of the file in each place's folder
FOLDER_MODE = 0o700
STEPS = {
    "add": "a new key is accepted at both ends",
    "use": "the new key sends, the old one is still accepted",
    "drop": "only the new key is left",
}
NEXT = "give each place its file, and have its process read it, before the next step"


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    parts = command.add_subparsers(metavar="PART", required=True, dest="part")
    make = parts.add_parser(
        "make",
        help="a key for each pair that has none, in a folder for each place",
        allow_abbrev=False,
    )
    _add_folder(make)
    rotate = parts.add_parser(
        "rotate", help="one of the three steps in which keys change", allow_abbrev=False
    )
    rotate.add_argument(
        "step", choices=STEPS, help="; ".join(f"{step}: {said}" for step, said in STEPS.items())
    )
    _add_folder(rotate)
    rotate.add_argument(
        "--with",
        dest="names",
        action="append",
        metavar="NAME",
        help="only keys that this place shares; may be given again; default: all",
    )
    check = parts.add_parser(
        "check", help="what is missing, unknown or too open; exit code 3", allow_abbrev=False
    )
    check.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="of all places, with --plan; default: the file of this place",
    )
    check.add_argument("--plan", type=Path, metavar="FILE", help="the plan file")
    add_node(check)


def run(options: Namespace) -> ExitCode:
    """One of the parts."""
    parts: dict[str, Callable[[Namespace], ExitCode]] = {
        "make": _make,
        "rotate": _rotate,
        "check": _check,
    }
    return parts[options.part](options)


def _add_folder(command: ArgumentParser) -> None:
    command.add_argument(
        "folder", type=Path, metavar="FOLDER", help="one folder in it for each place, with its keys"
    )
    command.add_argument("--plan", type=Path, required=True, metavar="FILE", help="the plan file")
    command.add_argument("--json", action="store_true", help="print one JSON document")


# --- the parts ---------------------------------------------------------------------------------


def _make(options: Namespace) -> ExitCode:
    plan = _plan(options.plan)
    before = _read(options.folder, plan)
    after = pairs.completed(before, plan, secrets.token_bytes)
    return _write(options, before, after, "")


def _rotate(options: Namespace) -> ExitCode:
    plan = _plan(options.plan)
    before, chosen = _read(options.folder, plan), _chosen(plan, options.names)
    steps: dict[str, Callable[[], dict[str, Keyring]]] = {
        "add": lambda: pairs.added(before, chosen, secrets.token_bytes),
        "use": lambda: pairs.used(before, chosen),
        "drop": lambda: pairs.dropped(before, chosen),
    }
    try:
        after = steps[options.step]()
    except NotNow as wrong:
        raise Refused(ExitCode.FAILED, f"{options.folder}: {wrong}", wrong.hint) from wrong
    return _write(options, before, after, f"{options.step}: {STEPS[options.step]}")


def _check(options: Namespace) -> ExitCode:
    found, number = _of_folder(options) if options.folder else _of_node(options)
    if options.json:
        document = {"files": number, "findings": found}
        sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    elif not found:
        sys.stdout.write(
            f"{number} {'file' if number == 1 else 'files'} of keys: as they must be\n"
        )
    for each in found:
        say(each)
    return ExitCode.FINDINGS if found else ExitCode.DONE


def _of_folder(options: Namespace) -> tuple[list[str], int]:
    if options.plan is None:
        raise Refused(ExitCode.MISUSED, f"{options.folder}: of which plan?", "add `--plan FILE`")
    plan = _plan(options.plan)
    found: list[str] = []
    rings: dict[str, Keyring] = {}
    names = [each.name for each in pairs.speakers_of(plan)]
    for name in names:
        folder = options.folder / name
        found += _too_open(folder)
        try:
            rings[name] = read_keyring(folder / NAME)
        except WireProblem as problem:
            found.append(f"{problem.place}: {problem.message}")
    found += _too_open(options.folder) + _strange(options.folder, names)
    return found + list(pairs.findings(rings, plan)), len(rings)


def _of_node(options: Namespace) -> tuple[list[str], int]:
    where = place(options.node)
    path = where.node.keys
    _look_as_owner(path)
    try:
        rings = {where.node.name: read_keyring(path)}
    except WireProblem as problem:
        return [f"{problem.place}: {problem.message}"], 1
    return list(pairs.findings(rings, where.plan)), 1


# --- the folder --------------------------------------------------------------------------------


def _read(folder: Path, plan: PlanFile) -> dict[str, Keyring]:
    rings: dict[str, Keyring] = {}
    for each in pairs.speakers_of(plan):
        path = folder / each.name / NAME
        try:
            rings[each.name] = read_keyring(path) if path.exists() else Keyring({})
        except WireProblem as problem:
            where = f"{problem.place}: {problem.message}"
            raise Refused(ExitCode.FAILED, where, problem.hint) from problem
        except OSError as error:
            raise Refused(ExitCode.FAILED, f"{path}: {error.strerror}") from error
    return rings


def _write(options: Namespace, before: Rings, after: Rings, step: str) -> ExitCode:
    """Only what has changed, each file whole."""
    written = []
    try:
        options.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        for name, ring in after.items():
            content = file_content(ring)
            if content != file_content(before.get(name, Keyring({}))):
                (options.folder / name).mkdir(mode=FOLDER_MODE, exist_ok=True)
                write_whole(options.folder / name / NAME, content)
                written.append(name)
    except OSError as error:
        raise Refused(
            ExitCode.FAILED,
            f"{error.filename or options.folder}: {error.strerror}",
            "do the same again: what was written stays as it is",
        ) from error
    _tell(options, after, written, step)
    return ExitCode.DONE


def _tell(options: Namespace, after: Rings, written: list[str], step: str) -> None:
    if options.json:
        document = {
            "folder": str(options.folder),
            "step": step.partition(":")[0],
            "places": {name: len(ring.content) for name, ring in after.items()},
            "written": written,
        }
        sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        return
    for name, ring in after.items():
        said = "written" if name in written else "unchanged"
        number = len(ring.content)
        sys.stdout.write(
            f"{options.folder / name / NAME}: keys shared with {number} "
            f"{'place' if number == 1 else 'places'}, {said}\n"
        )
    if step:
        sys.stdout.write(f"{step}; {NEXT}\n")


def _too_open(folder: Path) -> list[str]:
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError:
        return []  # said when its file is read
    if not mode & ~FOLDER_MODE & 0o777:
        return []
    return [f"{folder}: others may enter it (mode {mode:04o}); `chmod 700 {folder}`"]


def _strange(folder: Path, known: Collection[str]) -> list[str]:
    try:
        names = sorted(each.parent.name for each in folder.glob(f"*/{NAME}"))
    except OSError as error:
        return [f"{folder}: {error.strerror}"]
    return [f"{folder / name}: the plan has no such place" for name in names if name not in known]


def _look_as_owner(path: Path) -> None:
    """Root may read a file that its process cannot: what counts is what the process sees."""
    try:
        owner = path.stat().st_uid
    except OSError:
        return  # said when it is read
    if os.geteuid() != 0 or owner == 0:
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise Refused(
        ExitCode.MISUSED,
        f"{path} belongs to user {name}",
        f"look as that user: `sudo -u {name} telemed-failover keys check`",
    )


def _plan(path: Path) -> PlanFile:
    try:
        return read_plan_file(path)
    except PlanProblem as problem:
        where = f"{problem.place}: {problem.message}"
        raise Refused(ExitCode.FAILED, where, problem.hint) from problem


def _chosen(plan: PlanFile, names: list[str] | None) -> tuple[Pair, ...]:
    everything = pairs.pairs_of(plan)
    if names is None:
        return everything
    known = sorted(each.name for each in pairs.speakers_of(plan))
    for name in names:
        if name not in known:
            raise Refused(
                ExitCode.MISUSED,
                f"--with: the plan has no place `{name}`",
                f"choose of {', '.join(known)}",
            )
    return tuple(pair for pair in everything if set(pair) & set(names))
