"""What the ports of a Comware switch do against hosts that misbehave, as their lines say in sum.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.management_plane import AaaServer, Method, PortGuards
from telemed_infra.parse.comware.management_aaa import hosts_asked
from telemed_infra.parse.comware.switch_critical import Ways, admits
from telemed_infra.parse.comware.switch_state import Port, Switch
from telemed_infra.parse.management.judged import Look, aaa_servers, server_places
from telemed_infra.parse.management.state import Place, Scheme


def port_guards(port: Port, state: Switch, look: Look) -> PortGuards:
    """What a port does; complaints go to `look`."""
    spanning = state.spanning and port.spanning
    edge = spanning and port.edge
    guard = state.bpdu_guard if port.bpdu_guard is None else port.bpdu_guard
    vlans = port.carried()
    ways = _asked(port, state, look)
    return PortGuards(
        edge=edge,
        bpdu_guard=edge and guard,
        snooped=state.snooping or (bool(vlans) and vlans <= state.snooped_vlans),
        trusted=(state.snooping or bool(state.snooped_vlans)) and port.trusted,
        source_guard=port.checks_addresses,
        addresses_max=_addresses_max(port, state),
        dot1x="dot1x" in ways,
        mac_bypass="mac-authentication" in ways,
        admits=admits(port, ways, look),
    )


def radius_servers(state: Switch, look: Look) -> tuple[tuple[AaaServer, ...], tuple[Place, ...]]:
    """The servers that know the hosts behind ports, the same for every port; and from where."""
    found: dict[tuple[AaaServer, ...], tuple[int, Scheme | None]] = {}
    for port in state.ports.values():
        for kind, line in _asking(port, state).items():
            _, scheme = hosts_asked(_domain(port, kind, state), line, look)
            servers = aaa_servers(scheme, "authentication") if scheme else ()
            found.setdefault(servers, (line, scheme))
    for line, _ in list(found.values())[1:]:
        look.add(line, "the ports ask different RADIUS servers")
    _, scheme = next(iter(found.values()), (0, None))
    places = server_places(look.state, Method.RADIUS, scheme) if scheme else ()
    return next(iter(found), ()), places


def _addresses_max(port: Port, state: Switch) -> int | None:
    """By port security, which needs a mode; or by what the port learns, if it drops the rest."""
    found = []
    if state.port_security and port.security_mode and port.secured_max is not None:
        found.append(port.secured_max)
    if port.learned_max is not None and not port.passes_unlearned:
        found.append(port.learned_max)
    return min(found, default=None)


def _asking(port: Port, state: Switch) -> dict[str, int]:
    """How a port asks who is there, as far as it is on for the whole device; with the lines."""
    found = {kind: line for kind, line in port.asks.items() if kind in state.asks}
    if state.port_security and port.security_mode not in ("", "autolearn", "secure"):
        line = port.secured.get("port-mode", port.line)
        if "userlogin" in port.security_mode:
            found["dot1x"] = line
        if "mac" in port.security_mode:
            found["mac-authentication"] = line
    if port.forced:
        found.pop("dot1x", None)
    return found


def _asked(port: Port, state: Switch, look: Look) -> Ways:
    found = {}
    for kind, line in _asking(port, state).items():
        found[kind], _ = hosts_asked(_domain(port, kind, state), line, look)
        if Method.NONE in found[kind]:
            look.add(line, "whoever is not known is let in (`none`)")
            return {}
    return found


def _domain(port: Port, kind: str, state: Switch) -> str:
    """The domain that judges hosts of a port; "": the default one."""
    common = state.host_domain if kind == "mac-authentication" else ""
    return port.domains.get(kind, "") or common
