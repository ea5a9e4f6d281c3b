"""Addresses that a text changes, against those that the plan changes; then in the whole proof."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import Range, network_range
from telemed_infra.pipeline.device import prover
from telemed_infra.pipeline.layout import Part
from telemed_infra.prove.findings import Finding
from telemed_infra.prove.translation import prove_translations
from telemed_infra.translation import Translation
from tests.prove.rendered import province, texts


def v4(prefix: str) -> Range:
    return network_range(prefix)[1]


def change(inside: str, outside: str, *names: str) -> Translation:
    return Translation(v4(inside), v4(outside), frozenset(names or ("GE1", "GE2")))


FIRST = change("192.168.40.0/25", "10.9.1.0/25")
SECOND = change("192.168.50.0/26", "10.9.4.0/26")
LINES = {FIRST.outside: 7, SECOND.outside: 8}


def findings(*found: Translation, planned: tuple[Translation, ...] = (FIRST, SECOND)) -> list[str]:
    return [str(one) for one in prove_translations("FW", found, LINES, planned)]


def test_what_is_planned_is_read() -> None:
    assert findings(SECOND, FIRST) == []
    assert findings(planned=()) == []


@pytest.mark.parametrize(
    ("found", "says"),
    [
        pytest.param(
            (FIRST,),
            "FW: translation: the change of 192.168.50.0-192.168.50.63 inside into "
            "10.9.4.0-10.9.4.63 outside lacks: write it at GE1, GE2",
            id="lacks",
        ),
        pytest.param(
            (FIRST, SECOND, change("192.168.60.0/26", "10.9.5.0/26")),
            "FW: translation: the change of 192.168.60.0-192.168.60.63 inside into "
            "10.9.5.0-10.9.5.63 outside is not planned: take it away",
            id="too many",
        ),
        pytest.param(
            (change("192.168.41.0/25", "10.9.1.0/25"), SECOND),
            "FW:7: translation: 10.9.1.0-10.9.1.127 outside is 192.168.41.0-192.168.41.127 inside "
            "in place of 192.168.40.0-192.168.40.127: write the planned one",
            id="other range",
        ),
        pytest.param(
            (FIRST, SECOND._replace(boundary=frozenset({"GE1"}))),
            "FW:8: translation: the change of 192.168.50.0-192.168.50.63 inside into "
            "10.9.4.0-10.9.4.63 outside does not happen at GE2, where the site ends",
            id="an interface lost",
        ),
        pytest.param(
            (FIRST, SECOND._replace(boundary=frozenset({"GE1", "GE2", "GE3"}))),
            "FW:8: translation: the change of 192.168.50.0-192.168.50.63 inside into "
            "10.9.4.0-10.9.4.63 outside happens at GE3, where the site does not end",
            id="an interface more",
        ),
    ],
)
def test_each_difference_is_one_finding(found: tuple[Translation, ...], says: str) -> None:
    assert findings(*found) == [says]


def test_one_address_inside_for_two_outside_is_not_one_to_one() -> None:
    twice = change("192.168.40.64/26", "10.9.4.0/26")
    (said,) = findings(FIRST, twice, planned=(FIRST, twice))
    assert said == (
        "FW:8: translation: 192.168.40.64-192.168.40.127 inside is changed twice, by the change of "
        "192.168.40.0-192.168.40.127 inside into 10.9.1.0-10.9.1.127 outside and by the change of "
        "192.168.50.0-192.168.50.63 inside into 10.9.4.0-10.9.4.63 outside: keep one"
    ).replace("192.168.50.0-192.168.50.63", "192.168.40.64-192.168.40.127")


def test_one_address_outside_for_two_inside_is_not_one_to_one() -> None:
    twice = change("192.168.50.0/25", "10.9.1.0/25")
    said = findings(FIRST, twice, planned=(FIRST,))
    assert any("10.9.1.0-10.9.1.127 outside is changed twice" in one for one in said)


ranges = st.tuples(st.integers(0, 40), st.integers(0, 7)).map(lambda x: (x[0], x[0] + x[1]))
changes = st.builds(
    lambda inside, at: Translation(inside, (at, at + inside[1] - inside[0]), frozenset({"GE1"})),
    ranges,
    st.integers(0, 40),
)


@given(st.lists(changes, max_size=5, unique=True))
def test_a_map_is_refused_exactly_if_it_is_not_one_to_one(found: list[Translation]) -> None:
    pairs = [
        (one.inside[0] + n, one.outside[0] + n)
        for one in found
        for n in range(one.inside[1] - one.inside[0] + 1)
    ]
    one_to_one = len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    told: list[Finding] = list(prove_translations("FW", found, {}, found))
    assert any("changed twice" in one.says for one in told) != one_to_one


NAT = "own addresses of the site, changed one to one"
NFT, USG = ("tongren-h1", "nftables"), ("nanming-h1", "huawei_usg")
SECPATH, IOS = ("xixiu-h1", "h3c_secpath"), ("zhongshan-h1", "cisco_ios_zbf")
DNAT, SNAT = r" *iifname .* dnat ip prefix to .*\n", r" *oifname .* snat ip prefix to .*\n"
LOST, ONE_WAY = {"function", "translation"}, {"function", "translation", "unread"}
WRONG = {"translation"}
GUESTS = {"break-out"}  # Cisco's interfaces are inside and outside for them too


@pytest.mark.parametrize(
    ("where", "damages", "told"),
    [
        pytest.param(NFT, {}, set(), id="nftables"),
        pytest.param(NFT, {DNAT: "", SNAT: ""}, LOST, id="nftables, nothing is changed"),
        pytest.param(NFT, {SNAT: ""}, ONE_WAY, id="nftables, one way alone"),
        pytest.param(
            NFT,
            {r"dnat ip prefix to 192\.168\.40": "dnat ip prefix to 192.168.41",
             r"ip saddr 192\.168\.40\.0/24 snat": "ip saddr 192.168.41.0/24 snat"},
            WRONG, id="nftables, other addresses inside",
        ),
        pytest.param(
            NFT, {r'(iifname|oifname) \{ "eth8", ': r'\1 { "eth1", "eth8", '},
            WRONG, id="nftables, inside the site too",
        ),
        pytest.param(USG, {}, set(), id="USG"),
        pytest.param(USG, {r" *nat server .*\n": ""}, LOST, id="USG, nothing is changed"),
        pytest.param(
            USG, {r" *nat server .* inside 192\.168\.50\..*\n": ""}, WRONG, id="USG, one lacks"
        ),
        pytest.param(
            USG, {r"(nat server \S+) zone \S+": r"\1"}, WRONG | {"unread"}, id="USG, every zone"
        ),
        pytest.param(USG, {r"(nat server .*)": r"\1 no-reverse"}, ONE_WAY, id="USG, one way"),
        pytest.param(SECPATH, {}, set(), id="SecPath"),
        pytest.param(
            SECPATH, {r" *nat static outbound .*\n": ""}, LOST, id="SecPath, nothing is changed"
        ),
        pytest.param(
            SECPATH, {r" *nat static enable\n": ""}, WRONG, id="SecPath, at no interface"
        ),
        pytest.param(
            SECPATH, {r"(nat static outbound .*)global \S+": r"\1global 10.64.2.0"}, WRONG,
            id="SecPath, other addresses outside",
        ),
        pytest.param(IOS, {}, set(), id="IOS"),
        pytest.param(
            IOS, {r"ip nat inside source static .*\n": ""}, LOST, id="IOS, nothing is changed"
        ),
        pytest.param(
            IOS, {r" *ip nat outside\n": ""}, LOST | GUESTS | {"unread"}, id="IOS, at no interface"
        ),
        pytest.param(
            IOS, {r" *ip nat inside\n": ""}, ONE_WAY | GUESTS, id="IOS, not of the hosts' interface"
        ),
    ],
)  # fmt: skip
def test_the_proof_of_a_whole_text_tells_it(
    where: tuple[str, str], damages: dict[str, str], told: set[str]
) -> None:
    one = next(
        one
        for one in texts(*where)
        if one.part is Part.DEVICE and one.device.role == one.device.site.blueprint.enforcing
    )
    text = one.rendered.text
    for old, new in damages.items():
        text, times = re.subn(old, new, text)
        assert times
    proof = prover(province()).prove(one.device, text)
    assert {finding.kind for finding in proof.findings} == told
    if "break-out" not in told:
        assert (NAT in proof.functions) == ("function" not in told)
