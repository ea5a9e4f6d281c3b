"""Both ends of every encrypted circuit: of the shipped province, and of small ones."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from telemed_infra.compile.tunnels import tunnel_config
from telemed_infra.pipeline.layout import site_folder
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.readiness import assert_buildable
from telemed_infra.plan import circuits_encrypted
from telemed_infra.plan.circuits_encrypted import MTU, circuit_tunnels, encrypting_strangers
from telemed_infra.plan.devices import CIRCUIT_ZONE, DOWN_ZONE, WAN_ZONE
from telemed_infra.plan.links import Line, LineEnd, LineKind
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.routing import is_router, router_interfaces
from telemed_infra.problem import InputError
from telemed_infra.render.swanctl import swanctl_view
from telemed_infra.tunnels import Mode, Selector, Tunnel
from tests.plan.variants import encrypted, network, small, with_cisco
from tests.routing.province import on_linux

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "circuits-on-linux.md"
WITHIN = frozenset(  # lines that leave no site
    {
        LineKind.FIREWALL,
        LineKind.CORE_PAIR,
        LineKind.HOSPITAL_PAIR,
        LineKind.AGGREGATION_PAIR,
    }
)


def end(meaning: Meaning, one: LineEnd) -> Tunnel:
    """A line's tunnel at one of its ends."""
    some = circuit_tunnels(meaning.network, meaning.routing, one.device)
    (found,) = (each for each in some if each.below == one.carrier)
    return found


def mirrored(one: Tunnel, other: Tunnel) -> Tunnel:
    """One end as the other one would have to write it, but for what is each end's own."""
    return one._replace(
        interface=other.interface,
        below=other.below,
        own_address=one.peer_address,
        peer_address=one.own_address,
        own_identity=one.peer_identity,
        peer_identity=one.own_identity,
        starts=other.starts,
        own=one.peer,
        peer=one.own,
        mtu=other.mtu,
        liveness_s=other.liveness_s,
    )


def over_circuits(meaning: Meaning) -> list[Line]:
    return [line for line in meaning.routing.lines if line.lower.outer4 is not None]


# ---- the shipped province ------------------------------------------------------------------------


def test_every_line_that_leaves_a_site_is_encrypted(meaning: Meaning) -> None:
    found = Counter(
        (line.kind in WITHIN, line.lower.outer4 is None) for line in meaning.routing.lines
    )
    assert found.keys() == {(True, True), (False, False)}
    assert found[False, False] == len(over_circuits(meaning)) > 500


def test_both_ends_say_the_same(meaning: Meaning) -> None:
    for line in over_circuits(meaning):
        lower, upper = end(meaning, line.lower), end(meaning, line.upper)
        assert mirrored(lower, upper) == upper
        assert lower.mode is upper.mode is Mode.GRE
        assert lower.starts
        assert upper.starts is not PLATFORMS[line.upper.device.platform].circuit_waits
        for one, own in ((lower, line.lower), (upper, line.upper)):
            assert one.mtu == (0 if own.carrier.startswith("eth") else MTU)
            assert (one.interface, one.preference) == (own.interface, 0)


def test_what_is_selected_is_the_two_ends_alone(meaning: Meaning) -> None:
    for line in over_circuits(meaning):
        one = end(meaning, line.lower)
        assert one.own_address is not None
        assert one.own == Selector(((one.own_address, one.own_address),), ())
        assert one.peer_address == one.own_address - 1  # the upper end is 0 of its /31


def test_no_address_name_or_secret_stands_twice(meaning: Meaning) -> None:
    ends = [
        end(meaning, own) for line in over_circuits(meaning) for own in (line.lower, line.upper)
    ]
    assert len({one.own_address for one in ends}) == len(ends)
    assert len({one.own_identity for one in ends}) == len(ends)
    assert len({one.secret for one in ends}) == len(ends) // 2
    inner = {each.v4.first for line in meaning.routing.lines for each in (line.lower, line.upper)}
    assert inner.isdisjoint({one.own_address for one in ends})
    assert {one.secret.lower() for one in ends} == {one.secret for one in ends}


def test_the_port_is_the_circuits_and_the_tunnel_the_lines(meaning: Meaning) -> None:
    for line in over_circuits(meaning):
        for own in (line.lower, line.upper):
            device = own.device
            some = (
                router_interfaces(meaning.plan, meaning.routing, device)
                if is_router(device)
                else meaning.interfaces(device)
            )
            by_name = {one.name: one for one in some}
            port, tunnel = by_name[own.carrier], by_name[own.interface]
            assert (port.zone, port.v4, port.v6) == (CIRCUIT_ZONE, own.outer4, None)
            assert (tunnel.v4, tunnel.v6, tunnel.port) == (own.v4, own.v6, "")
            assert tunnel.zone == (
                DOWN_ZONE if own is line.upper and not is_router(device) else WAN_ZONE
            )


def test_the_guide_to_linux_shows_what_is_written(meaning: Meaning) -> None:
    """Addresses, interface, size, secret and places of its example."""
    guide = GUIDE.read_text("utf-8")
    (firewall,) = (one for one in meaning.network.devices if one.name == "TR-H1-FW01")
    config = tunnel_config(meaning.network, meaning.routing, firewall, meaning.tunnels(firewall))
    view = swanctl_view(config)
    ((one, tunnel),) = zip(view.connections, config.tunnels, strict=True)
    ends = f"local {one.own_address} remote {one.peer_address}"
    assert f"ip link add {tunnel.interface} type gre {ends} ttl 255\n" in guide
    assert f"ip link set {tunnel.interface} mtu {MTU} up\n" in guide
    assert f"Local={one.own_address}\nRemote={one.peer_address}\n" in guide
    assert f"MTUBytes={MTU}\n" in guide
    assert f"ping -M do -s {MTU - 28}" in guide  # headers of IPv4 and ICMP
    assert f"        secret = {view.secrets[0].secret}\n" in guide
    assert f"build/{site_folder(firewall.site)}/{firewall.name}.swanctl" in guide
    for shipped in re.findall(r"templates/swanctl/\S+", guide):
        assert (ROOT / shipped).is_file()


# ---- small ones ----------------------------------------------------------------------------------


def test_without_over_nothing_is_encrypted() -> None:
    plain = Meaning(network(small()))
    assert not over_circuits(plain)
    assert not any(plain.tunnels(one) for one in plain.network.devices if is_router(one))


@pytest.mark.parametrize("files", [small(), with_cisco(), on_linux()])
def test_each_kind_of_neighbours_agrees(files: dict[str, object]) -> None:
    meaning = Meaning(network(encrypted(files)))
    for line in over_circuits(meaning):
        lower, upper = end(meaning, line.lower), end(meaning, line.upper)
        assert mirrored(lower, upper) == upper


def test_a_platform_that_encrypts_no_circuit_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    poor = PLATFORMS | {"huawei_usg": replace(PLATFORMS["huawei_usg"], circuit="")}
    monkeypatch.setattr(circuits_encrypted, "PLATFORMS", poor)
    meaning = Meaning(network(encrypted(small())))
    (told,) = (str(one) for one in encrypting_strangers(meaning.network, meaning.plan))
    assert "huawei_usg encrypts no circuit, and this line runs `over` one" in told


def test_ends_without_a_common_algorithm_are_told() -> None:
    files = encrypted(small())
    files["network.yml"]["tunnels"]["esp"] = ["sm4"]  # routers know none of it
    with pytest.raises(InputError, match=r"huawei_vrp and huawei_vrp know none of `tunnels\.esp`"):
        assert_buildable(network(files))
