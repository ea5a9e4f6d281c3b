"""Damages of tunnels of townships: each line of theirs, dropped or changed, is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.routes import RouteBehaviour, StaticRoute
from telemed_infra.parse.swanctl import parse_swanctl
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.pipeline.device import READERS
from telemed_infra.pipeline.layout import Part
from telemed_infra.plan.devices import CARRIER_HOST
from telemed_infra.plan.prefix import Prefix, address_text, prefix
from telemed_infra.prove.expected_router import expected_router
from telemed_infra.prove.findings import DeviceProof, Finding
from telemed_infra.prove.router import prove_router
from telemed_infra.prove.routing_words import COMWARE
from telemed_infra.tunnels import Mode, Tunnel
from tests.damages.circuit_texts import huawei
from tests.damages.damage import counted_on
from tests.damages.tunnel_texts import swanctl, usg
from tests.damages.workshop import GATEWAY, HEAD, Workshop

SAME_SWANCTL = re.compile(
    r"[}#].*|(id\S*|mode|unique|encap|fragmentation|childless|send_cert\w*|rand_time|round"
    r"|close_action|local_port|remote_port|policies|copy_\w+|replay_window"
    r"|life_time|over_time|rekey_time|reauth_time|local_addrs|remote_addrs) ?=.*"
)
"""What may hold without its line: defaults, one of a secret's two owners, and what bears on
nothing. An identity of an end is found by what follows from it."""
OF_TUNNELS = re.compile(r"^(ike (proposal|peer|dpd|local-name)|ipsec |acl (number )?3\d\d\d)")
SAME_USG = re.compile(
    r"#|authentication-algorithm .*|authentication-method pre-share|transform esp|alias .*"
    r"|encapsulation-mode tunnel|exchange-mode .*|nat traversal|sa duration time-based 3600"
    r"|sa duration traffic-based .*|description .*|ike nat-keepalive.*|dpd retransmit-interval .*"
    r"|dpd retry-limit .*|ip address unnumbered .*|version 2|policy enable|ike dpd .*"
    r"|ipsec policy(-template)? .*|security acl .*|sa trigger-mode auto|tunnel local .*|return|"
)
"""What may hold without its line, or hold alike with another number: which entry comes first is of
no matter where each is known by its peer, and the next list may be that of the township's other
way. What is found is found, here too."""


def unlike(workshop: Workshop, text: str) -> tuple[Finding, ...]:
    return workshop.prove(GATEWAY, text, Part.TUNNELS)


@pytest.fixture(name="by_hand")
def _by_hand(workshop: Workshop) -> str:
    return swanctl(workshop.meaning.tunnels(workshop.devices[GATEWAY]))


def without(text: str, number: int) -> str:
    lines = text.split("\n")
    return "\n".join(lines[:number] + lines[number + 1 :])


def changes(raw: str) -> Iterator[str]:
    """The line with its last number one higher, or another word at its end."""
    if re.search(r"\d", raw):
        yield counted_on(raw)
    if not raw.rstrip().endswith("{"):
        yield f"{raw}x"


def harmless(text: str, damaged: str, raw: str) -> bool:
    """A line without which the same tunnels stand, and that says no more than a default."""
    same = parse_swanctl(text).tunnels == parse_swanctl(damaged).tunnels
    return same and bool(SAME_SWANCTL.fullmatch(raw.strip()))


def test_another_hand_says_the_same(workshop: Workshop, by_hand: str) -> None:
    assert unlike(workshop, by_hand) == ()


def test_each_line_of_a_gateways_tunnels_is_needed(workshop: Workshop, by_hand: str) -> None:
    """Of a text by hand, where nothing may be left out."""
    missed = [
        raw
        for number, raw in enumerate(by_hand.split("\n"))
        if re.search(r"\w", raw)
        if not unlike(workshop, without(by_hand, number))
    ]
    owners = ["    id = BJ-WN-C.line", "    id = BJ-WN-C.lte"]  # of secrets: they are one anyhow
    defaults = ["        rekey_time = 3600s"] * 2
    assert sorted(missed) == sorted(["# by hand", *owners, *defaults])


def test_each_value_of_a_gateways_tunnels_is_compared(workshop: Workshop, by_hand: str) -> None:
    lines = by_hand.split("\n")
    missed = [
        new
        for number, raw in enumerate(lines)
        if re.match(r" +\w+ = ", raw)
        for new in changes(raw)
        if not unlike(workshop, "\n".join([*lines[:number], new, *lines[number + 1 :]]))
    ]
    assert missed == []


def test_the_built_text_of_a_gateway(workshop: Workshop) -> None:
    text = workshop.part(GATEWAY, Part.TUNNELS)
    assert unlike(workshop, text) == ()
    tried = 0
    for number, raw in enumerate(text.split("\n")):
        damaged = without(text, number)
        if re.search(r"\w", raw) and not harmless(text, damaged, raw):
            assert unlike(workshop, damaged), raw
            tried += 1
    assert tried > 30


@pytest.mark.parametrize(
    ("old", "new", "kind", "says"),
    [
        ("version = 2", "version = 0", "unread", r"write `version = 2`"),
        ("aes256-sha256", "aes128-sha1", "tunnel",
         r"with BJ-WN-C\.line: IKE is protected by aes-128, sha, .* in place of aes-256, sha-256"),
        ("remote_ts = 0.0.0.0/0", "remote_ts = 10.0.0.0/8", "tunnel",
         r"takes packets to 10\.0\.0\.0/8 in place of 0\.0\.0\.0/0: `remote_ts = 0\.0\.0\.0/0`"),
        ("vault:ike-", "vault:other-", "tunnel", r"its secret is not the one of vault:ike-bj-wn"),
        ("if_id_out = 1", "if_id_out = 2", "unread", r"write `if_id_in` and `if_id_out` alike"),
        ("tunnel-route 10", "tunnel-route 30", "tunnel",
         r"its routes have the preference 30 in place of 10: `updown = … 10`"),
        ("id = BJ-WN-C.line\n      auth", "id = BJ-WN-C.lte\n      auth", "tunnel",
         r"the tunnel with BJ-WN-C\.line is missing"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_what_is_said_of_a_damage(
    workshop: Workshop, by_hand: str, old: str, new: str, kind: str, says: str
) -> None:
    assert old in by_hand
    found = unlike(workshop, by_hand.replace(old, new, 1))
    assert any(one.kind == kind and re.search(says, one.says) for one in found), found


def test_a_text_without_tunnels_lacks_the_function(workshop: Workshop) -> None:
    found = unlike(workshop, "connections {\n}\n")
    assert [one.kind for one in found] == ["tunnel", "tunnel", "function"]
    assert "IPsec tunnels" in found[-1].says


# A head -------------------------------------------------------------------------------------------


def head_findings(workshop: Workshop, text: str) -> tuple[Finding, ...]:
    """What is said of the tunnels alone; the rest of the proof is tried elsewhere."""
    device = workshop.devices[HEAD]
    read: FirewallBehaviour = READERS[device.platform](text)
    tunnels = workshop.prover(HEAD).tunnels
    found = tunnels.with_tunnels(device, read, DeviceProof(device=HEAD)).findings
    return (*found, *workshop.unread(HEAD, text))


def of_tunnels(text: str) -> Iterator[int]:
    """Which lines of a head's text are about tunnels, from 0."""
    inside = False
    for number, raw in enumerate(text.split("\n")):
        if not raw.startswith(" "):
            inside = bool(OF_TUNNELS.match(raw))
        if inside or re.match(r" (ipsec policy|tunnel-protocol) ", raw):
            yield number


