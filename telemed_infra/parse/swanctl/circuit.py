"""What a connection lacks that is to wrap the GRE of a circuit.

ESP in transport mode has the addresses of GRE outside, so the selectors are those two alone. Which
tunnel of GRE there is between them the host says, and routes go by that. It is trapped: the kernel
selects its packets before keys are agreed on, so that none leaves in plain; the first one begins,
if the other end has not.
Source: swanctl.conf(5) of strongSwan 5.9.8; RFC 4303, 3.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.swanctl.connection import Connection
from telemed_infra.parse.swanctl.settings import Section, Traffic
from telemed_infra.parse.swanctl.starting import Lack
from telemed_infra.tunnels import Selector

_ENDS = (("local_ts", "local_addrs"), ("remote_ts", "remote_addrs"))


def over_circuit(connection: Connection, child: Section) -> Iterator[Lack]:
    """Everything that differs from GRE between the two ends, in transport mode."""
    if child.get("mode", "tunnel") != "transport":
        yield child.place("mode"), "GRE needs no third pair of addresses: write `mode = transport`"
    for key, end in _ENDS:
        address, selected = connection.said.get(end), child.get(key)
        if address is None:
            yield connection.said.place(end), f"an end of GRE has one address: write `{end}`"
        elif selected != Traffic(Selector(((address, address),), ()), gre=True):
            yield child.place(key), f"the address of `{end}` and `[gre]` are expected, alone"
    if "trap" not in child.get("start_action", "none"):
        place = child.place("start_action")
        yield place, "GRE goes in plain until it is up: write `trap`, or `trap|start`"
    yield from _of_interfaces(connection, child)


def _of_interfaces(connection: Connection, child: Section) -> Iterator[Lack]:
    """Settings of tunnels that have an interface of IPsec."""
    if "updown" in child.held:
        yield child.place("updown"), "routes go by the tunnel of GRE: drop it"
    for part in (child, connection.said):
        for key in ("if_id_in", "if_id_out"):
            if part.get(key, 0):
                yield part.place(key), "GRE leaves by the port, not by one of IPsec: drop it"
