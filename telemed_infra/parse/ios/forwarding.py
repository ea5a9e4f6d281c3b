"""Whether a box forwards IPv4, and which of its lines do nothing because of that.

With `ip routing` packets go by the routing table, and `ip default-gateway` does nothing. With
`no ip routing` the box is a host: it forwards no IPv4, `ip route` leads nowhere, and what it sends
itself goes to the default gateway. Routes of a VRF are left alone by both (believed). Routers route
unless a line says otherwise. Of switches some models do and some do not (Catalyst 2960, 3560, 9200
and 9300 do not, 4500, 9500 and 9600 do: believed): where a text says neither, nothing is concluded.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.ios.management import ROUTES
from telemed_infra.parse.ios.state import Binding, Does, Ios
from telemed_infra.parse.ios.values import ipv4


def routes4(*, on: bool) -> Does:
    """`ip routing`, `no ip routing`."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        state.routes4 = on

    return effect


def gateway(state: Ios, args: Args, line: int) -> None:
    """`ip default-gateway A`; there is one."""
    ipv4(args[0])
    state.gateway = Binding(args[0], line)


def no_gateway(state: Ios, args: Args, _line: int) -> None:
    """`no ip default-gateway [A]`."""
    if state.gateway is None or args[0] not in ("", state.gateway.name):
        raise Unreadable("this is not the default gateway")
    state.gateway = None


def route(state: Ios, args: Args, line: int) -> None:
    """`ip route A MASK …`: where it leads, another reader judges."""
    state.static_routes[args[0]] = line


def no_route(state: Ios, args: Args, _line: int) -> None:
    """`no ip route A MASK …`: all that begin so."""
    gone = f"{args[0]} "
    state.static_routes = {
        one: line for one, line in state.static_routes.items() if not f"{one} ".startswith(gone)
    }


FORWARDING: tuple[Row[Ios], ...] = (
    Row("ip routing", routes4(on=True), inert=True, why=ROUTES),
    Row("no ip routing", routes4(on=False), inert=True, why=ROUTES),
    Row("ip default-gateway A.B.C.D", gateway, inert=True, why=ROUTES),
    Row("no ip default-gateway [A.B.C.D]", no_gateway, inert=True, why=ROUTES),
    Row("ip route vrf LINE", inert=True, why=ROUTES),
    Row("no ip route vrf LINE", inert=True, why=ROUTES),
    Row("ip route A.B.C.D LINE", lambda state, args, line: route(state, (" ".join(args),), line),
        inert=True, why=ROUTES),
    Row("no ip route A.B.C.D LINE",
        lambda state, args, line: no_route(state, (" ".join(args),), line),
        inert=True, why=ROUTES),
)  # fmt: skip
"""Known before the lines of management, for switches."""


def idle(state: Ios) -> Iterator[tuple[int, str]]:
    """Lines that do nothing because of another line of the text, with that reason."""
    if state.routes4 and state.gateway is not None:
        yield state.gateway.line, "`ip routing` is on, so nothing goes to the default gateway"
    if state.routes4 is False:
        for line in state.static_routes.values():
            yield line, "`no ip routing` is said, so no packet goes by a static route"
