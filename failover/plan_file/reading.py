"""Reads the plan file: strictly, at the start of a process, once."""

import json
from hashlib import sha256
from pathlib import Path

from failover.core.plan import Plan
from failover.plan_file.content import VERSION, PlanFile
from failover.plan_file.rules import check
from failover.plan_file.shape import plan_file
from failover.plan_file.values import PlanProblem, Value

BYTES_MAX = 4_000_000
AGAIN = "never edit it: change the inventory, and build again with `telemed build`"


def read_plan(path: Path) -> Plan:
    """The plan as the core needs it.

    Raises:
        PlanProblem: it is not a plan that every agent may trust; the place says where.
    """
    return read_plan_file(path).plan


def read_plan_file(path: Path) -> PlanFile:
    """The whole file. Raises as `read_plan`."""
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
    except OSError as error:
        raise PlanProblem(str(path), f"cannot be read: {error.strerror}") from error
    return plan_file_of(str(path), content)


def plan_file_of(name: str, content: bytes) -> PlanFile:
    """The whole file from its bytes; `name` begins the places. Raises as `read_plan`."""
    if len(content) > BYTES_MAX:
        raise PlanProblem(name, f"is larger than {BYTES_MAX // 1_000_000} MB", "no plan is")
    document = Value(name, "", _parsed(name, content))
    _trust(document)
    plan = plan_file(document)
    check(name, plan)
    return plan


def hash_of(document: object) -> str:
    """The hash of a plan, given as parsed JSON with or without its own `hash`.

    Raises:
        ValueError: it is no object, or not from JSON.
    """
    if not isinstance(document, dict):
        raise ValueError("a plan is an object")
    bare = {key: value for key, value in document.items() if key != "hash"}
    text = json.dumps(
        bare, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return sha256(text.encode()).hexdigest()


def _parsed(name: str, content: bytes) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise PlanProblem(name, f"the key `{twice}` stands twice in one object", AGAIN)
        return found

    def refused(constant: str) -> object:
        raise PlanProblem(name, f"`{constant}` is no number of JSON", AGAIN)

    try:
        parsed: object = json.loads(
            content.decode(), object_pairs_hook=once, parse_constant=refused
        )
    except UnicodeDecodeError as error:
        raise PlanProblem(name, "is not UTF-8", AGAIN) from error
    except ValueError as error:
        raise PlanProblem(name, f"is not JSON: {error}", AGAIN) from error
    except RecursionError as error:
        raise PlanProblem(name, "is nested beyond measure", AGAIN) from error
    return parsed


def _trust(document: Value) -> None:
    """The version first: of another one nothing is known, not even how it is hashed."""
    members = document.members()
    if "version" not in members:
        raise document.problem("has no `version`", "is it a plan? `telemed build` writes it")
    version = members["version"]
    if version.raw != VERSION or isinstance(version.raw, bool):
        raise version.problem(
            f"is not {VERSION}, the one that this program reads",
            "build the plan with the release that the agents have",
        )
    if "hash" not in members:
        raise document.problem("has no `hash`", AGAIN)
    try:
        content = hash_of(document.raw)
    except ValueError as error:
        raise document.problem(f"cannot be hashed: {error}", AGAIN) from error
    if members["hash"].raw != content:
        raise members["hash"].problem("is not that of the content: the file was changed", AGAIN)
