"""The drills that move something: `drill request | switchover | abort`."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from failover.cli.exits import ExitCode, Refused, say
from failover.cli.node import REASON_LETTERS_MAX, failed, group_of, line, person, place
from failover.core.plan import Group
from failover.disk.lock import NameLock, NameTaken
from failover.processes.places import Place, register_of
from failover.processes.problem import CannotRun
from failover.wire.post import boot_time_s
from failover.words.drill_approval import VERSION, DrillApproval, approved, sign_hint
from failover.words.drill_blocks import blocking, owner_now
from failover.words.drill_conduct import Conductor
from failover.words.drill_end import LOCK, Ended, end_drill
from failover.words.drill_report import (
    Report,
    Verdict,
    keep_entry,
    read_reports,
    told,
    write_report,
)
from failover.words.kept import keep
from failover.words.known import Known, learn
from failover.words.windows import EXAMPLE, NoWindow, Window, window_of

TIME_BOX_MIN_S, TIME_BOX_MAX_S = 15.0, 1800.0
ID_BYTES = 3
CODES = {
    Verdict.SUCCEEDED: ExitCode.DONE,
    Verdict.BLOCKED: ExitCode.FINDINGS,
    Verdict.INTERRUPTED: ExitCode.DECIDE,
}


def request(options: Namespace) -> ExitCode:
    """What two people sign."""
    where, by = place(options.node), person(options.by)
    group, to = group_of(where, options.group), _centre(where, options.to)
    approval = _wanted(where, group, to, by)
    try:
        with options.out.open("xb") as stream:
            stream.write(approval.content())
    except OSError as error:
        hint = "choose another with --out"
        raise Refused(ExitCode.FAILED, f"{options.out}: {error.strerror}", hint) from error
    if options.json:
        document = {"request": str(options.out), "next": sign_hint(options.out)}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
        return ExitCode.DONE
    sys.stdout.write(
        f"{options.out}: asks for a drill of {group.name} at {to}; void after a day\n"
        f"{sign_hint(options.out)}\n"
        f"then: telemed-failover drill switchover {group.name} --to {to} "
        f"--approved {options.out} NAME1.sig NAME2.sig\n"
    )
    return ExitCode.DONE


def switchover(options: Namespace) -> ExitCode:
    """There and back, if nothing blocks it."""
    where, by = place(options.node), person(options.by)
    group, to = group_of(where, options.group), _centre(where, options.to)
    windows = _windows(options)
    signers = _signers(options, where, group, to)
    try:
        lock = _conducting(where)
    except CannotRun as cannot:
        raise failed(cannot) from cannot
    try:
        ordered_boot_s = boot_time_s()
        known = learn(where)
        report = _report(options, where, (group, to), by, signers)
        report.blocking = blocking(
            known, where.plan.plan, group, to, read_reports(where.node.state)
        )
        report.blocking += _shut(windows, options.time_box, known.at)
        report.home = owner_now(known, group) or where.plan.plan.other(to)
        if report.blocking or not options.yes:
            return _not_begun(options, where, report, known)
        return _conduct(options, where, group, report, ordered_boot_s)
    finally:
        lock.close()


def abort(options: Namespace) -> ExitCode:
    """The end of whatever drill runs."""
    where, by = place(options.node), person(options.by)
    if where.node.name not in where.plan.plan.sites:
        hint = f"say it at {' or '.join(where.plan.plan.sites)}"
        raise Refused(ExitCode.MISUSED, f"{where.node.name} is no data centre", hint)

    def tell(text: str) -> None:
        if not options.json:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    try:
        ended = end_drill(where, by, tell)
    except CannotRun as cannot:
        raise failed(cannot) from cannot
    _keep_abort(where, by, ended)
    if options.json:
        plain = {name: getattr(ended, name) for name in ended.__slots__} | {"done": ended.done}
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
    return _told_abort(where, ended, tell)


# --- a drill -------------------------------------------------------------------------------


def _conduct(
    options: Namespace, where: Place, group: Group, report: Report, ordered_boot_s: float
) -> ExitCode:
    report.began_at = round(time.time(), 3)
    _keep(where, report, "begins")
    if not options.json:
        sys.stdout.write(f"drill {report.id} begins; `drill abort` ends it, at either centre\n")

    def tell(text: str) -> None:
        if not options.json:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    async def conduct() -> None:
        client = register_of(where)
        try:
            conductor = Conductor(where, client.register, group, report, tell)
            await conductor.run(ordered_boot_s)
        finally:
            await client.register.close()

    try:
        asyncio.run(conduct())
    except KeyboardInterrupt:
        report.verdict, report.why = Verdict.ABORTED.value, "its conductor was stopped"
        say("stopped: say `drill abort` to see that nothing is left")
    except CannotRun as cannot:
        report.verdict, report.why = Verdict.FAILED.value, cannot.problem
    report.ended_at = report.ended_at or round(time.time(), 3)
    return _end(options, where, report)


def _not_begun(options: Namespace, where: Place, report: Report, known: Known) -> ExitCode:
    """What blocks it, or that nothing does and `--yes` is missing."""
    if not report.blocking:
        if options.json:
            sys.stdout.write(json.dumps(report.document(), indent=1) + "\n")
        else:
            sys.stdout.write(
                f"nothing blocks a drill of {report.group} from {report.home} to {report.away}; "
                "add `--yes` to begin\n"
            )
        return ExitCode.DONE
    report.verdict, report.why = Verdict.BLOCKED.value, report.blocking[0]
    report.left_at = report.home
    report.began_at = report.ended_at = round(known.at, 3)
    if not options.yes:
        for each in report.blocking:
            say(f"blocks the drill: {each}")
        if options.json:
            sys.stdout.write(json.dumps(report.document(), indent=1) + "\n")
        return ExitCode.FINDINGS
    return _end(options, where, report)


def _end(options: Namespace, where: Place, report: Report) -> ExitCode:
    verdict = Verdict(report.verdict)
    _keep(where, report, "blocked" if verdict is Verdict.BLOCKED else "ends")
    path: Path | None = None
    try:
        path = write_report(where.node.state, report)
    except OSError as error:
        say(f"{where.node.state}: {error.strerror}: the report is not kept", "it is in the journal")
    if options.json:
        document = report.document() | {"report": str(path) if path else ""}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(told(report)) + "\n")
        sys.stdout.write(f"report: {path}\n" if path else "")
    if verdict is not Verdict.SUCCEEDED:
        hint = ""
        if report.left_at and report.left_at != report.home:
            hint = f"{report.group} is at {report.left_at}: `switchover` brings it back"
        say(f"drill {report.id} {report.verdict}: {report.why}", hint)
    return CODES.get(verdict, ExitCode.FAILED)


def _report(
    options: Namespace,
    where: Place,
    what: tuple[Group, str],
    by: str,
    signers: tuple[str, ...],
) -> Report:
    group, to = what
    hint = "say why, for who reads the report"
    now = time.time()
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    return Report(
        id=f"{stamp}-{secrets.token_hex(ID_BYTES)}",
        group=group.name,
        away=to,
        home="",
        by=by,
        reason=line("--reason", options.reason, REASON_LETTERS_MAX, hint),
        signers=signers,
        node=where.node.name,
        plan=where.plan.plan.hash,
        began_at=round(now, 3),
        stay_s=options.stay,
        time_box_s=_time_box(options),
        window=", ".join(options.window),
    )


# --- what is asked for ---------------------------------------------------------------------


def _centre(where: Place, to: str) -> str:
    if to not in where.plan.plan.sites:
        hint = f"choose {' or '.join(where.plan.plan.sites)}"
        raise Refused(ExitCode.MISUSED, f"`{to}` is not a data centre", hint)
    return to


def _time_box(options: Namespace) -> float:
    box_s = float(options.time_box)
    if not max(TIME_BOX_MIN_S, options.stay) <= box_s <= TIME_BOX_MAX_S:
        problem = "--time-box: is out of range: from 15s, or the stay, to 30m"
        raise Refused(ExitCode.MISUSED, problem, "for example `--time-box 2m`")
    return box_s


def _windows(options: Namespace) -> list[Window]:
    try:
        return [window_of(text) for text in options.window]
    except NoWindow as wrong:
        raise Refused(ExitCode.MISUSED, f"--window: {wrong}", EXAMPLE) from wrong


def _shut(windows: list[Window], time_box_s: float, now: float) -> list[str]:
    left = [left_s for window in windows if (left_s := window.left_s(now)) is not None]
    if windows and not left:
        return [f"it is not within {' or '.join(map(str, windows))}"]
    if left and max(left) < time_box_s:
        return [f"the window ends in {max(left):.0f} s, before the time box does"]
    return []


def _signers(options: Namespace, where: Place, group: Group, to: str) -> tuple[str, ...]:
    """Who has approved it. One person is enough where nobody is named to sign."""
    if where.node.signers is None:
        if options.approved:
            problem = f"{where.node.name}: the node file names no `signers`"
            raise Refused(ExitCode.FAILED, problem, "leave --approved out, or name who may sign")
        return ()
    if not options.approved:
        if not options.yes:
            return ()
        problem = "a drill needs two people's approval here"
        hint = f"`drill request {group.name} --to {to}`, then --approved REQUEST SIG1 SIG2"
        raise Refused(ExitCode.FAILED, problem, hint)
    request_, first, second = options.approved
    try:
        return approved(
            (request_, first, second), where.node.signers, _wanted(where, group, to, "")
        )
    except CannotRun as cannot:
        raise failed(cannot) from cannot


def _wanted(where: Place, group: Group, to: str, by: str) -> DrillApproval:
    return DrillApproval(
        version=VERSION,
        word="drill",
        plan=where.plan.plan.hash,
        group=group.name,
        to=to,
        at=round(time.time(), 3),
        nonce=secrets.token_hex(16),
        by=by,
    )


def _conducting(where: Place) -> NameLock:
    try:
        return NameLock(where.node.run / LOCK)
    except NameTaken as taken:
        problem = f"{taken.problem.partition(':')[0]}: a drill is conducted from here already"
        raise CannotRun(problem, "wait for its end, or `drill abort`") from taken
    except OSError as error:
        hint = "the run folder is there while an agent lives, or lived since the machine's start"
        raise CannotRun(f"{where.node.run}: {error.strerror}", hint) from error


# --- what is kept and told -----------------------------------------------------------------


def _keep(where: Place, report: Report, event: str) -> None:
    try:
        keep_entry(where.node.state, report, event, time.time())
    except OSError as error:
        say(f"{where.node.state}: {error.strerror}: this drill is not in the journal")


def _keep_abort(where: Place, by: str, ended: Ended) -> None:
    content: dict[str, object] = {
        "at": round(time.time(), 3),
        "by": where.node.name,
        "drill": "abort",
        "person": by,
        "outcome": {
            "after_s": ended.after_s,
            "away": list(ended.away),
            "brought_back": list(ended.brought_back),
            "register": ended.register,
            "told_other": ended.told_other,
        },
    }
    with suppress(OSError):
        keep(where.node.state, content)


def _told_abort(where: Place, ended: Ended, tell: Callable[[str], None]) -> ExitCode:
    other = where.plan.plan.other(where.node.name)
    if ended.done:
        left = "no group is away" if ended.register else "what a drill had ordered is void"
        tell(f"ended after {ended.after_s:.1f} s: {left}")
    if not ended.register:
        say(
            "the register does not answer: nothing can be moved, and what stands stays",
            "look with `telemed-failover status` when it is back",
        )
    for note in ended.notes:
        say(note)
    if not ended.told_other:
        say(f"{other} could not be told", "say `drill abort` there too")
    for name in (*ended.away, *ended.moving):
        say(f"{name} is not where it was", f"`telemed-failover status`, then `switchover {name}`")
    return ExitCode.DONE if ended.done else ExitCode.FAILED
