"""How fast BFD is, as the lines of interfaces, templates and maps say it.

These lines are judged by other readers, which know that no packet depends on them. Source:
docs/reference/platforms.md.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_interface, ip_network

from telemed_infra.parse.frr.engine import Args, Row
from telemed_infra.parse.ios.routes_state import Routes, noted
from telemed_infra.parse.routes import Bfd


def times(state: Routes, args: Args, _line: int) -> None:
    """`bfd interval N min_rx N multiplier N` of an interface, in milliseconds."""
    for name in state.names():
        state.bfd_times[name] = _bfd(args[0], args[1], args[2])


def no_times(state: Routes, _args: Args, _line: int) -> None:
    """`no bfd interval`."""
    for name in state.names():
        state.bfd_times.pop(name, None)


def echo(state: Routes, _args: Args, _line: int) -> None:
    """`bfd echo` of an interface: the default."""
    state.bfd_echo_off.difference_update(state.names())


def no_echo(state: Routes, _args: Args, _line: int) -> None:
    """`no bfd echo` of an interface."""
    state.bfd_echo_off.update(state.names())


def template_echo(state: Routes, _args: Args, _line: int) -> None:
    """`echo` of a template."""
    state.bfd_echo_templates.add(state.template)


def no_template_echo(state: Routes, _args: Args, _line: int) -> None:
    """`no echo` of a template: the default."""
    state.bfd_echo_templates.discard(state.template)


def bound_template(state: Routes, args: Args, _line: int) -> None:
    """`bfd template NAME` of an interface; it may be defined later in the text."""
    for name in state.names():
        state.bfd_ports[name] = args[0]


def enter_template(state: Routes, args: Args, _line: int) -> None:
    """`bfd-template {single-hop|multi-hop} NAME`."""
    state.template = args[0]


def template_times(state: Routes, args: Args, _line: int) -> None:
    """`interval min-tx N min-rx N multiplier N` of a template."""
    state.bfd_templates[state.template] = _bfd(args[0], args[1], args[2])


def template_both(state: Routes, args: Args, _line: int) -> None:
    """`interval both N multiplier N` of a template."""
    state.bfd_templates[state.template] = _bfd(args[0], args[0], args[1])


def bound_far(state: Routes, args: Args, _line: int) -> None:
    """`bfd map {ipv4|ipv6} FAR/LEN NEAR/LEN TEMPLATE`."""
    state.bfd_maps[args[0]] = args[2]


def _bfd(transmit: str, receive: str, multiplier: str) -> Bfd:
    return Bfd(multiplier=int(multiplier), receive_ms=int(receive), transmit_ms=int(transmit))


def bfd_to(state: Routes, peer: str, vrf: str, *, multihop: bool) -> Bfd | None:
    """The times of a session with a neighbour; None if no line gives it any, and none is made.

    `peer` is an address, or a range of neighbours. One on the line has the times of the interface
    that its address is on; one that is farther away those of the template that a map names for it.
    """
    address = ip_interface(peer).ip
    if multihop:
        found = [template for far, template in state.bfd_maps.items() if _within(address, far)]
        return state.bfd_templates.get(found[-1]) if found else None
    for name, port in state.box.ports.items():
        if state.vrfs.get(name, "") == vrf and any(_within(address, one) for one in port.addresses):
            return _on(state, name)
    return None


def _on(state: Routes, name: str) -> Bfd | None:
    """What an interface gives the sessions on its line."""
    if name in state.bfd_times:
        return replace(state.bfd_times[name], echo=name not in state.bfd_echo_off)
    template = state.bfd_ports.get(name, "")
    found = state.bfd_templates.get(template)
    return found and replace(found, echo=template in state.bfd_echo_templates)


def _within(address: IPv4Address | IPv6Address, prefix: str) -> bool:
    network = ip_network(prefix, strict=False)
    return network.version == address.version and address in network


_MULTIPLIER = "multiplier (3-50)"
BFD: tuple[Row[Routes], ...] = (
    noted("bfd-template <single-hop|multi-hop> WORD",
        lambda state, args, line: enter_template(state, args[1:], line), enters="bfd"),
    noted("bfd map ipv4 A.B.C.D/M A.B.C.D/M WORD", bound_far),
    noted("bfd map ipv6 X:X::X:X/M X:X::X:X/M WORD", bound_far),
)  # fmt: skip
BFD_TEMPLATE: tuple[Row[Routes], ...] = (
    noted(
        f"interval min-tx (3-9999) min-rx (3-9999) {_MULTIPLIER}",
        template_times,
    ),
    noted(f"interval both (3-9999) {_MULTIPLIER}", template_both),
    noted("echo", template_echo),
    noted("no echo", no_template_echo),
)
BFD_INTERFACE: tuple[Row[Routes], ...] = (
    noted(f"bfd interval (3-9999) min_rx (3-9999) {_MULTIPLIER}", times),
    noted("no bfd interval [LINE]", no_times),
    noted("bfd echo", echo),
    noted("no bfd echo", no_echo),
    noted("bfd template WORD", bound_template),
)
