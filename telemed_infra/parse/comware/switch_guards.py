"""Who may speak on a port: 802.1X, MAC authentication, port security, DHCP snooping.

No VLAN passes or stops by these, so their lines are kept apart from what carries VLANs. They are
read for the traps in which a guard does nothing (it is off for the whole device) or stops all
(source guard without bindings). Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.switch_state import Port, Switch
from telemed_infra.parse.vrp.arguments import nothing, number, one, vlan_list
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

SECURITY_MODES = (
    *("autolearn", "mac-authentication", "mac-else-userlogin-secure"),
    *("mac-else-userlogin-secure-ext", "secure", "userlogin", "userlogin-secure"),
    *("userlogin-secure-ext", "userlogin-secure-or-mac", "userlogin-secure-or-mac-ext"),
    "userlogin-withoui",
)
_NO_BINDING = "no binding is recorded here (`dhcp snooping binding record`): every host is dropped"


def ask_all(kind: str, *, value: bool) -> Reader[Switch]:
    """`dot1x` or `mac-authentication` for the whole device; not together with port security."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, _line: int) -> None:
            if not value:
                state.asks.discard(kind)
            elif state.port_security:
                raise Unreadable(f"the device refuses {kind} while port security is on")
            else:
                state.asks.add(kind)

        return effect

    return reader


def ask_port(kind: str, *, value: bool) -> Reader[Switch]:
    """`dot1x` or `mac-authentication` on a port; a mode of port security excludes it."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, line: int) -> None:
            for port in state.open_ports():
                if not value:
                    port.asks.pop(kind, None)
                elif port.security_mode:
                    raise Unreadable(f"the port's security mode excludes {kind}")
                else:
                    port.asks[kind] = line

        return effect

    return reader


def secure_all(*, value: bool) -> Reader[Switch]:
    """`port-security enable`; refused while 802.1X or MAC authentication is on."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, _line: int) -> None:
            if value and state.asks:
                on = " and ".join(sorted(state.asks))
                raise Unreadable(f"the device refuses port security while {on} is on")
            state.port_security = value

        return effect

    return reader


def max_mac_count(words: Words) -> Effect[Switch]:
    """`port-security max-mac-count <n> [vlan <list>]`; not while the port learns by itself."""
    if not words:
        raise Unreadable("a number is expected")
    most = number(words[0], 1, 2**31 - 1)
    for_all = len(words) == 1

    def effect(state: Switch, line: int) -> None:
        for port in state.open_ports():
            if port.security_mode == "autolearn":
                raise Unreadable("the device refuses this while the port's mode is autolearn")
            port.secured["max-mac-count"] = line
            port.secured_max = most if for_all else port.secured_max

    return effect


def security_mode(words: Words) -> Effect[Switch]:
    """`port-security port-mode <mode>`; `autolearn` needs the number of addresses before it."""
    mode = keyword(one(words), SECURITY_MODES)

    def effect(state: Switch, line: int) -> None:
        for port in state.open_ports():
            if port.security_mode not in ("", mode):
                raise Unreadable("the device refuses another mode until the first is undone")
            if mode == "autolearn" and "max-mac-count" not in port.secured:
                raise Unreadable("the device refuses autolearn before max-mac-count")
            if port.asks:
                raise Unreadable("a mode excludes dot1x and mac-authentication on the port")
            port.security_mode = mode
            port.secured["port-mode"] = line

    return effect


def secures(subject: str) -> Reader[Switch]:
    """Another line of port security on a port."""

    def reader(_words: Words) -> Effect[Switch]:
        def effect(state: Switch, line: int) -> None:
            for port in state.open_ports():
                port.secured[subject] = line

        return effect

    return reader


def undo_secures(subject: str) -> Reader[Switch]:
    """Takes one subject of port security off a port."""

    def reader(_words: Words) -> Effect[Switch]:
        def effect(state: Switch, _line: int) -> None:
            for port in state.open_ports():
                port.secured.pop(subject, None)
                if subject == "port-mode":
                    port.security_mode = ""
                elif subject == "max-mac-count":
                    port.secured_max = None

        return effect

    return reader


def snoop(*, value: bool) -> Reader[Switch]:
    """`dhcp snooping enable [vlan <list>]`: for the whole device, or for VLANs."""

    def reader(words: Words) -> Effect[Switch]:
        if words:
            keyword(words[0], ("vlan",))
        vlans = vlan_list(words[1:]) if words else None

        def effect(state: Switch, _line: int) -> None:
            if vlans is None:
                state.snooping = value
            elif value:
                state.snooped_vlans |= vlans
            else:
                state.snooped_vlans -= vlans

        return effect

    return reader


