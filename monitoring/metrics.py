"""Every metric there is: name, kind, unit, labels, and what it says. The one list of them.

Names follow Prometheus: base units at the end, `_total` for what only counts up, `_info` for labels
of a value that is always 1. A metric whose label is a word (`state`, `verdict`, …) has a series for
each word that there is: 1 for the one that holds, 0 for the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a value may change."""

    GAUGE = "gauge"
    COUNTER = "counter"  # only up, and to 0 when the agent starts anew


class Source(Enum):
    """Where a value comes from, and so when there is one."""

    STATUS_FILE = "the agent's status file itself: there whenever the exporter was given one"
    AGENT = "what the agent says of itself: there while its status file is fresh"
    GROUP = "what the agent says of a move group: there while its status file is fresh"
    WITNESS_FILE = "the witness's file itself: there whenever the exporter was given one"
    WITNESS = "what the witness says: there while its file is fresh"
    BUILD = "the build's manifest and plan: there while they are whole"
    PROOF = "the build's proof.json: there while it can be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric. `unit` is `1` for what is only counted, or yes (1) and no (0)."""

    name: str
    help: str
    unit: str
    source: Source
    labels: tuple[str, ...] = ()
    kind: Kind = Kind.GAUGE


def _metric(source: Source, name: str, unit: str, help_: str, *labels: str) -> Metric:
    kind = Kind.COUNTER if name.endswith("_total") else Kind.GAUGE
    return Metric(name=name, help=help_, unit=unit, source=source, labels=labels, kind=kind)


# ---- the status file ----------------------------------------------------------------------------

_S = Source.STATUS_FILE
STATUS_STATE = _metric(
    _S, "telemed_status_state", "1", "What the status file is: fresh, old, missing, unreadable.",
    "state",
)  # fmt: skip
STATUS_AGE = _metric(
    _S, "telemed_status_age_seconds", "seconds",
    "Time since the agent wrote its status file, by the machine's boot-time clock; by the wall "
    "clock if the machine has started anew since.",
)  # fmt: skip

# ---- the agent ----------------------------------------------------------------------------------

