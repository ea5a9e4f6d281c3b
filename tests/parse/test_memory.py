"""What was understood is not asked again: of what was just seen at once, else from twice on."""

from __future__ import annotations

from dataclasses import dataclass, field

from telemed_infra.parse.memory import RECENT_MAX, Memory


@dataclass
class Asked:
    """A pure function that tells how often it was asked."""

    keys: list[int] = field(default_factory=list)

    def __call__(self, key: int) -> int:
        self.keys.append(key)
        return -key


def test_the_second_of_a_pair_finds_what_the_first_has_found() -> None:
    asked = Asked()
    memory = Memory(asked)
    keys = [*range(RECENT_MAX), *range(RECENT_MAX)]
    assert [memory[key] for key in keys] == [-key for key in keys]
    assert asked.keys == list(range(RECENT_MAX))


def test_what_comes_again_much_later_is_asked_once_more_and_then_kept() -> None:
    asked = Asked()
    memory = Memory(asked)
    for round_ in range(4):
        assert memory[-1] == 1
        others = range(round_ * 1000, round_ * 1000 + RECENT_MAX + 1)
        assert [memory[key] for key in others] == [-key for key in others]
    assert asked.keys.count(-1) == 2
