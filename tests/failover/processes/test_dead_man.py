"""Who is silent is told once, and nobody is accused for an absence of our own."""

from __future__ import annotations

from failover.processes.dead_man import Silence


def turns(silence: Silence, start: int, end: int, *, heard: bool) -> list[tuple[int, str]]:
    """Each second: when something is told, and what."""
    found = []
    for now_s in range(start, end):
        page = silence.turn(float(now_s), heard=heard)
        if page is not None:
            found.append((now_s, page.key))
    return found


def test_a_silence_is_told_once_and_its_end_once() -> None:
    silence = Silence("dc-a", 30.0, 0.0)
    assert turns(silence, 1, 10, heard=True) == []
    assert turns(silence, 10, 200, heard=False) == [(39, "dc-a silent")]
    assert silence.document(200.0) == {"silent_for_s": 191.0, "after_s": 30.0, "paged": True}
    assert turns(silence, 200, 210, heard=True) == []
    assert turns(silence, 210, 300, heard=False) == []  # it was never really back
    assert turns(silence, 300, 400, heard=True) == [(330, "dc-a silent over")]
    assert turns(silence, 400, 500, heard=False) == [(429, "dc-a silent")]


def test_who_was_never_heard_is_told_too() -> None:
    assert turns(Silence("dc-a", 5.0, 0.0), 1, 20, heard=False) == [(5, "dc-a silent")]


def test_after_a_pause_of_our_own_it_is_counted_anew() -> None:
    silence = Silence("dc-a", 30.0, 0.0)
    turns(silence, 1, 5, heard=True)
    assert turns(silence, 3600, 3629, heard=False) == []
    assert turns(silence, 3629, 3640, heard=False) == [(3630, "dc-a silent")]
