"""Tunnels of a Linux machine as strongSwan 5.9 reads them: a whole swanctl.conf.

A township's tunnel belongs to an XFRM interface by a number (`if_id`): its packets have a zone, and
no route leads into it but those that `tunnel-route` sets while the child stands. That of a circuit
wraps the GRE of an interface that the host brings. Its policies stand before any key does (`trap`),
at both ends: GRE in plain is neither sent nor taken. So the end that answers begins, too, when it
has something to send. Who begins by itself tries for ever; the other end forgets who is silent. The
hard end of keys comes a tenth of their life later than the new ones: strongSwan's own measure.
Source: swanctl.conf(5), strongSwan documentation ("Route-based VPN", "Identity parsing").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.compile.tunnels import TunnelConfig
from telemed_infra.packets import Family
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import address_text
from telemed_infra.render.text import mark
from telemed_infra.render.tunnels import circuit_ends, lower_identity, selected, way_of
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Tunnel

ROUTE_SCRIPT = "/usr/local/lib/telemed/tunnel-route"  # docs/guides/install-a-gateway.md puts it
ANYBODY = "%any"
CIPHERS = {"aes-256-gcm": "aes256gcm16", "aes-256": "aes256"}
DIGESTS = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
GROUPS = {14: "modp2048", 15: "modp3072", 16: "modp4096", 19: "ecp256", 20: "ecp384", 21: "ecp521"}


class ConnectionView(NamedTuple):
    """One tunnel: a connection with one child."""

    mark: str
    name: str
    own_address: str
    peer_address: str
    ike: str
    esp: str
    liveness_s: int
    ike_s: int
    esp_s: int
    own_identity: str
    peer_identity: str
    own: str
    peer: str
    number: int  # of the XFRM interface; 0: it wraps GRE between the two ends
    route: str  # the command that sets the routes; "" for none
    start: str  # what is done about the child at first; "": nothing
    starts: bool


class SecretView(NamedTuple):
    """A shared secret, and the names of those at the other ends who have it."""

    mark: str
    name: str
    peers: tuple[tuple[str, str], ...]  # way, identity
    secret: str


class SwanctlView(NamedTuple):
    """A whole swanctl.conf."""

    mark: str
    hostname: str
    connections: tuple[ConnectionView, ...]
    secrets: tuple[SecretView, ...]


def swanctl_view(config: TunnelConfig) -> SwanctlView:
    """All tunnels of a machine."""
    return SwanctlView(
        mark=mark(config.origins),
        hostname=config.hostname,
        connections=tuple(
            _over_circuit(config, one) if one.mode is Mode.GRE else _of_township(config, one)
            for one in config.tunnels
        ),
        secrets=tuple(_secrets(config)),
    )


def _of_township(config: TunnelConfig, one: Tunnel) -> ConnectionView:
    return _connection(config, one, _name(one))._replace(
        own=",".join(each.text for each in selected(one.own)),
        peer=",".join(each.text for each in selected(one.peer)),
        number=_number(one.interface),
        route=f"{ROUTE_SCRIPT} {one.interface} {one.preference}",
        start="start" if one.starts else "",
    )


def _over_circuit(config: TunnelConfig, one: Tunnel) -> ConnectionView:
    own, peer = circuit_ends(one)
    return _connection(config, one, _circuit_name(config, one))._replace(
        own=f"{own}[gre]",
        peer=f"{peer}[gre]",
        start="trap|start" if one.starts else "trap",
    )


def _connection(config: TunnelConfig, one: Tunnel, name: str) -> ConnectionView:
    """What all tunnels have in common."""
    return ConnectionView(
        mark=mark(config.lower_ends[one.secret].origins),
        name=name,
        own_address=_address(one.own_address),
        peer_address=_address(one.peer_address),
        ike=_ike(one.ike),
        esp=_esp(one.esp),
        liveness_s=one.liveness_s,
        ike_s=one.ike_lifetime_s,
        esp_s=one.esp_lifetime_s,
        own_identity=one.own_identity,
        peer_identity=one.peer_identity,
        own="",
        peer="",
        number=0,
        route="",
        start="",
        starts=one.starts,
    )


def _circuit_name(config: TunnelConfig, one: Tunnel) -> str:
    return f"circuit-{config.lower_ends[one.secret].number}"


def _name(one: Tunnel) -> str:
    """A gateway's ways; at a head, which has many gateways, with the gateway's name."""
    return way_of(one) if one.starts else lower_identity(one).replace(".", "-")


def _secrets(config: TunnelConfig) -> Iterator[SecretView]:
    """One for each gateway, by which both its ways prove themselves, and for each circuit."""
    for secret in dict.fromkeys(one.secret for one in config.tunnels):
        mine = [one for one in config.tunnels if one.secret == secret]
        circuit = mine[0].mode is Mode.GRE
        yield SecretView(
            mark=mark(config.lower_ends[secret].origins),
            name=_circuit_name(config, mine[0])
            if circuit
            else lower_identity(mine[0]).rpartition(".")[0],
            peers=tuple(("peer" if circuit else way_of(one), one.peer_identity) for one in mine),
            secret=secret,
        )


def _address(address: int | None) -> str:
    return ANYBODY if address is None else address_text(Family.V4, address)


def _number(interface: str) -> int:
    """Of its XFRM interface; 0 would be none.

    Raises:
        ValueError: the interface is not one of tunnels.
    """
    facts = PLATFORMS["nftables"].tunnels
    assert facts is not None
    known = (facts.by_line, facts.by_lte)
    if interface not in known:
        raise ValueError(f"{interface} is none of the interfaces {' and '.join(known)}")
    return 1 + known.index(interface)


def _ike(suite: IkeSuite) -> str:
    integrity = (DIGESTS[suite.integrity],) if suite.integrity else ()
    parts = (CIPHERS[suite.cipher], *integrity, f"prf{DIGESTS[suite.prf]}", GROUPS[suite.group])
    return "-".join(parts)


def _esp(suite: EspSuite) -> str:
    integrity = (DIGESTS[suite.integrity],) if suite.integrity else ()
    group = (GROUPS[suite.group],) if suite.group else ()
    return "-".join((CIPHERS[suite.cipher], *integrity, *group))
