"""What a test may need, and how a run tells what it could not do.

`@pytest.mark.root` and `@pytest.mark.debian("nft")` skip a test, with the reason, where the need is
not met. Where a run must be whole (`CI` or `TELEMED_REQUIRE_ALL` is set) a missing program fails.

`make test` has three workers. Two are given what waits more than it works, one laboratory at a time
each (groups `etcd` and `waiting`); all the rest goes to whoever is free, a file or a group at once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

NEED = "needs "
# Programs of administrators are not in everybody's PATH.
PROGRAM_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))

# Begun first, in this order: the longest, so that no worker is left alone with one in the end.
FIRST = (
    "etcd", "waiting", "seeds", "province", "wheel",
    "tests/oracle/test_packets.py", "tests/oracle/test_agreement.py",
    "tests/prove/test_reachability.py", "tests/intent/test_expectations.py",
)  # fmt: skip

# The same examples each time: a red run is a change of the code, not of the luck.
settings.register_profile("telemed", derandomize=True, deadline=None, database=None)
settings.load_profile("telemed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the golden files that differ, and still fail: read the difference",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers: in which pieces they take the tests, and in which order.

    A file's tests stay together, so that what a module makes once is made once.
    """
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: turn_of(group_of(item)))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with the file that keeps it."""

    def compare(path: Path, text: str) -> None:
        kept = path.read_text("utf-8") if path.exists() else ""
        if kept != text and request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            pytest.fail(f"{path} was rewritten: read its difference, then run again")
        assert text == kept, f"{path} differs: pytest --update-golden rewrites it"

    return compare


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = missing_programs(item)
    if missing and must_be_whole():
        pytest.fail(
            f"{NEED}{missing}, and this run must be whole: "
            "have scripts/install-debian.sh install it, or unset CI and TELEMED_REQUIRE_ALL",
            pytrace=False,
        )
    if missing:
        pytest.skip(f"{NEED}{missing}: run scripts/install-debian.sh")
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip(f"{NEED}root")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    unmet = [report for report in skipped if NEED in skip_reason(report)]
    if unmet:
        terminalreporter.write_line(f"tests not run because a need is not met: {len(unmet)}")


def group_of(item: pytest.Item) -> str:
    """What pytest-xdist keeps together with it."""
    mark = item.get_closest_marker("xdist_group")
    assert mark is not None
    return str(mark.args[0])


def turn_of(group: str) -> int:
    return FIRST.index(group) if group in FIRST else len(FIRST)


def missing_programs(item: pytest.Item) -> str:
    """Names of the Debian programs that the test's markers ask for and this machine lacks."""
    asked = [program for marker in item.iter_markers("debian") for program in marker.args]
    return ", ".join(
        program for program in asked if shutil.which(program, path=PROGRAM_PATH) is None
    )


def must_be_whole() -> bool:
    return any(os.environ.get(name) for name in ("CI", "TELEMED_REQUIRE_ALL"))


def skip_reason(report: pytest.TestReport) -> str:
    match report.longrepr:
        case (_, _, str() as reason):
            return reason
        case _:
            return ""
