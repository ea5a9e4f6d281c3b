"""What may fail, as a drill names it; and what a person does about it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from failover.core.plan import Plan


class What(Enum):
    """What fails."""

    CENTRE = "a centre"
    FIBRE = "the fibre"
    REGISTER = "the register"
    WITNESS = "the witness"
    PATHS = "both paths between the centres"


class Scenario(NamedTuple):
    """One thing that fails at second 0 and does not come back."""

    name: str
    what: What
    lost: str  # the centre that is lost; empty: none is
    sentence: str
    person: tuple[str, ...]  # what a person does meanwhile, whatever is decided


NAMES = ("a-lost", "b-lost", "fibre-cut", "register-down", "witness-lost", "both-paths-cut")
_PERSON = {
    What.CENTRE: (
        "nothing, for what is taken; for what is blocked: see what would be lost, then `takeover`",
        "afterwards bring the centre back; what moved stays until you order a `switchover`",
    ),
    What.FIBRE: (
        "have the fibre mended; nothing moves, and all catches up by itself",
        "watch for how long groups are exposed, and that the disks hold the logs",
    ),
    What.REGISTER: (
        "bring two of its three members back before anything else fails: nothing can be taken now",
    ),
    What.WITNESS: (
        "bring it back; put planned work off: with a second loss the register has no majority",
    ),
    What.PATHS: (
        "have a path mended; nothing moves: each centre sees the other's renewals in the register",
    ),
}


def scenario_of(name: str, plan: Plan) -> Scenario | None:
    """A scenario by its name; a centre may be named by its own, as `dc-a-lost`. None: no such."""
    first, second = plan.sites
    centres = {"a-lost": first, "b-lost": second}
    centres |= {f"{site}-lost": site for site in plan.sites}
    if name in centres:
        lost = centres[name]
        short = "a-lost" if lost == first else "b-lost"
        return Scenario(short, What.CENTRE, lost, f"{lost} is lost", _PERSON[What.CENTRE])
    others = {
        "fibre-cut": (What.FIBRE, "the fibre between the centres is cut"),
        "register-down": (What.REGISTER, "the register answers nobody any more"),
        "witness-lost": (What.WITNESS, f"{plan.witness} is lost, with its member of the register"),
        "both-paths-cut": (What.PATHS, "fibre and health network between the centres are cut"),
    }
    if name not in others:
        return None
    what, sentence = others[name]
    return Scenario(name, what, "", sentence, _PERSON[what])