def record_on_port(*, value: bool) -> Reader[Switch]:
    """`dhcp snooping binding record` on a port: only from here on are leases remembered."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, _line: int) -> None:
            for port in state.open_ports():
                port.records_bindings = value

        return effect

    return reader


def record_in_vlan(*, value: bool) -> Reader[Switch]:
    """`dhcp snooping binding record` in the view of a VLAN."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, _line: int) -> None:
            if state.vlan is None:
                raise Unreadable("a line that makes several VLANs opens the view of none")
            if value:
                state.recording_vlans.add(state.vlan)
            else:
                state.recording_vlans.discard(state.vlan)

        return effect

    return reader


def check_source(*, value: bool) -> Reader[Switch]:
    """`ip verify source [ip-address] [mac-address]`: only hosts with a binding may speak."""

    def reader(words: Words) -> Effect[Switch]:
        found = {keyword(word, ("ip-address", "mac-address")) for word in words}
        addresses = value and (not found or "ip-address" in found)

        def effect(state: Switch, line: int) -> None:
            for port in state.open_ports():
                port.checks_source = line if value else 0
                port.checks_addresses = addresses

        return effect

    return reader


def bind_by_hand(words: Words) -> Effect[Switch]:
    """`ip source binding …` on a port: a host that may speak without a lease."""
    if not words:
        raise Unreadable("an address is expected")

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            port.has_static_binding = True

    return effect


def sets_device(attribute: str, *, value: object) -> Reader[Switch]:
    """A bare command for the whole device."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)
        return lambda state, _line: setattr(state, attribute, value)

    return reader


def sets_ports(attribute: str, *, value: object) -> Reader[Switch]:
    """A bare command for the open ports."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(tuple(word for word in words if word.lower() not in ("enable", "disable")))
        chosen = False if words[:1] == ("disable",) else value
        return _on_ports(attribute, value=chosen)

    return reader


def port_control(words: Words) -> Effect[Switch]:
    """`dot1x port-control {auto|authorized-force}`; by the latter nobody is asked."""
    how = keyword(one(words), ("auto", "authorized-force", "unauthorized-force"))
    if how == "unauthorized-force":
        raise Unreadable("a port that lets nobody in is not modelled")
    return _on_ports("forced", value=how != "auto")


def no_port_control(_words: Words) -> Effect[Switch]:
    """Back to `auto`."""
    return _on_ports("forced", value=False)


def port_method(words: Words) -> Effect[Switch]:
    """`dot1x port-method {macbased|portbased}`: each host is asked, or only the first one."""
    if words and keyword(one(words), ("macbased", "portbased")) == "portbased":
        raise Unreadable("after one host every other one may come in by the port")
    return lambda _state, _line: None


def domain_of(kind: str, *, on: bool) -> Reader[Switch]:
    """`dot1x mandatory-domain <d>`, `mac-authentication domain <d>` on a port."""

    def reader(words: Words) -> Effect[Switch]:
        title = one(words).lower() if on else ""

        def effect(state: Switch, _line: int) -> None:
            for port in state.open_ports():
                port.domains[kind] = title

        return effect

    return reader


def device_domain(*, on: bool) -> Reader[Switch]:
    """`mac-authentication domain <d>` for the whole device."""

    def reader(words: Words) -> Effect[Switch]:
        title = one(words).lower() if on else ""
        return lambda state, _line: setattr(state, "host_domain", title)

    return reader


def learned_max(words: Words) -> Effect[Switch]:
    """`mac-address max-mac-count <n>`: frames of others pass until a line forbids it."""
    return _on_ports("learned_max", value=number(one(words), 0, 1 << 20))


def no_learned_max(_words: Words) -> Effect[Switch]:
    """Its undo."""
    return _on_ports("learned_max", value=None)


def guards_that_fail(state: Switch) -> Iterator[tuple[int, str]]:
    """Lines of guards that do nothing, or drop every host, with the reason."""
    for port in state.ports.values():
        for kind, line in port.asks.items():
            if kind not in state.asks:
                yield line, f"{kind} is off for the whole device: the port lets everyone in"
        if not state.port_security:
            for line in port.secured.values():
                yield line, "port security is off for the whole device: this does nothing"
        if port.checks_source and not _knows_hosts(port, state):
            yield port.checks_source, _NO_BINDING


def _knows_hosts(port: Port, state: Switch) -> bool:
    if port.has_static_binding:
        return True
    vlans = port.carried()
    snooped = state.snooping or vlans <= state.snooped_vlans
    return snooped and (port.records_bindings or vlans <= state.recording_vlans)


def _on_ports(attribute: str, *, value: object) -> Effect[Switch]:
    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            setattr(port, attribute, value)

    return effect
