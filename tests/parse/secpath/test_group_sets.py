"""An address group is the set that its lines make of it: against sets of the test's own."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from tests.parse.secpath.texts import addresses, sources

LOW = int(IPv4Address("10.0.0.0"))
offsets = st.integers(0, 255)
objects = st.one_of(
    st.tuples(st.just("host"), offsets, offsets),
    st.tuples(st.just("subnet"), offsets, st.integers(24, 32)),
    st.tuples(st.just("range"), offsets, offsets),
)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 5), objects),
        st.tuples(st.just("add"), st.just(0), objects),
        st.tuples(st.just("drop"), st.integers(0, 5), objects),
        st.tuples(st.just("exclude"), st.integers(0, 5), objects),
    ),
    max_size=14,
)


def at(offset: int) -> str:
    return str(IPv4Address(LOW + offset))


def written(kind: str, one: int, other: int) -> str:
    return {
        "host": f"network host address {at(one)}",
        "subnet": f"network subnet {at(one)} {other}",
        "range": f"network range {at(one)} {at(other)}",
    }[kind]


def held(kind: str, one: int, other: int) -> frozenset[int]:
    if kind == "host":
        return frozenset({one})
    if kind == "subnet":
        network = IPv4Network(f"{at(one)}/{other}", strict=False)
        first = int(network.network_address) - LOW
        return frozenset(range(first, first + network.num_addresses))
    return frozenset(range(min(one, other), max(one, other) + 1))


class Device:
    """A group as the command reference tells it, with sets of numbers."""

    def __init__(self) -> None:
        self.objects: dict[int, frozenset[int]] = {}
        self.excluded: dict[int, set[int]] = {}

    def enter(self, verb: str, number: int, said: tuple[str, int, int]) -> tuple[str, bool]:
        """The line, and whether the device takes it."""
        if verb == "drop":
            self.excluded.pop(number, None)
            return f"undo {number}", self.objects.pop(number, None) is not None
        if verb == "exclude":
            line = f"{number} network exclude {at(said[1])}"
            if number in self.objects:
                self.excluded.setdefault(number, set()).add(said[1])
            return line, number in self.objects
        line = written(*said) if verb == "add" else f"{number} {written(*said)}"
        if verb == "add":
            number = max((each // 10 * 10 + 10 for each in self.objects), default=0)
        there = [each for each, found in self.objects.items() if found == held(*said)]
        if there and there != [number]:
            return line, False
        if self.excluded.get(number) and not there:
            return line, False  # what becomes of the exclusion is not known
        self.objects[number] = held(*said)
        return line, True

    def addresses(self) -> set[int]:
        return {
            each
            for number, found in self.objects.items()
            for each in found - self.excluded.get(number, set())
        }


@given(edits)
def test_a_group_is_the_set_of_its_objects(
    found: list[tuple[str, int, tuple[str, int, int]]],
) -> None:
    device = Device()
    lines, refused = [], []
    for verb, number, said in found:
        line, taken = device.enter(verb, number, said)
        lines.append(line)
        refused += [] if taken else [line]
    read = addresses(*lines)
    if not device.objects:
        assert "source-ip G" in [item.text for item in read.unread]
        return
    assert [item.text for item in read.unread] == refused
    inside = {each for low, high in sources(read) for each in range(low - LOW, high - LOW + 1)}
    assert inside == device.addresses()