def test_each_line_of_a_heads_tunnels_that_is_dropped_or_changed_is_found(
    workshop: Workshop,
) -> None:
    judge_lines(workshop, workshop.text(HEAD))


def test_each_line_of_another_hand_that_is_dropped_or_changed_is_found(
    workshop: Workshop,
) -> None:
    known = workshop.meaning.tunnels(workshop.devices[HEAD])
    circuits = huawei(one for one in known if one.mode is Mode.GRE)
    text = usg(townships(workshop, HEAD))
    judge_lines(workshop, f"{circuits}{text}", beside=circuits.count("\n"))


def townships(workshop: Workshop, name: str) -> tuple[Tunnel, ...]:
    known = workshop.meaning.tunnels(workshop.devices[name])
    return tuple(one for one in known if one.mode is Mode.TUNNEL)


def judge_lines(workshop: Workshop, text: str, beside: int = 0) -> None:
    """Those of the first tunnels and of the last, with what all have in common.

    `beside`: so many lines are of circuits, which have tests of their own.
    """
    assert head_findings(workshop, text) == ()
    sound = parse_usg(text).tunnels
    lines = text.split("\n")
    numbers = [one for one in of_tunnels(text) if one >= beside]
    assert len(numbers) > 200
    for number in numbers[:50] + numbers[-25:]:
        raw = lines[number]
        damaged = [without(text, number)]
        if re.search(r"\d", raw):
            damaged.append("\n".join([*lines[:number], counted_on(raw), *lines[number + 1 :]]))
        for one in damaged:
            same = SAME_USG.fullmatch(raw.strip()) and parse_usg(one).tunnels == sound
            assert same or head_findings(workshop, one), raw


