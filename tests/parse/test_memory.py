"""What is asked often is worked out twice, what is asked once leaves nothing behind."""

from __future__ import annotations

from telemed_infra.parse.memory import KEPT_MAX, Memory


def test_kept_from_the_second_time_on() -> None:
    asked: list[str] = []

    def length(key: str) -> int:
        asked.append(key)
        return len(key)

    memory = Memory(length)
    assert [memory["one"], memory["three"]] == [3, 5]
    assert not memory
    assert [memory["one"], memory["one"], memory["one"]] == [3, 3, 3]
    assert asked == ["one", "three", "one"]
    assert memory == {"one": 3}


def test_never_more_than_so_many() -> None:
    memory = Memory[int, int](lambda key: -key)
    for number in range(KEPT_MAX + 1):
        assert [memory[number], memory[number]] == [-number, -number]
        assert len(memory) <= KEPT_MAX
    assert memory == {KEPT_MAX: -KEPT_MAX}