_A = Source.AGENT
AGENT_INFO = _metric(
    _A, "telemed_agent_info", "1", "The agent: its centre, the machine's boot, its own life.",
    "centre", "boot", "life",
)  # fmt: skip
AGENT_PLAN = _metric(_A, "telemed_agent_plan_info", "1", "Hash of the agent's plan.", "hash")
AGENT_HALTED = _metric(
    _A, "telemed_agent_halted", "1", "Whether the agent does nothing any more: two of one name."
)
PEER_VERDICT = _metric(
    _A, "telemed_agent_peer_verdict", "1", "What the other centre is to this agent.", "verdict"
)
GUARD_OBEYS = _metric(_A, "telemed_guard_obeys", "1", "Whether this centre's guard obeys.")
REGISTER_ANSWER_AGE = _metric(
    _A, "telemed_register_answer_age_seconds", "seconds",
    "Time since the register last answered a write; +Inf: not since the agent's start.",
)  # fmt: skip
REGISTER_BACK = _metric(
    _A, "telemed_register_went_back", "1",
    "Whether the register went back in time: it was restored, and is not trusted.",
)  # fmt: skip
REGISTER_GENERATION = _metric(
    _A, "telemed_register_generation", "1", "The register's generation; break-glass raises it."
)
REGISTER_UNREADABLE = _metric(
    _A, "telemed_register_unreadable_cells", "1", "Cells of the register that cannot be read."
)
LEASE_AGE = _metric(
    _A, "telemed_lease_confirmed_age_seconds", "seconds",
    "Time since this centre's own lease was confirmed; +Inf: not since the agent's start.",
)  # fmt: skip
PEER_LEASE = _metric(
    _A, "telemed_peer_lease_remaining_seconds", "seconds",
    "Time until the other centre's lease is surely over; negative: it is.",
)  # fmt: skip
DOORS_CLOSE = _metric(
    _A, "telemed_doors_close_remaining_seconds", "seconds",
    "Time until the first open door closes if no renewal comes; only while one is open.",
)  # fmt: skip
OBSERVERS = _metric(
    _A, "telemed_observers", "1",
    "Observers of the other centre: with a fresh report, of them reaching it, of them slowly.",
    "which",
)  # fmt: skip
PATH_HEARD_AGE = _metric(
    _A, "telemed_path_heard_age_seconds", "seconds",
    "Time since a heartbeat of the other centre came on a path; +Inf: never.", "path",
)  # fmt: skip
PATH_ECHOED_AGE = _metric(
    _A, "telemed_path_echoed_age_seconds", "seconds",
    "Time since the other centre confirmed a heartbeat of ours on a path; +Inf: never.", "path",
)  # fmt: skip
WITNESS_AGE = _metric(
    _A, "telemed_witness_answer_age_seconds", "seconds",
    "Time since the witness answered; +Inf: never.",
)  # fmt: skip
JOURNAL_WAITING = _metric(
    _A, "telemed_journal_waiting_records", "1", "Records of the journal not on the disk yet."
)
JOURNAL_FAILING = _metric(
    _A, "telemed_journal_failing", "1", "Whether the disk refuses the journal's newest records."
)
AGENT_PAGES = _metric(
    _A, "telemed_agent_paging_command", "1", "Whether the agent has a command to page by."
)
AGENT_UNSAID = _metric(
    _A, "telemed_agent_pages_unsaid_total", "1",
    "Pages of the agent that did not reach people: its command failed twice, or too many waited.",
)  # fmt: skip
COPY_ANSWER_AGE = _metric(
    _A, "telemed_journal_copy_answer_age_seconds", "seconds",
    "Time since the other centre said what it has of this centre's journal; +Inf: never.",
)  # fmt: skip
COPY_BEHIND = _metric(
    _A, "telemed_journal_copy_behind_bytes", "bytes",
    "How much of this centre's journal the other centre does not have; only once it has answered.",
)  # fmt: skip
KEPT_HEARD_AGE = _metric(
    _A, "telemed_journal_kept_heard_age_seconds", "seconds",
    "Time since the other centre sent of its journal, which is kept here; +Inf: never.",
)  # fmt: skip
KEPT_MISSING = _metric(
    _A, "telemed_journal_kept_missing_bytes", "bytes",
    "How much of the other centre's journal is not here yet; only once it has sent.",
)  # fmt: skip
KEPT_GAPS = _metric(
    _A, "telemed_journal_kept_gaps_total", "1",
    "Gaps marked in the copy kept here: the other centre has lost entries, or they came too late.",
)  # fmt: skip
COPY_FAILING = _metric(
    _A, "telemed_journal_copy_failing", "1",
    "Whether copying stops at a disk or a broken chain: of what is sent, of what is kept here.",
    "which",
)  # fmt: skip
DATAGRAMS_RECEIVED = _metric(
    _A, "telemed_datagrams_received_total", "1", "Datagrams let in.", "path", "kind"
)
DATAGRAMS_REFUSED = _metric(
    _A, "telemed_datagrams_refused_total", "1", "Datagrams not let in.", "path", "reason"
)
DATAGRAMS_SENT = _metric(_A, "telemed_datagrams_sent_total", "1", "Datagrams sent.", "path", "kind")
DATAGRAMS_UNSENT = _metric(
    _A, "telemed_datagrams_unsent_total", "1", "Datagrams that could not be sent.", "path", "error"
)

# ---- move groups --------------------------------------------------------------------------------

_G = Source.GROUP
GROUP_OWNER = _metric(
    _G, "telemed_group_owner", "1", "Whose the group is, seen from here.", "group", "owner"
)
GROUP_VERDICT = _metric(
    _G, "telemed_group_verdict", "1", "What the group is at this centre.", "group", "verdict"
)
GROUP_ACTION = _metric(
    _G, "telemed_group_action", "1", "What this centre does about the group.", "group", "action"
)
GROUP_STAGE = _metric(
    _G, "telemed_group_stage", "1", "Why the group is closed here, or being closed.",
    "group", "stage",
)  # fmt: skip
GROUP_EPOCH = _metric(
    _G, "telemed_group_epoch", "1", "The newest epoch of the group's ownership.", "group"
)
GROUP_OPEN = _metric(
    _G, "telemed_group_open_instances", "1", "Instances whose doors are open here.", "group"
)
GROUP_TAKEN = _metric(
    _G, "telemed_group_taken", "1", "Whether the actuators here have taken the group.", "group"
)
GROUP_FIT = _metric(
    _G, "telemed_group_fit", "1", "Whether the group runs, or could be served, here.", "group"
)
GROUP_EXPOSED = _metric(
    _G, "telemed_group_exposed", "1",
    "Whether a synchronous group acknowledges writes that only one centre has.", "group",
)  # fmt: skip
GROUP_HELD = _metric(
    _G, "telemed_group_held", "1", "Whether a person's hold keeps the group where it is.", "group"
)
GROUP_DAMPED = _metric(
    _G, "telemed_group_damped", "1", "Whether its recent moves keep the group where it is.", "group"
)
HOLD_REMAINING = _metric(
    _G, "telemed_hold_remaining_seconds", "seconds",
    "Time until the hold on the group ends by itself; only while there is one.", "group",
)  # fmt: skip
GROUP_POSITION = _metric(
    _G, "telemed_group_log_position_bytes", "bytes",
    "How far this centre's copy of the group's log is; comparable within one timeline.", "group",
)  # fmt: skip

