"""A damage, and what the proof has to say of it: the kind, the place, the packet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from telemed_infra.intent.services import AppServices
from telemed_infra.parse.behaviour import Action, FirewallBehaviour
from telemed_infra.prove.findings import Finding
from tests.damages.packets import Packet, judges, matches, opened, passes, witness
from tests.damages.workshop import Workshop

Edit = Callable[[str], str]

NOWHERE = ""  # a finding without a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """An edit of one device's text, and the finding that must come of it."""

    name: str
    device: str
    edit: Edit
    kind: str
    at: str  # how the line begins that the finding names; NOWHERE: none
    says: str  # a regular expression, found in the finding


Row = tuple[str, str, Edit, str, str, str]
"""Name, device, edit, kind, how the line begins that the finding names, what it says."""


def damages_of(rows: Iterable[Row]) -> tuple[Damage, ...]:
    """A table of damages; each has a name of its own."""
    found = tuple(
        Damage(name=name, device=device, edit=edit, kind=kind, at=at, says=says)
        for name, device, edit, kind, at, says in rows
    )
    assert len({one.name for one in found}) == len(found)
    return found


# Edits -------------------------------------------------------------------------------------------


def inside(head: str, old: str, new: str) -> Edit:
    """Replaces the first `old` within the stanza that begins with a line `head…`."""

    def edit(text: str) -> str:
        first, last = stanza(text, head)
        block = text[first:last]
        assert old in block, f"{old!r} is not in {block!r}"
        return text[:first] + block.replace(old, new, 1) + text[last:]

    return edit


def without_line(head: str, words: str) -> Edit:
    """Drops the one line of a stanza that has these words."""

    def edit(text: str) -> str:
        first, last = stanza(text, head)
        lines = text[first:last].splitlines(keepends=True)
        kept = [line for line in lines if words not in line]
        assert len(kept) == len(lines) - 1, f"{words!r} is not in one line of {lines!r}"
        return text[:first] + "".join(kept) + text[last:]

    return edit


def without(head: str) -> Edit:
    """Drops a whole stanza."""

    def edit(text: str) -> str:
        first, last = stanza(text, head)
        return text[:first] + text[last:]

    return edit


def before(head: str, new: str) -> Edit:
    """Inserts lines before a stanza."""

    def edit(text: str) -> str:
        first, _ = stanza(text, head)
        return text[:first] + new + text[first:]

    return edit


def moved(head: str, target: str) -> Edit:
    """Moves a stanza above another one."""

    def edit(text: str) -> str:
        first, last = stanza(text, head)
        return before(target, text[first:last])(text[:first] + text[last:])

    return edit


def exchanged(one: str, other: str) -> Edit:
    """Exchanges two words everywhere."""
    either = re.compile(f"{re.escape(one)}(?![.\\d])|{re.escape(other)}(?![.\\d])")
    return lambda text: either.sub(lambda found: other if found[0] == one else one, text)


def cut_after(head: str, line: str) -> Edit:
    """Ends the text in the middle of a stanza."""

    def edit(text: str) -> str:
        first, _ = stanza(text, head)
        return text[: text.index(line, first) + len(line)]

    return edit


def line(old: str, new: str = "") -> Edit:
    """Replaces, or drops, the one line that is `old`."""

    def edit(text: str) -> str:
        assert text.count(f"\n{old}\n") == 1, old
        return text.replace(f"\n{old}\n", f"\n{new}\n" if new else "\n")

    return edit


def words(old: str, new: str) -> Edit:
    """Replaces the first `old`."""

    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return edit


def without_peer(peer: str) -> Edit:
    """Every line of a session goes, where the vendor calls its end a peer."""

    def edit(text: str) -> str:
        found, times = re.subn(rf"^ +peer {re.escape(peer)} .*\n", "", text, flags=re.MULTILINE)
        assert times > 5
        return found

    return edit


def counted_on(raw: str) -> str:
    """The line with its last number one higher."""
    found = list(re.finditer(r"\d+", raw))
    last = found[-1]
    return f"{raw[: last.start()]}{int(last[0]) + 1}{raw[last.end() :]}"


