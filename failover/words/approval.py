"""Two people's approval of a new generation: a request as a file, and OpenSSH signatures of it.

The signatures are judged by `ssh-keygen -Y verify` against the allowed signers of this machine. Who
signed is told by that file; which key it was by what `ssh-keygen` prints, so that one key listed
under two names is still one. Source: ssh-keygen(1), ALLOWED SIGNERS.
"""

from __future__ import annotations

import json
import re
import stat
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from failover.processes.problem import CannotRun

NAMESPACE = "telemed-failover"
VERSION = 1
LIFE_S = 3600.0
AHEAD_S_MAX = 60.0  # a request from the future: one of two clocks is wrong
BYTES_MAX = 1 << 16
VERIFY_S = 10.0
GOOD = re.compile(
    rf'Good "{NAMESPACE}" signature for (?P<who>\S+) with \S+ key (?P<key>SHA256:\S+)'
)
KINDS = {"plan": str, "highest": int, "at": int | float, "nonce": str, "by": str, "node": str}
MAKE_ANEW = "make a new one with `break-glass request`"


class Signature(NamedTuple):
    """A signature that holds."""

    who: str  # the principal of the allowed signers
    key: str  # its fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What two people sign."""

    version: int
    word: str
    plan: str  # the plan's hash
    highest: int  # the highest generation that was known
    at: float  # wall clock
    nonce: str
    by: str  # who asked for it
    node: str

    def content(self) -> bytes:
        """The file's bytes: what is signed."""
        return (json.dumps(asdict(self), sort_keys=True, indent=1) + "\n").encode()


def read_approval(path: Path) -> tuple[Approval, bytes]:
    """A request and its very bytes. Raises CannotRun."""
    content = _bytes(path)
    try:
        raw = json.loads(content)
        if set(raw) != set(Approval.__slots__):
            raise ValueError("its keys are others")
        if (raw["version"], raw["word"]) != (VERSION, "break-glass"):
            raise ValueError("it is of another kind or version")
        if any(not isinstance(raw[name], kind) for name, kind in KINDS.items()):
            raise ValueError("a value in it is of another kind")
        approval = Approval(**raw)
    except (ValueError, TypeError) as error:
        raise CannotRun(f"{path}: is no request of break-glass: {error}", MAKE_ANEW) from error
    return approval, content


def refuse_unfit(path: Path, approval: Approval, plan: str, now: float) -> None:
    """Raises CannotRun for an expired request, and for another plan's."""
    if approval.plan != plan:
        problem = f"is for plan {approval.plan[:12]}, and this place has {plan[:12]}"
        raise CannotRun(f"{path}: {problem}", MAKE_ANEW)
    if now > approval.at + LIFE_S:
        raise CannotRun(f"{path}: was made more than an hour ago and is void", MAKE_ANEW)
    if now < approval.at - AHEAD_S_MAX:
        raise CannotRun(f"{path}: was made in the future: one clock is wrong", MAKE_ANEW)


def two_people(content: bytes, signatures: tuple[Path, Path], signers: Path) -> tuple[str, str]:
    """Who signed. Raises CannotRun: one does not hold, or both are one person's or key's."""
    _refuse_open(signers)
    first, second = (_verified(content, one, signers) for one in signatures)
    if first.key == second.key:
        raise CannotRun(
            f"{signatures[0]} and {signatures[1]} are of one key ({first.key})",
            "two people sign, each with a key of their own",
        )
    if first.who == second.who:
        raise CannotRun(
            f"{signatures[0]} and {signatures[1]} are both of {first.who}",
            "two people sign, each with a key of their own",
        )
    return first.who, second.who


def _verified(content: bytes, signature: Path, signers: Path) -> Signature:
    _bytes(signature)
    found = _ssh_keygen("find-principals", signature, signers, content)
    who = found.stdout.split("\n")[0].split(",")[0].strip()
    if found.returncode or not who:
        raise CannotRun(f"{signature}: is of nobody in {signers}", "who may sign is written there")
    checked = _ssh_keygen("verify", signature, signers, content, "-n", NAMESPACE, "-I", who)
    good = GOOD.search(checked.stdout)
    if checked.returncode or good is None:
        why = (checked.stderr or checked.stdout).strip().split("\n")[-1]
        raise CannotRun(f"{signature}: does not hold for this request: {why}", SIGN_HINT)
    return Signature(good["who"], good["key"])


SIGN_HINT = f"each signs: `ssh-keygen -Y sign -f KEY -n {NAMESPACE} < REQUEST > NAME.sig`"


def _ssh_keygen(
    verb: str, signature: Path, signers: Path, content: bytes, *more: str
) -> subprocess.CompletedProcess[str]:
    command = ["ssh-keygen", "-Y", verb, "-s", str(signature), "-f", str(signers), *more]
    try:
        return subprocess.run(
            command,
            input=content.decode("utf-8", "replace"),
            capture_output=True,
            text=True,
            timeout=VERIFY_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRun(f"ssh-keygen: {error}", "install openssh-client") from error


def _refuse_open(signers: Path) -> None:
    """Who may write the list of signers may break the glass alone."""
    try:
        mode = signers.stat().st_mode
    except OSError as error:
        raise CannotRun(f"{signers}: {error.strerror}", "`signers` in the node file") from error
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise CannotRun(f"{signers}: others than its owner may write it", f"chmod 644 {signers}")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}") from error
    if len(content) > BYTES_MAX:
        raise CannotRun(f"{path}: is larger than 64 kB")
    return content
