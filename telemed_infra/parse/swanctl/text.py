"""swanctl.conf as a whole: which of its connections are tunnels.

Where a setting is left out, its default holds, and it often is none of ours: IKEv1 is answered,
the algorithms are the release's, a lost tunnel stays lost. Then the section's first line is unread,
and says what to write. Source: swanctl.conf(5) of strongSwan 5.9.8.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.behaviour import TunnelBehaviour
from telemed_infra.parse.braces import Table, walk
from telemed_infra.parse.swanctl.circuit import over_circuit
from telemed_infra.parse.swanctl.connection import (
    Connection,
    Secret,
    read_connections,
    read_secrets,
)
from telemed_infra.parse.swanctl.settings import Section, Traffic, statements
from telemed_infra.parse.swanctl.starting import Lack, starting
from telemed_infra.tunnels import Mode, Tunnel

REKEY_IKE_S, REKEY_ESP_S = 4 * 3600, 3600
_OWN = 2  # of an end that a secret names
INTERFACE = "ipsec{}"
"""What the host calls the XFRM interface of number n + 1."""


def parse_swanctl(text: str) -> TunnelBehaviour:
    """Which tunnels a machine ends; never raises, unknown lines are `unread`.

    By which port the outer packets go is not in this text, so `below` is "". Nor is the tunnel of
    GRE in it, which the host makes: then `interface` is "", too.
    """
    connections: list[Connection] = []
    secrets: list[Secret] = []
    outermost, reading = statements(text)
    table: Table = {
        "connections": read_connections(connections, reading),
        "secrets": read_secrets(secrets, reading),
    }
    walk(outermost, table, reading)
    found: dict[str, Tunnel] = {}
    lines: dict[str, int] = {}
    for one in connections:
        name = _peer(one)
        lines.setdefault(name, one.said.line)
        lacks = [] if one.broken else list(_lacks(one, secrets))
        for line, why in lacks:
            reading.refuse(line, why)
        if one.broken or lacks:
            continue
        if name in found:
            reading.refuse(one.said.line, f"there is a connection with {name} already")
            continue
        found[name] = _tunnel(one, _secret(one, secrets)[0])
    reading.close()
    return TunnelBehaviour(
        tunnels=tuple(found.values()),
        tunnel_lines={name: line for name, line in lines.items() if name},
        unread=reading.in_order(),
        lines=reading.lines,
        effective=frozenset(reading.effective),
        inert=frozenset(reading.inert),
    )


def _peer(connection: Connection) -> str:
    return next((str(one.get("id", "")) for one in connection.ends["remote"]), "")


# What a connection lacks --------------------------------------------------------------------------


def _lacks(connection: Connection, secrets: list[Secret]) -> Iterator[Lack]:
    said, line = connection.said, connection.said.line
    for side, sections in connection.ends.items():
        if len(sections) != 1:
            yield line, f"one section `{side}` is expected"
        for one in sections:
            yield from _absent(one, auth="psk", id="the identity")
    if len(connection.children) != 1:
        yield line, "one section in `children` is expected"
    yield from _absent(said, version="2", mobike="no", proposals="cipher-digest-group")
    for child in connection.children[:1]:
        yield from _child(connection, child)
    yield from _renewal(said)
    _, why = _secret(connection, secrets)
    if why and all(one.get("id") for some in connection.ends.values() for one in some):
        yield line, why


def _renewal(said: Section) -> Iterator[Lack]:
    rekey = said.get("rekey_time", REKEY_IKE_S)
    if not rekey:
        yield said.place("rekey_time"), "keys of IKE that are never made anew"
    elif said.get("over_time", 0) > rekey:
        yield said.place("over_time"), "old keys of IKE live on long after new ones are due"


def _absent(section: Section, **wanted: str) -> Iterator[Lack]:
    for key, value in wanted.items():
        if key not in section.held:
            yield section.line, f"the default of `{key}` will not do: write `{key} = {value}`"


def _child(connection: Connection, child: Section) -> Iterator[Lack]:
    yield from _absent(
        child,
        esp_proposals="cipher-group",
        local_ts="the networks behind this end",
        remote_ts="the networks behind the other end",
    )
    rekey = child.get("rekey_time", REKEY_ESP_S)
    life = child.get("life_time", rekey + rekey // 10)
    if not 0 < rekey < life:
        yield child.place("rekey_time"), "keys of ESP end before new ones are made"
    elif life > 2 * rekey:
        yield child.place("life_time"), "old keys of ESP live on long after new ones are due"
    if _wraps_gre(child):
        yield from over_circuit(connection, child)
        return
    if child.get("mode", "tunnel") != "tunnel":
        yield child.place("mode"), "a mode other than `tunnel` is for selectors of `[gre]` alone"
        return
    yield from _absent(child, updown="the script that sets the routes, and their preference")
    yield from _interface(connection, child)
    yield from starting(connection, child)


def _wraps_gre(child: Section) -> bool:
    """Whether it selects GRE, at one end at least."""
    ends = (child.get("local_ts"), child.get("remote_ts"))
    return any(isinstance(one, Traffic) and one.gre for one in ends)


def _interface(connection: Connection, child: Section) -> Iterator[Lack]:
    inwards, outwards = (_if_id(connection, child, way) for way in ("in", "out"))
    if not inwards or inwards != outwards:
        yield (
            child.place("if_id_in"),
            "packets in and out need one interface: write `if_id_in` and `if_id_out` alike",
        )
        return
    named, _ = child.get("updown", ("", 0))
    if named not in ("", INTERFACE.format(inwards - 1)):
        yield child.place("updown"), f"the routes lead to {named}, the packets go elsewhere"


# A whole one --------------------------------------------------------------------------------------


def _tunnel(connection: Connection, secret: str) -> Tunnel:
    said, (child,) = connection.said, connection.children
    (local,), (remote,) = connection.ends["local"], connection.ends["remote"]
    own, peer = child.get("local_ts"), child.get("remote_ts")
    assert isinstance(own, Traffic)
    assert isinstance(peer, Traffic)
    number = _if_id(connection, child, "in")
    return Tunnel(
        interface="" if own.gre else INTERFACE.format(number - 1),
        below="",
        own_address=said.get("local_addrs"),
        peer_address=said.get("remote_addrs"),
        own_identity=local.get("id"),
        peer_identity=remote.get("id"),
        secret=secret,
        starts="start" in child.get("start_action", "none"),
        own=own.addresses,
        peer=peer.addresses,
        preference=child.get("updown", ("", 0))[1],
        ike=said.get("proposals"),
        esp=child.get("esp_proposals"),
        ike_lifetime_s=said.get("rekey_time", REKEY_IKE_S),
        esp_lifetime_s=child.get("rekey_time", REKEY_ESP_S),
        liveness_s=said.get("dpd_delay", 0),
        mode=Mode.GRE if own.gre else Mode.TUNNEL,
    )


def _if_id(connection: Connection, child: Section, way: str) -> int:
    key = f"if_id_{way}"
    return int(child.get(key, 0) or connection.said.get(key, 0))


def _secret(connection: Connection, secrets: list[Secret]) -> tuple[str, str]:
    """The shared secret, or why there is none: that of the other end is taken first, then ours."""
    ends = [one for side in ("remote", "local") for one in connection.ends[side]]
    names = [str(one.get("id", "")) for one in ends]
    ranked = [(_ranks(one, names), one) for one in secrets if not one.said.broken]
    best = max((rank for rank, _ in ranked), default=())
    if not any(best):
        return "", "no secret is for these identities: name one of them in `secrets`"
    values = {str(one.said.get("secret", "")) for rank, one in ranked if rank == best}
    if len(values) > 1:
        return "", "two secrets are for these identities, and chance decides"
    (value,) = values
    if best[0] < _OWN and not _begins(connection):
        return "", "it would believe whoever has a secret that is not the other end's own: name it"
    return value, "" if value else "the secret of these identities is empty"


def _ranks(secret: Secret, names: list[str]) -> tuple[int, ...]:
    """For each end, whether a secret is its own, everybody's (1) or others' (0)."""
    owners = secret.owners or [""]
    return tuple(_OWN if name in owners else int("" in owners) for name in names)


def _begins(connection: Connection) -> bool:
    return any("start" in one.get("start_action", "none") for one in connection.children)
