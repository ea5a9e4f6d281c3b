from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.native.shape import Shapes
from tests.native.samples import FIREWALL, GATEWAY, SWITCH

NAMES = st.from_regex(r"[A-Z][A-Z0-9]{0,8}(-[A-Z0-9]{1,8}){0,3}", fullmatch=True)
OCTETS = st.integers(min_value=0, max_value=255)
ADDRESSES = st.tuples(OCTETS, OCTETS, OCTETS, OCTETS)


def shape(text: str) -> str:
    return Shapes().of(text)


@given(name=NAMES, number=ADDRESSES, length=st.integers(min_value=0, max_value=32))
def test_other_names_and_addresses_are_the_same_shape(
    name: str, number: tuple[int, ...], length: int
) -> None:
    address = ".".join(map(str, number))
    other = GATEWAY.replace("HOSPITALS", name).replace("10.16.0.128/27", f"{address}/{length}")
    assert shape(other) == shape(GATEWAY)


@given(name=NAMES, words=st.from_regex(r"[a-z]{1,9}( [A-Za-z0-9]{1,9}){0,3}", fullmatch=True))
def test_other_descriptions_and_names_are_the_same_shape(name: str, words: str) -> None:
    other = SWITCH.replace("BJ-WN-CH-ASW01", name).replace("zone VIDEO", words)
    assert shape(other) == shape(SWITCH)


@given(v6=st.ip_addresses(v=6))
def test_an_address_of_the_second_family_is_one_word(v6: object) -> None:
    assert shape(f"ip6 saddr {v6} accept") == shape("ip6 saddr 2001:db8::1 accept")


def words_of(text: str) -> list[tuple[int, int]]:
    """Places of the keywords: lower-case words outside quotes and descriptions."""
    masked = re.sub(r'"[^"]*"|(?m:description .*)', lambda m: " " * len(m[0]), text)
    return [m.span() for m in re.finditer(r"(?<![\w./-])[a-z][a-z_-]*(?![\w./-])", masked)]


@pytest.mark.parametrize("text", [GATEWAY, FIREWALL, SWITCH])
def test_each_changed_keyword_is_another_shape(text: str) -> None:
    for start, end in words_of(text):
        changed = f"{text[:start]}{text[start:end]}x{text[end:]}"
        assert shape(changed) != shape(text), text[start:end]


@pytest.mark.parametrize("text", [GATEWAY, FIREWALL, SWITCH])
def test_each_lost_line_is_another_shape(text: str) -> None:
    lines = text.splitlines(keepends=True)
    lone = [
        number
        for number, line in enumerate(lines)
        if not re.match(r"\s*(address )?[0-9]", line)  # one of a run
    ]
    for number in lone:
        assert shape("".join(lines[:number] + lines[number + 1 :])) != shape(text), lines[number]


def test_a_longer_set_is_no_other_shape() -> None:
    element = "\t\t\t10.16.0.128/27,\n"
    longer = GATEWAY.replace(element, element + "\t\t\t10.9.0.0/27,\n")
    assert shape(longer) == shape(GATEWAY)


def test_a_host_in_a_set_of_prefixes_is_another_shape() -> None:
    assert shape(GATEWAY.replace("10.16.0.128/27", "10.16.0.128")) != shape(GATEWAY)


def test_the_family_of_a_type_is_not_a_number() -> None:
    assert shape("type ipv4_addr") != shape("type ipv6_addr")


def test_what_was_seen_before_changes_nothing() -> None:
    one = Shapes()
    first = [one.of(text) for text in (GATEWAY, FIREWALL, SWITCH)]
    assert [one.of(text) for text in (SWITCH, FIREWALL, GATEWAY)] == first[::-1]


@given(st.text())
def test_any_text_has_a_shape(text: str) -> None:
    assert len(shape(text)) == 32
