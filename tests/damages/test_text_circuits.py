"""Damages of circuits: each line of theirs, dropped or changed, is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from telemed_infra.model.network import Device
from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg, parse_vrp
from telemed_infra.pipeline.layout import Part
from telemed_infra.prove.findings import DeviceProof, Finding
from telemed_infra.prove.functions import Function
from telemed_infra.tunnels import Mode, Tunnel
from tests.damages.circuit_texts import cisco, h3c, huawei, swanctl
from tests.damages.damage import counted_on
from tests.damages.workshop import CENTER, CITY, GATEWAY, HOSPITAL, Workshop

CORE, OF_H3C, OF_CISCO = "GZ-DCA-CR01", "GZ-H5-FW01", "LPS-H1-FW01"
NAMES = {
    "huawei_usg": HOSPITAL,
    "huawei_vrp": CORE,
    "h3c_secpath": OF_H3C,
    "cisco_ios_zbf": OF_CISCO,
}
LINUX = ("frr", "nftables")
READERS: Mapping[str, Callable[[str], FirewallBehaviour | SwitchBehaviour]] = {
    "huawei_usg": parse_usg,
    "huawei_vrp": parse_vrp,
    "h3c_secpath": parse_secpath,
    "cisco_ios_zbf": parse_ios_firewall,
}
HANDS = {
    "huawei_usg": huawei,
    "huawei_vrp": huawei,
    "h3c_secpath": h3c,
    "cisco_ios_zbf": cisco,
    "frr": swanctl,
    "nftables": swanctl,
}
AS_GOOD = re.compile(
    r"#|connections \{|secrets \{| *rekey_time = 3600s| sa duration time-based 3600"
    r"|    id = .*| ip address 10\.255\..*| set security-association lifetime seconds 3600"
    r"|  identity fqdn .*| match (local address|address local) .*"
)
"""What may hold without its line: defaults, the owner of the one secret that has none, for which
end a policy is that others are like, and what another proof looks at. An identity of an end is
found by what follows from it."""
SAME = re.compile(
    r" rule [68] .*| ip address .*|ipsec policy c\d+ (2|11) isakmp|  (ike|way)\d+ \{"
    r"| peer p\d+x?|(crypto )?ikev2 policy i\d+x?| dpd \d+ 4 periodic"
)
"""Lines that say the same with another number: names, the order of entries, a network's length,
how often the other end is asked before it is given up."""


def circuits(workshop: Workshop, device: Device) -> tuple[Tunnel, ...]:
    return tuple(one for one in workshop.meaning.tunnels(device) if one.mode is Mode.GRE)


def first(workshop: Workshop, platform: str, *, lower: bool) -> Device:
    """A device of a platform with circuits, some of which it begins and others answers."""
    return next(
        one
        for one in workshop.devices.values()
        if one.platform == platform
        and any(each.starts is lower for each in circuits(workshop, one))
    )


def findings(workshop: Workshop, name: str, text: str) -> tuple[Finding, ...]:
    """What is said of circuits alone; the rest of the proof is tried elsewhere."""
    device = workshop.devices[name]
    if device.platform in LINUX:
        return workshop.prove(name, text, Part.TUNNELS)
    read = READERS[device.platform](text)
    tunnels = workshop.prover(name).tunnels
    found = tunnels.with_tunnels(device, read, DeviceProof(device=name)).findings
    told = [Finding(device=name, line=one.line, kind="unread", says=one.why) for one in read.unread]
    unused = [Finding(device=name, line=0, kind="hygiene", says=one) for one in read.unused]
    return (*found, *told, *unused)


@pytest.fixture(name="named", params=HANDS)
def _named(request: pytest.FixtureRequest, workshop: Workshop) -> str:
    platform: str = request.param
    return NAMES.get(platform) or (first(workshop, platform, lower=platform == "nftables").name)


def text_of(workshop: Workshop, name: str) -> str:
    device = workshop.devices[name]
    return HANDS[device.platform](circuits(workshop, device))


def lines_of_two(text: str) -> Iterator[tuple[int, str]]:
    """Those of the first circuit and of the last: the others say nothing else."""
    lines = text.split("\n")
    numbers = range(len(lines))
    for number in (*numbers[:70], *numbers[max(70, len(lines) - 60) :]):
        if re.search(r"\w", lines[number]):
            yield number, lines[number]


def test_another_hand_says_the_same(workshop: Workshop, named: str) -> None:
    assert len(circuits(workshop, workshop.devices[named])) > 0
    assert findings(workshop, named, text_of(workshop, named)) == ()


def test_each_line_of_circuits_is_needed(workshop: Workshop, named: str) -> None:
    text = text_of(workshop, named)
    lines = text.split("\n")
    missed = [
        raw
        for number, raw in lines_of_two(text)
        if not findings(workshop, named, "\n".join(lines[:number] + lines[number + 1 :]))
    ]
    assert [raw for raw in missed if not AS_GOOD.fullmatch(raw)] == []
    assert len(missed) <= 8


def test_each_value_of_circuits_is_compared(workshop: Workshop, named: str) -> None:
    text = text_of(workshop, named)
    lines = text.split("\n")
    missed, tried = [], 0
    for number, raw in lines_of_two(text):
        for new in changes(raw):
            tried += 1
            damaged = "\n".join([*lines[:number], new, *lines[number + 1 :]])
            if not findings(workshop, named, damaged):
                missed.append(new)
    assert [raw for raw in missed if not SAME.fullmatch(raw)] == []
    assert tried > 30


def changes(raw: str) -> Iterator[str]:
    """The line with its last number one higher, or another word at its end."""
    if re.search(r"\d", raw):
        yield counted_on(raw)
    if not raw.rstrip().endswith("{") and not raw.startswith("#"):
        yield f"{raw}x"


@pytest.mark.parametrize("name", [HOSPITAL, CITY, CORE, OF_H3C, OF_CISCO])
def test_a_text_without_its_circuits(workshop: Workshop, name: str) -> None:
    missing = findings(workshop, name, "")
    planned = circuits(workshop, workshop.devices[name])
    assert len(missing) == len(planned) > 0
    assert all("is missing: write one by Tunnel" in one.says for one in missing)


def test_the_whole_proof_of_a_router_asks_for_its_circuits(workshop: Workshop) -> None:
    planned = circuits(workshop, workshop.devices[CORE])
    lacks = f"it does not do this: {Function.CIRCUITS.value}"
    bare = workshop.prove(CORE, "#\nreturn\n")
    assert [one.kind for one in bare].count("tunnel") == len(planned)
    assert lacks in [one.says for one in bare]
    told = workshop.prove(CORE, text_of(workshop, CORE))
    assert [one for one in told if one.kind == "tunnel" or one.says == lacks] == []


def test_a_circuit_where_none_is_planned(workshop: Workshop) -> None:
    text = text_of(workshop, HOSPITAL)
    found = findings(workshop, CENTER, text)
    assert [one.kind for one in found].count("tunnel") == 2
    assert all("not planned: `undo ipsec policy` on its port" in one.says for one in found)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (CORE, " encapsulation-mode transport\n", "", "`encapsulation-mode transport`"),
        (CORE, "permit gre", "permit ip", "the inner addresses may show"),
        (CORE, " ipsec policy c1\n", "", "it is GRE in plain"),
        (CORE, " mtu 1400\n", "", "at most, in octets, 0 in place of 1400: `mtu 1400` of the tu"),
        (CORE, " remote-id ", " remote-id X-", r"the tunnel with X-.* is not planned"),
        (HOSPITAL, "vault:ike-", "vault:other-", "its secret is not the one of vault:ike-bj-wn-h1"),
        (HOSPITAL, "aes-256-gcm-128", "aes-128-gcm-128", "ESP is protected by aes-128-gcm, group"),
        (HOSPITAL, "interface Tunnel100\n", "interface Tunnel109\n",
         "the inner packets go by Tunnel109 in place of Tunnel100: `interface Tunnel100` with"),
        (OF_H3C, " encapsulation-mode transport\n", "", "tunnel mode wraps GRE twice"),
        (OF_H3C, "permit gre", "permit ip", "no route stands while the tunnel does"),
        (OF_H3C, " ipsec apply policy c1\n", "", "what it carries is not encrypted by IPsec"),
        (OF_H3C, " tcp mss 1360\n", "", "TCP's segments are not 40 octets less than its MTU"),
        (OF_H3C, " sa duration 28800", " sa duration 28801", "`sa duration 28800` of the `ikev2"),
        (OF_CISCO, " mode transport\n", "", "tunnel mode wraps GRE twice"),
        (OF_CISCO, " tunnel protection ipsec profile c1\n", "", "is not encrypted by IPsec"),
        (OF_CISCO, " set ikev2-profile c1\n", " set ikev2-profile c1\n responder-only\n",
         "it only answers, and begins by itself in the plan: `no responder-only`"),
        (OF_CISCO, " tunnel source ", " tunnel source Gi0/0/9\n no tunnel source ",
         "the interface names no source"),
    ],
    ids=lambda value: str(value).strip()[:20],
)  # fmt: skip
def test_what_is_said_of_a_damage(
    workshop: Workshop, name: str, old: str, new: str, says: str
) -> None:
    text = text_of(workshop, name)
    assert old in text
    found = findings(workshop, name, text.replace(old, new, 1))
    assert any(re.search(says, one.says) for one in found), found


def test_who_answers_on_linux_is_trapped(workshop: Workshop) -> None:
    name = first(workshop, "frr", lower=False).name
    text = text_of(workshop, name)
    (_, *rest) = text.split("start_action = trap\n")
    assert rest
    begun = findings(workshop, name, text.replace("= trap\n", "= trap|start\n", 1))
    assert ["it begins by itself, and only answers" in one.says for one in begun] == [True]
    opened = findings(workshop, name, text.replace("= trap\n", "= none\n", 1))
    assert any("goes in plain until it is up" in one.says for one in opened)


def test_the_function(workshop: Workshop) -> None:
    """A text of tunnels that lacks its circuits lacks a function; a township has none."""
    name = first(workshop, "frr", lower=False).name
    found = findings(workshop, name, "connections {\n}\n")
    assert found[-1].says == f"it does not do this: {Function.CIRCUITS.value}"
    stranger = findings(workshop, GATEWAY, text_of(workshop, name))
    assert any(
        one.says == f"it does this, and its role does not: {Function.CIRCUITS.value}"
        for one in stranger
    )
