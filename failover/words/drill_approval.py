"""Two people's approval of a drill: a request as a file, and OpenSSH signatures of it.

Only a drill needs it, and only where the node file names `signers`. A `switchover`, a `takeover`
and the end of a drill never wait for a second person.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from failover.processes.problem import CannotRun
from failover.words.approval import AHEAD_S_MAX, BYTES_MAX, SIGN_HINT, two_people

VERSION = 1
LIFE_S = 24 * 3600.0  # a drill is planned for a window
KINDS = {"plan": str, "group": str, "to": str, "at": int | float, "nonce": str, "by": str}
MAKE_ANEW = "make a new one with `drill request`"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillApproval:
    """What two people sign."""

    version: int
    word: str
    plan: str  # the plan's hash
    group: str
    to: str
    at: float  # wall clock
    nonce: str
    by: str  # who asked for it

    def content(self) -> bytes:
        """The file's bytes: what is signed."""
        return (json.dumps(asdict(self), sort_keys=True, indent=1) + "\n").encode()


def approved(
    paths: tuple[Path, Path, Path], signers: Path, wanted: DrillApproval
) -> tuple[str, str]:
    """Who signed: of request and two signatures. Raises CannotRun.

    `wanted`: the drill that is to be begun; its time is now, its nonce and person do not count.
    """
    request, first, second = paths
    approval, content = _read(request)
    for name, now, there in (
        ("plan", wanted.plan[:12], approval.plan[:12]),
        ("group", wanted.group, approval.group),
        ("centre", wanted.to, approval.to),
    ):
        if now != there:
            raise CannotRun(f"{request}: is for {name} {there}, and this is {now}", MAKE_ANEW)
    if not approval.at - AHEAD_S_MAX <= wanted.at <= approval.at + LIFE_S:
        raise CannotRun(f"{request}: was made more than a day ago, or in the future", MAKE_ANEW)
    return two_people(content, (first, second), signers)


def sign_hint(request: Path) -> str:
    """How each of the two signs."""
    return SIGN_HINT.replace("REQUEST", str(request))


def _read(path: Path) -> tuple[DrillApproval, bytes]:
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
        raw = json.loads(content)
        if set(raw) != set(DrillApproval.__slots__):
            raise ValueError("its keys are others")
        if (raw["version"], raw["word"]) != (VERSION, "drill"):
            raise ValueError("it is of another kind or version")
        if any(not isinstance(raw[name], kind) for name, kind in KINDS.items()):
            raise ValueError("a value in it is of another kind")
        return DrillApproval(**raw), content
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}", "name the request that was signed") from error
    except (ValueError, TypeError) as error:
        raise CannotRun(f"{path}: is no request of a drill: {error}", MAKE_ANEW) from error
