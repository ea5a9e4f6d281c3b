"""One screen of facts: who owns what, what is open, what would happen, and since when it is known.

Pure: from what is known to what is shown. What the register says now comes before what the agent
said a while ago; what only the agent knows is shown with its time once it is old.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from failover.core.cells import OwnerState
from failover.core.facts import Action, InstanceVerdict, LinkVerdict
from failover.core.judgement import judge
from failover.core.judging import WENT_BACK
from failover.core.order import order_of_takes
from failover.core.plan import Group, Plan
from failover.processes.evidence_of_status import Document, evidence_of
from failover.words.known import SILENT, Known, Source
from failover.words.spans import told_moment, told_span
from failover.words.status_file import FRESH_S, By, Told
from failover.words.watching import watched
from failover.words.what_if import TAKES, Fate, if_lost, now_judged

UNKNOWN = "unknown"
STANDBY = InstanceVerdict.STANDBY.value
TAKING = tuple(action.value for action in TAKES)
COPY_LATE_S = 30.0  # the other centre says nothing of the copy: worth a line


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """One move group."""

    group: str
    owner: str  # a centre, `nobody` or `unknown`
    epoch: str  # generation.epoch
    lease: str
    open: str
    data: str
    notes: tuple[str, ...]  # hold, order, exposure, stage


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What would happen if a centre failed now; or why that is not known."""

    lost: str
    fates: tuple[Fate, ...]
    unknown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The whole screen."""

    at: float
    node: str
    plan: str
    facts: tuple[tuple[str, str], ...]  # subject, sentence
    groups: tuple[GroupLine, ...]
    what_if: tuple[WhatIf, ...]
    decide: tuple[str, ...]  # what a person must decide
    learned: bool  # whether anything at all


def picture(known: Known, plan: Plan, node: str) -> Picture:
    """The screen of what is known."""
    drawer = _Drawer(known, plan, node)
    return Picture(
        at=known.at,
        node=node,
        plan=plan.hash,
        facts=tuple(drawer.facts()),
        groups=tuple(drawer.group(group) for group in order_of_takes(plan.groups)),
        what_if=tuple(drawer.what_if(site) for site in plan.sites),
        decide=tuple(drawer.decide()),
        learned=known.told is not None or known.source is not Source.NONE,
    )


def _known_by(told: Told) -> str:
    """By which of two it is known, where the other is of no use."""
    if told.by is By.FILE:
        return f"; known by its status file: {told.silent}" if told.silent else ""
    if told.file_age_s is None:
        return "; known by its socket: there is no status file"
    if told.file_age_s > FRESH_S:
        return f"; known by its socket: its status file is {told_span(told.file_age_s)} old"
    return ""


def _unsaid(paging: dict[str, Any], now: float) -> Iterator[str]:
    """What keeps an agent from telling people."""
    if not paging["command"]:
        yield "nobody is told by the agent: the node file names no command"
    if number := paging["failures"]:
        pages = "1 page" if number == 1 else f"{number:,} pages"
        at = told_moment(paging["at"], now)
        yield f"{pages} did not reach people, the last at {at}: {paging['last_failure']}"


class _Drawer:
    """Has everything at hand, and changes nothing."""

    def __init__(self, known: Known, plan: Plan, node: str) -> None:
        self._known, self._plan, self._node = known, plan, node
        self._document: dict[str, Any] = known.told.document if known.told else {}
        self._fresh = known.told is not None and known.told.fresh
        self._as_of = told_moment(known.told.at, known.at) if known.told else ""
        self._asked = known.source is not Source.NONE

    # --- facts -----------------------------------------------------------------------------

    def facts(self) -> Iterator[tuple[str, str]]:
        """What holds for the whole."""
        yield "agent here", self._agent()
        yield "register", self._register()
        for site in self._plan.sites:
            yield site, self._site(site)
        if self._document:
            yield "links", self._dated(self._links())
            yield from self._beside()
        if self._known.watch is not None:
            yield from watched(self._known.watch, self._known.at)

    def _beside(self) -> Iterator[tuple[str, str]]:
        """Witness, pages and journals, where there is something to say."""
        document = self._document
        silence = document.get("witness")
        if silence and silence["silent_for_s"] > self._plan.panel.fresh_s:
            paged = ", people were told" if silence["paged"] else ""
            silent = f"silent for {told_span(silence['silent_for_s'])}{paged}"
            yield self._plan.witness, self._dated(silent)
        if paging := document.get("paging"):
            yield from (("paging", self._dated(each)) for each in _unsaid(paging, self._known.at))
        copy = document.get("copy") or {"sent": {"problem": ""}, "kept": {"problem": ""}}
        problems = [
            document["journal"]["problem"],
            copy["sent"]["problem"],
            copy["kept"]["problem"],
        ]
        answered_s_ago = copy["sent"].get("answered_s_ago")
        if copy["sent"].get("behind_bytes") and (answered_s_ago or 0.0) > COPY_LATE_S:
            other, behind = document["peer"]["centre"], copy["sent"]["behind_bytes"]
            problems.append(f"{other}'s copy of this journal lacks the last {behind:,} bytes")
        for problem in filter(None, problems):
            yield "journal", self._dated(problem)

    def _agent(self) -> str:
        told = self._known.told
        if told is None:
            return f"{UNKNOWN}: it has left no status file since the machine started"
        if not self._fresh:
            return (
                f"{UNKNOWN} since {self._as_of} ({told_span(told.age_s)}): "
                f"{told.silent and f'{told.silent}; '}it has stopped or hangs"
            )
        guard = "its guard obeys" if self._document["obeyed"] else "its guard does not obey"
        halted = self._document["halted"]
        lives = f"lived {told_span(told.age_s)} ago" if told.silent else "lives"
        return (f"halted: {halted}" if halted else f"{lives}, {guard}") + _known_by(told)

    def _register(self) -> str:
        view = self._known.view
        match self._known.source:
            case Source.QUORUM:
                return f"answers by a majority, generation {view.generation()}"
            case Source.MEMBER:
                return "no majority answers; what one member has, perhaps old, is shown"
        why = self._known.why_not or SILENT
        if self._known.told is None:
            return why
        register, at = self._document["register"], self._known.told.at
        for words, ago_s in (
            ("it last answered the agent", register["answered_s_ago"]),
            ("the agent last saw its cells", register.get("looked_s_ago")),
        ):
            if ago_s is not None:
                why += f"; {words} at {told_moment(at - ago_s, self._known.at)}"
        return why

    def _site(self, site: str) -> str:
        parts = []
        if self._asked:
            parts.append(self._renewal(site))
        if self._document and site == self._document["peer"]["centre"]:
            parts.append(self._heard())
        elif not self._asked:
            lives = "lives" if self._fresh else f"{UNKNOWN} since {self._as_of}"
            parts.append(lives if site == self._node and self._document else UNKNOWN)
        return ", ".join(parts) or UNKNOWN

    def _renewal(self, site: str) -> str:
        session = self._known.view.session(site)
        if session is None:
            return "has never had a lease"
        other = "" if session.plan == self._plan.hash else f", of another plan {session.plan[:12]}"
        if self._known.renewed.get(site):
            return f"renews its lease{other}"
        return f"did not renew its lease in {told_span(self._known.watched_s)}{other}"

    def _heard(self) -> str:
        peer = self._document["peer"]
        if peer["heard_s_ago"] is None:
            return self._dated("never heard by the agent here")
        ago_s = peer["heard_s_ago"]
        if self._fresh and ago_s <= self._plan.profile.silence_s:
            return f"heard, verdict {self._document['site']}"
        at = (self._known.told.at if self._known.told else 0.0) - ago_s
        verdict = f", verdict {self._document['site']}" if self._fresh else ""
        return f"not heard since {told_moment(at, self._known.at)}{verdict}"

    def _links(self) -> str:
        if self._document["plan"] != self._plan.hash:
            return f"the agent here runs another plan ({self._document['plan'][:12]})"
        row = judge(evidence_of(self._document, self._plan), self._plan).link
        observers = self._document["peer"]["observers"]
        hospitals = f"{observers['reach']} of {observers['fresh']} hospitals reach the other centre"
        why = "" if row.verdict is LinkVerdict.NORMAL else f" ({row.why})"
        return f"{row.verdict.value}{why}; {hospitals}"

    def _dated(self, sentence: str) -> str:
        return sentence if self._fresh else f"{sentence}; as of {self._as_of}"

    # --- groups ----------------------------------------------------------------------------

    def group(self, group: Group) -> GroupLine:
        """One group's line."""
        owner, epoch = self._owner(group)
        return GroupLine(
            group=group.name,
            owner=owner,
            epoch=epoch,
            lease=self._lease(owner),
            open=self._open(group, owner),
            data=self._data(group),
            notes=tuple(self._notes(group)),
        )

    def _said(self, group: Group) -> dict[str, Any]:
        return dict(self._document["groups"].get(group.name, {})) if self._document else {}

    def _owner(self, group: Group) -> tuple[str, str]:
        if self._asked:
            cells = [cell for cell in self._known.view.owners(group) if cell is not None]
            if not cells:
                return "nobody", "-"
            owners = {
                "nobody" if each.state is OwnerState.SURRENDERED else each.owner.site
                for each in cells
            }
            term = max(each.term for each in cells)
            return " and ".join(sorted(owners)), f"{term.generation}.{term.epoch}"
        said = self._said(group)
        if not said:
            return UNKNOWN, "-"
        here, there = self._document["centre"], self._document["peer"]["centre"]
        whose = {"mine": here, "theirs": there, "free": "nobody"}[said["owner"]]
        generation, epoch = said["term"]
        return whose, f"{generation}.{epoch}"

    def _lease(self, owner: str) -> str:
        if owner not in self._plan.sites:
            return "-"
        lease = self._document["lease"] if self._document else {}
        if self._fresh and owner == self._document["centre"]:
            left_s = lease["doors_close_in_s"]
            return "no door open" if left_s is None else told_span(left_s)
        if self._fresh:
            left_s = lease["peer_over_in_s"]
            return f"at most {told_span(left_s)}" if left_s > 0 else "over"
        if self._asked:
            return "renewed" if self._known.renewed.get(owner) else "not renewed"
        return UNKNOWN

    def _open(self, group: Group, owner: str) -> str:
        said = self._said(group)
        if not said:
            return UNKNOWN
        here, there = self._document["centre"], self._document["peer"]["centre"]
        if not self._fresh:
            at = f" at {self._as_of}"
            return f"{here}: {', '.join(said['open'])}{at}" if said["open"] else UNKNOWN
        if said["open"]:
            whole = len(said["open"]) == len(group.instances)
            return f"{here}" if whole else f"{here}: only {', '.join(said['open'])}"
        heard_s_ago = self._document["peer"]["heard_s_ago"]
        if owner != there:
            return "nowhere"
        if heard_s_ago is None or heard_s_ago > self._plan.profile.silence_s:
            return f"{UNKNOWN} ({there} is not heard)"
        return there if self._known.renewed.get(there) else f"{there}, by its word"

    def _data(self, group: Group) -> str:
        said = self._said(group)
        if not said or group.durability.value == "stateless":
            return "stateless" if group.durability.value == "stateless" else UNKNOWN
        gate, position = said["gate"], said["position"]
        at = f"timeline {position[1]} at {position[2]:,}" if position else "position unknown"
        if said["owner"] == "mine":
            return self._dated(at)
        if gate["gap_bytes"] is None:
            return self._dated(f"{at}; {gate['why']}")
        gap, allowed = gate["gap_bytes"], gate["allowed_bytes"]
        return self._dated(f"{at}; {gap:,.0f} bytes may be lost, {allowed:,.0f} allowed")

    def _notes(self, group: Group) -> Iterator[str]:
        said, view = self._said(group), self._known.view
        exposed_at = view.exposed_at(group.name) if self._asked else said.get("exposed_at", "")
        if exposed_at:
            for_s = said.get("exposed_for_s")
            since = f", for {told_span(for_s)} at least" if self._fresh and for_s else ""
            yield (
                f"exposed{since}: {exposed_at} acknowledges writes that the other centre does not "
                "have"
            )
        hold = view.hold(group.name, 0.0) if self._asked else None
        held_by = f"{hold.by}: {hold.reason}" if hold else said.get("held_by", "")
        left_s = said.get("held_for_s") if self._fresh else None
        if held_by and left_s is not None:
            until = told_moment(self._known.at + left_s, self._known.at)
            yield f"held until {until} by {held_by}"
        elif held_by and not (self._fresh and self._asked):
            length = f" for {told_span(hold.length_s)} from when it was seen" if hold else ""
            yield f"held by {held_by}{length}, unless that is over"
        if self._fresh and said["damped_by"]:
            yield said["damped_by"]
        order = said["order"] if self._fresh else None
        if order and not order["done"] and said["stage"] == "none":
            back = ": rolled back" if order["rolled_back"] else ""
            yield f"ordered: {order['kind']} to {order['to']} by {order['by']}{back}"
        if self._fresh and said["stage"] != "none":
            yield said["stage"]
        if self._fresh:
            yield from self._waits(said)
            yield from self._troubles(group)

    def _waits(self, said: Document) -> Iterator[str]:
        """Why what shall be taken is not taken yet."""
        unseen_s = self._document["lease"].get("peer_unseen_for_s", 0.0)  # an older agent's: none
        if unseen_s and said["verdict"] == STANDBY and said["action"] in TAKING:
            here, there = self._document["centre"], self._document["peer"]["centre"]
            yield (
                f"not taken for {told_span(unseen_s)} yet: {here} has not seen {there} renew "
                "since it follows the register"
            )

    def _troubles(self, group: Group) -> Iterator[str]:
        """Of what moves with a group here: what does not work, and a copy that follows nobody."""
        if not self._said(group)["fit"]:
            yield f"cannot be served at {self._document['centre']}"
        for name, each in self._document.get("actuators", {}).get(group.name, {}).items():
            if isinstance(each, dict) and (not each["fit"] or each.get("following") is False):
                yield f"{name} at {self._document['centre']}: {each['why']}"

    # --- what if, and what to decide -------------------------------------------------------

    def what_if(self, lost: str) -> WhatIf:
        """What would happen without a centre."""
        unknown = self._why_unknown(lost)
        fates = () if unknown else if_lost(self._document, self._plan, lost)
        return WhatIf(lost=lost, fates=fates, unknown=unknown)

    def _why_unknown(self, lost: str) -> str:
        if not self._document:
            return f"{UNKNOWN}: no agent here says what could be taken"
        if not self._fresh:
            return f"{UNKNOWN} since {self._as_of}: the agent here says nothing"
        if self._document["plan"] != self._plan.hash:
            return f"{UNKNOWN}: the agent here runs another plan than the node file names"
        peer = self._document["peer"]
        heard_s_ago = peer["heard_s_ago"]
        silent = heard_s_ago is None or heard_s_ago > self._plan.profile.silence_s
        if lost != peer["centre"] and silent:
            return f"{UNKNOWN}: {peer['centre']} is {self._heard()}"
        return ""

    def decide(self) -> Iterator[str]:
        """What waits for a person."""
        yield from self._known.view.unreadable.values()
        if not self._fresh or self._document["plan"] != self._plan.hash:
            return
        if self._document["halted"]:
            yield f"the agent here has halted: {self._document['halted']}"
        if self._document["register"]["went_back"]:
            yield WENT_BACK
        for judged, sentence in now_judged(self._document, self._plan):
            if judged.action.verdict is Action.PAGE:
                yield f"{judged.name}: {sentence}"