def test_a_heads_routes_to_the_outer_ends_are_expected(workshop: Workshop) -> None:
    """Each line's address and the mobile network's, by the carrier; a gateway needs none."""
    meaning = workshop.meaning
    head = workshop.devices[HEAD]
    routers = {
        name: expected_router(
            meaning.network, meaning.plan, meaning.routing, workshop.devices[name]
        ).routes
        for name in (HEAD, GATEWAY)
    }
    carrier = meaning.plan.sites[head.site.id].line_host(CARRIER_HOST)
    by_carrier = {
        one.prefix for one in routers[HEAD] if one.target == address_text(Family.V4, carrier.first)
    }
    lines = {
        Prefix(Family.V4, one.peer_address, 32)
        for one in townships(workshop, HEAD)
        if one.peer_address is not None
    }
    assert len(lines) > 30
    assert by_carrier == lines | {prefix(meaning.network.addresses.lte_pool)}
    assert routers[GATEWAY] == ()


def test_routes_into_tunnels_are_expected_where_lines_lead_there(workshop: Workshop) -> None:
    """Two of them lead to the same block, by line and by mobile network."""
    meaning = workshop.meaning
    head = next(
        one
        for one in workshop.devices.values()
        if one.platform == "h3c_secpath" and townships(workshop, one.name)
    )
    expected = expected_router(meaning.network, meaning.plan, meaning.routing, head)
    tunnels = townships(workshop, head.name)
    inner = [one for one in expected.routes if one.target.startswith("Tunnel")]
    assert len(inner) == len(tunnels) > 10
    first = next(one for one in inner if one.target == tunnels[0].interface)
    (low, high) = tunnels[0].peer.v4[0]
    assert (first.prefix.first, first.prefix.length) == (low, 33 - (high - low + 1).bit_length())
    routes = [StaticRoute(line=line, prefix=one.prefix.text, target=one.target)
              for line, one in enumerate(expected.routes, 1)]  # fmt: skip
    alone = replace(expected, as_number=None, views=(), begins=())

    def said(some: list[StaticRoute]) -> list[str]:
        read = RouteBehaviour(
            hostname=head.name, routers=(), sessions=(), addresses={}, static_routes=tuple(some)
        )
        return [one.says for one in prove_router(head.name, read, alone, COMWARE).findings]

    place = expected.routes.index(first)
    assert said(routes) == []
    (missing,) = said(routes[:place] + routes[place + 1 :])
    assert missing.startswith(f"no static route to {first.prefix.text}: ")
    assert first.target in missing
    stray = replace(routes[place], target="Tunnel999")
    found = said([*routes[:place], stray, *routes[place + 1 :]])
    assert any(f"{first.prefix.text} by Tunnel999: the plan says" in one for one in found)