def both(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(text: str) -> str:
        for each in edits:
            text = each(text)
        return text

    return edit


def stanza(text: str, head: str) -> tuple[int, int]:
    """From a line that begins with `head` to the next that is not further in."""
    found = re.search(f"^{re.escape(head)}.*\n", text, re.MULTILINE)
    assert found, f"no line begins with {head!r}"
    depth = re.match(r"\s*", head)
    assert depth
    rest = re.compile(f"^(?!{depth[0]}\\s)", re.MULTILINE).search(text, found.end())
    return found.start(), rest.start() if rest else len(text)


# Judgement ---------------------------------------------------------------------------------------


def judge_sentence(workshop: Workshop, damage: Damage) -> tuple[str, Sequence[Finding]]:
    """The damage must be found, by such a sentence at the right line. The text, and all that is."""
    text = workshop.text(damage.device)
    assert not workshop.prove(damage.device, text)
    damaged = damage.edit(text)
    assert damaged != text
    findings = workshop.prove(damage.device, damaged)
    assert any(fits(damage, one, damaged) for one in findings), shown(findings, damaged)
    return damaged, findings


def judge_harmless(workshop: Workshop, device: str, edit: Edit) -> None:
    """The edit must change the text, and nothing that is found."""
    text = workshop.text(device)
    edited = edit(text)
    assert edited != text
    found = workshop.prove(device, edited)
    assert found == (), shown(found, edited)


def judge(workshop: Workshop, damage: Damage) -> None:
    """The damage must be found, by a sentence that is true of the packet that it names."""
    damaged, findings = judge_sentence(workshop, damage)
    check_packets(workshop, damage.device, findings, workshop.read(damage.device, damaged))


def fits(damage: Damage, finding: Finding, damaged: str) -> bool:
    line = damaged.splitlines()[finding.line - 1] if finding.line else NOWHERE
    return (
        finding.kind == damage.kind
        and line.startswith(damage.at)
        and bool(line) == bool(damage.at)
        and re.search(damage.says, finding.says) is not None
    )


def shown(findings: Iterable[Finding], damaged: str) -> str:
    """Findings beside their lines, for a failure."""
    lines = ["", *damaged.splitlines()]
    return "\n".join(f"{one}\n    {lines[one.line]!r}" for one in findings) or "no findings"


def check_packets(
    workshop: Workshop, device: str, findings: Iterable[Finding], behaviour: FirewallBehaviour
) -> None:
    """Each packet shown is a true witness, judged by the slow evaluator, and its line decides it.

    Missing: the damaged text stops it, the sound one does not, a policy that is named opens it.
    Excess: the damaged text lets it pass, the sound one does not, no policy opens it.
    """
    services = AppServices(workshop.meaning.network.apps)
    for one in findings:
        if one.kind not in ("missing", "excess") or " -> " not in one.says:
            continue
        found = witness(one.says)
        allowed = opened(workshop.openings(device), services, found)
        assert passes(behaviour, found.packet) == (one.kind == "excess"), one
        assert passes(workshop.sound(device), found.packet) == (one.kind == "missing"), one
        assert bool(allowed) == (one.kind == "missing"), one
        assert set(one.policies) == allowed, one
        assert one.line in (deciding_lines(behaviour, found.packet) or {0}), one


def deciding_lines(behaviour: FirewallBehaviour, packet: Packet) -> set[int]:
    """In each chain that judges a packet, the line of what decides; none: nothing judges it.

    A chain that has no rule and lets everything pass, as one that marks packets, decides nothing.
    """
    found = set()
    for chain in behaviour.chains:
        if judges(chain, packet) and (chain.rules or chain.default is Action.DENY):
            deciders = [
                rule.line
                for rule in chain.rules
                if matches(rule, packet) and (rule.certain or rule.action is Action.PERMIT)
            ]
            found.add(deciders[0] if deciders else chain.line)
    return found
