from __future__ import annotations

from telemed_infra.native.process import OUTPUT_MAX, find, run


def test_what_a_program_says_and_how_it_ends() -> None:
    ended = run(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (ended.code, ended.words) == (3, "out\nerr\n")


def test_a_program_that_does_not_end_is_killed_with_its_children() -> None:
    ended = run(["/bin/sh", "-c", "sleep 60 & sleep 60"], seconds_max=0.2)
    assert ended.code is None
    assert ended.words == "no answer in 0.2 s"


def test_a_program_that_closes_its_output_and_lives_on_is_killed() -> None:
    assert run(["/bin/sh", "-c", "exec >&- 2>&-; sleep 60"], seconds_max=0.2).code is None


def test_a_talkative_program_is_read_to_its_end_and_not_kept_whole() -> None:
    ended = run(["head", "-c", str(4 * OUTPUT_MAX), "/dev/zero"])
    assert ended.code == 0
    assert len(ended.words) == OUTPUT_MAX


def test_a_missing_program_is_none() -> None:
    assert find("no-such-program-anywhere") is None