GROUP_GAP = _metric(
    _G, "telemed_group_gap_bytes", "bytes",
    "How much of the log a take by this centre might lose; +Inf: nobody can tell.", "group",
)  # fmt: skip
GROUP_GAP_ALLOWED = _metric(
    _G, "telemed_group_gap_allowed_bytes", "bytes",
    "How much a take may lose without a person: above it, the group is gated.", "group",
)  # fmt: skip

# ---- the witness --------------------------------------------------------------------------------

_F = Source.WITNESS_FILE
WITNESS_STATE = _metric(
    _F, "telemed_witness_status_state", "1",
    "What the witness's file is: fresh, old, missing, unreadable.", "state",
)  # fmt: skip
WITNESS_STATUS_AGE = _metric(
    _F, "telemed_witness_status_age_seconds", "seconds",
    "Time since the witness wrote its file, by the same clocks as that of an agent.",
)  # fmt: skip

_W = Source.WITNESS
WITNESS_INFO = _metric(
    _W, "telemed_witness_info", "1", "The witness: its name, the machine's boot.", "witness", "boot"
)
WITNESS_REACHES = _metric(
    _W, "telemed_witness_reaches", "1",
    "Whether a centre answers the witness; not there while it has not watched for long enough.",
    "centre",
)  # fmt: skip
WITNESS_SILENCE = _metric(
    _W, "telemed_witness_centre_silent_seconds", "seconds",
    "Time since the witness last heard a centre, or began to listen.", "centre",
)  # fmt: skip
WITNESS_TOLD = _metric(
    _W, "telemed_witness_centre_paged", "1",
    "Whether the witness has told people of a centre's silence that is not over.", "centre",
)  # fmt: skip
WITNESS_PAGES = _metric(
    _W, "telemed_witness_paging_command", "1", "Whether the witness has a command to page by."
)
WITNESS_UNSAID = _metric(
    _W, "telemed_witness_pages_unsaid_total", "1",
    "Pages that the witness's command did not bring to people, though tried twice.",
)  # fmt: skip

# ---- the build ----------------------------------------------------------------------------------

_B = Source.BUILD
BUILD_STATE = _metric(
    _B, "telemed_build_state", "1",
    "What the build is: standing, missing, damaged. Always there.", "state",
)  # fmt: skip
BUILD_TIME = _metric(
    _B, "telemed_build_timestamp_seconds", "seconds", "When the build was made, since 1970."
)
BUILD_HOLDS_UNTIL = _metric(
    _B, "telemed_build_holds_until_timestamp_seconds", "seconds",
    "When a review or a policy in the build runs out (end of that day, UTC), since 1970.",
)  # fmt: skip
BUILD_INFO = _metric(
    _B, "telemed_build_info", "1",
    "Hash of what the build was made from; empty for a part. Which texts native programs saw.",
    "inputs", "native",
)  # fmt: skip
BUILD_PLAN = _metric(
    _B, "telemed_build_plan_info", "1", "Hash of the failover plan in the build.", "hash"
)
BUILD_FILES = _metric(_B, "telemed_build_files", "1", "Files of the build.")
BUILD_DEVICES = _metric(_B, "telemed_build_devices", "1", "Devices of the inventory.")
BUILD_LINES = _metric(_B, "telemed_build_lines", "1", "Lines of configuration written.", "platform")

_P = Source.PROOF
PROOF_FINDINGS = _metric(_P, "telemed_proof_findings", "1", "Findings of the proof; 0: proven.")
PROOF_WHOLE = _metric(
    _P, "telemed_proof_whole", "1", "Whether the proof is about the whole network, and no part."
)
PROOF_DEVICES = _metric(_P, "telemed_proof_devices", "1", "Devices proven.", "platform")
PROOF_OPENINGS = _metric(
    _P, "telemed_proof_openings", "1", "Openings compared: those that must and may pass.", "which"
)
PROOF_RULES = _metric(_P, "telemed_proof_rules", "1", "Rules read back from the texts.")
PROOF_WAYS = _metric(
    _P, "telemed_proof_ways", "1", "Ways between interfaces, and VLANs on ports, compared."
)
PROOF_LINES = _metric(_P, "telemed_proof_lines", "1", "Lines that say something.")
PROOF_EFFECTIVE = _metric(
    _P, "telemed_proof_effective_lines", "1", "Lines that decide what passes."
)
PROOF_COVERAGE = _metric(
    _P, "telemed_proof_coverage_ratio", "ratio", "Share of the lines that were understood."
)

METRICS: tuple[Metric, ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Metric)
)
"""All of them, in the order of this module."""
