"""Sets of services in one spelling: nothing is lost, nothing is added."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import ANY_SERVICE, ICMP, ICMP6, TCP, UDP, Family, Service, icmp, ports
from telemed_infra.prove.services import by_protocol

FAMILIES = st.sampled_from(list(Family))
PROTOCOLS = (ICMP, TCP, UDP, ICMP6)


@st.composite
def a_service(draw: st.DrawFn) -> Service:
    """A box of one protocol near its first keys, or one that spans several protocols."""
    low = draw(st.sampled_from(PROTOCOLS)) << 16 | draw(st.integers(0, 5))
    high = low + draw(st.integers(0, 4))
    if draw(st.integers(0, 9)) == 0:
        high += draw(st.integers(1, 60)) << 16
    first = draw(st.integers(0, 2))
    return Service(low, high, first, first + draw(st.integers(0, 2)))


def holds(services: tuple[Service, ...], key: int, source_port: int) -> bool:
    """Whether some box holds the packet."""
    return any(
        one.key_low <= key <= one.key_high and one.source_low <= source_port <= one.source_high
        for one in services
    )


@given(st.lists(a_service(), max_size=6), FAMILIES)
def test_the_parts_together_are_the_set_without_the_other_familys_icmp(
    services: list[Service], family: Family
) -> None:
    parts = by_protocol(tuple(services), family)
    together = tuple(one for part in parts for one in part)
    foreign = ICMP6 if family is Family.V4 else ICMP
    for protocol in PROTOCOLS:
        for low in range(10):
            for source_port in range(5):
                key = protocol << 16 | low
                wide = any(one.key_high >> 16 != one.key_low >> 16 for one in services)
                if protocol == foreign and wide:
                    continue  # no such packet exists; a box of several protocols stays whole
                expected = protocol != foreign and holds(tuple(services), key, source_port)
                assert holds(together, key, source_port) is expected


@given(st.lists(a_service(), max_size=6), FAMILIES, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_show(
    services: list[Service], family: Family, chance: object
) -> None:
    again = [*services, *services[:2]]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert sorted(by_protocol(tuple(services), family)) == sorted(by_protocol(tuple(again), family))


def test_each_protocol_is_a_part_of_its_own() -> None:
    parts = by_protocol((ports(UDP, 53), ports(TCP, 54), ports(TCP, 53)), Family.V4)
    assert parts == ((ports(TCP, 53, 54),), (ports(UDP, 53),))


def test_icmp_of_the_other_family_is_no_packet() -> None:
    both = (icmp(ICMP, 8), icmp(ICMP6, 128))
    assert by_protocol(both, Family.V4) == ((icmp(ICMP, 8),),)
    assert by_protocol(both, Family.V6) == ((icmp(ICMP6, 128),),)


def test_everything_stays_whole() -> None:
    assert by_protocol((ANY_SERVICE,), Family.V4) == ((ANY_SERVICE,),)
