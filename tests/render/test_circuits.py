"""Encrypted circuits in the words of Huawei and strongSwan, where the kept texts do not show it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from telemed_infra.compile.config import LowerEnd
from telemed_infra.compile.tunnels import TunnelConfig
from telemed_infra.native import swanctl as strongswan
from telemed_infra.native.check import check
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import address_text, prefix
from telemed_infra.render.huawei_circuits import (
    FIREWALL,
    ROUTER,
    circuits,
    list_block,
    peer_block,
    policy_block,
)
from telemed_infra.render.huawei_ipsec import negotiation
from telemed_infra.render.swanctl import swanctl_view
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel
from tests.native.samples import file
from tests.plan.building import texts
from tests.plan.variants import encrypted, network, small
from tests.routing.province import on_linux

OWN, PEER = (prefix(text).first for text in ("10.87.4.161/32", "10.87.4.160/32"))
CIRCUIT = Tunnel(
    interface="Tunnel100",
    below="GigabitEthernet1/0/0",
    own_address=OWN,
    peer_address=PEER,
    own_identity="BJ-WN-C-FW01.0",
    peer_identity="BJ-H1-AR01.17",
    secret="vault:ike-bj-wn-c-fw01.0",
    starts=True,
    own=Selector(((OWN, OWN),), ()),
    peer=Selector(((PEER, PEER),), ()),
    preference=0,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256", "sha-256", 0),
    ike_lifetime_s=28800,
    esp_lifetime_s=3600,
    liveness_s=10,
    mtu=1400,
    mode=Mode.GRE,
)
ENDS = {CIRCUIT.secret: LowerEnd(number=0, origins=("site:1",))}


@cache
def written(platform: str) -> dict[str, str]:
    files = on_linux() if platform == "frr" else small()
    return {name: text for _, name, text in texts(Meaning(network(encrypted(files))))}


def block(text: str, head: str) -> list[str]:
    """The lines below one."""
    found = re.search(rf"(?m)^{re.escape(head)}\n((?: .*\n)*)", text)
    assert found is not None, head
    return found[1].splitlines()


# ---- Huawei --------------------------------------------------------------------------------------


def test_huawei_selects_gre_between_the_two_ends() -> None:
    (one,) = circuits((CIRCUIT,), ENDS)
    assert list_block(one)[1:] == (
        "acl number 3000",
        ("rule 5 permit gre source 10.87.4.161 0 destination 10.87.4.160 0",),
    )
    lines = policy_block(one, [CIRCUIT.esp]).lines
    assert not [line for line in lines if line.startswith("pfs ")]  # group 0: none
    assert not [line for line in lines if line.startswith("route inject")]


def test_a_router_asks_each_peer_and_names_the_kind_of_a_secret() -> None:
    (one,) = circuits((CIRCUIT._replace(liveness_s=15),), ENDS)
    firewall, router = (
        peer_block(one, [negotiation(CIRCUIT)], words) for words in (FIREWALL, ROUTER)
    )
    assert set(router.lines) - set(firewall.lines) == {
        "pre-shared-key cipher vault:ike-bj-wn-c-fw01.0",
        "dpd type periodic",
        "dpd idle-time 15",
        "dpd retransmit-interval 5",
    }
    assert set(firewall.lines) - set(router.lines) == {"pre-shared-key vault:ike-bj-wn-c-fw01.0"}


def test_huawei_has_no_word_for_an_end_that_answers() -> None:
    with pytest.raises(ValueError, match=r"BJ-WN-C-FW01\.0: either end of a circuit begins here"):
        circuits((CIRCUIT._replace(starts=False),), ENDS)


@pytest.mark.parametrize(
    ("name", "port", "tunnel", "segments"),
    [
        ("BJ-WN-C-FW01.usg", "GigabitEthernet1/0/0", "Tunnel100", "firewall tcp-mss 1360"),
        ("BJ-WN-C-FW01.usg", "GigabitEthernet1/0/3", "Tunnel103", "firewall tcp-mss 1360"),
        ("BJ-H1-AR01.vrp", "GigabitEthernet0/0/0", "Tunnel0/0/0", " tcp adjust-mss 1360"),
        ("GZ-DCA-CR01.vrp", "GigabitEthernet0/0/5", "Tunnel0/0/5", " tcp adjust-mss 1360"),
    ],
)
def test_a_port_its_tunnel_and_its_policy_say_the_same(
    name: str, port: str, tunnel: str, segments: str
) -> None:
    text = written("vrp")[name]
    (policy,) = re.findall(r" ipsec policy (\S+)", "\n".join(block(text, f"interface {port}")))
    (address,) = re.findall(r" ip address (\S+) ", "\n".join(block(text, f"interface {port}")))
    lines = block(text, f"interface {tunnel}")
    assert " mtu 1400" in lines
    assert " tunnel-protocol gre" in lines
    assert f" source {address}" in lines
    assert segments in (lines if segments.startswith(" ") else text.splitlines())
    (far,) = (line.removeprefix(" destination ") for line in lines if " destination " in line)
    entry = block(text, f"ipsec policy {policy} 1 isakmp")
    assert f" tunnel local {address}" in entry
    number = port.rpartition("/")[2]
    assert policy == f"CIRCUIT-{number}"
    acl = block(text, f"acl number {3000 + int(number)}")
    assert acl == [f" rule 5 permit gre source {address} 0 destination {far} 0"]
    assert f" remote-address {far}" in block(text, f"ike peer {policy}")


def test_the_members_of_a_pair_have_no_number_in_common() -> None:
    """HRP may carry lists, peers and policies over to the other one."""
    made = written("vrp")
    numbers = []
    for name in ("BJ-WN-C-FW01.usg", "BJ-WN-C-FW02.usg"):
        heads = re.findall(
            r"(?m)^(?:acl number 30\d\d|ike peer CIRC.*|ipsec policy CIRC.*)$", made[name]
        )
        assert len(heads) == 3 * len(set(re.findall(r"(?m)^ ipsec policy (CIRC\S+)$", made[name])))
        numbers.append(set(heads))
    assert numbers[0].isdisjoint(numbers[1])
    assert "ike peer CIRCUIT-0" in numbers[0]
    assert "ike peer CIRCUIT-50" in numbers[1]


def test_everything_of_a_routers_lines_moves_to_the_tunnel() -> None:
    """The inner addresses of both families; what stays in the site stays at its port."""
    text = written("vrp")["BJ-H1-AR01.vrp"]
    assert not [line for line in block(text, "interface GigabitEthernet0/0/0") if "ipv6" in line]
    assert [line for line in block(text, "interface Tunnel0/0/0") if "ipv6 address" in line]
    assert [
        line for line in block(text, "interface GigabitEthernet0/0/2") if "ipv6 address" in line
    ]
    assert "interface Tunnel0/0/2\n" not in text


def test_without_circuits_no_line_speaks_of_them() -> None:
    made = {name: text for _, name, text in texts(Meaning(network(small())))}
    for name in ("BJ-H1-AR01.vrp", "BJ-WN-C-FW01.usg", "BJ-WN-H1-FW01.usg"):
        assert not re.search(r"CIRCUIT|tunnel-protocol gre|tcp-mss|adjust-mss", made[name])


# ---- strongSwan ----------------------------------------------------------------------------------


def linux(one: Tunnel) -> TunnelConfig:
    return TunnelConfig(hostname="FW01", tunnels=(one,), lower_ends=ENDS, origins=("device:1",))


@pytest.mark.parametrize(("starts", "start"), [(True, "trap|start"), (False, "trap")])
def test_swanctl_holds_gre_at_either_end(starts: bool, start: str) -> None:
    one = CIRCUIT._replace(interface="gre-eth0", below="eth0", starts=starts)
    view = swanctl_view(linux(one))
    (found,) = view.connections
    assert (found.name, found.start, found.number, found.route) == ("circuit-0", start, 0, "")
    assert (found.own, found.peer) == ("10.87.4.161[gre]", "10.87.4.160[gre]")
    (secret,) = view.secrets
    assert (secret.name, secret.peers) == ("circuit-0", (("peer", "BJ-H1-AR01.17"),))


def test_each_linux_machine_with_circuits_has_its_tunnels_in_a_file() -> None:
    meaning = Meaning(network(encrypted(on_linux())))
    made = written("frr")
    found = 0
    for device in meaning.network.devices:
        if device.platform not in ("frr", "nftables"):
            continue
        tunnels = meaning.tunnels(device)
        assert (f"{device.name}.swanctl" in made) == bool(tunnels), device.name
        for one in tunnels:
            assert (
                one.peer_address is None
                or one.mode is not Mode.GRE
                or (
                    f"remote_addrs = {address_text(Family.V4, one.peer_address)}\n"
                    in made[f"{device.name}.swanctl"]
                )
            )
            found += one.mode is Mode.GRE
    assert found > 10


def test_frr_knows_the_port_and_the_tunnel() -> None:
    text = written("frr")["BJ-H1-AR01.frr"]
    outer = block(text, "interface eth0")
    inner = block(text, "interface gre-eth0")
    assert len([line for line in outer if "address" in line]) == 1
    assert {line.split()[0] for line in inner if "address" in line} == {"ip", "ipv6"}


@pytest.mark.debian("charon-systemd")
def test_strongswan_takes_texts_with_circuits() -> None:
    made = [
        file(name, text, "swanctl")
        for name, text in written("frr").items()
        if name in ("BJ-H1-AR01.swanctl", "BJ-WN-C-FW01.swanctl", "GZ-H1-FW01.swanctl")
    ]
    assert len(made) == 3
    report = check(made, every=True, jobs=1)
    assert [(one.program, one.checked) for one in report.runs] == [(strongswan.NAME, 3)]
    assert report.refusals == ()
