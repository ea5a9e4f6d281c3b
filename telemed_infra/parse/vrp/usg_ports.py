"""What the commands about interfaces, and the policy's own settings, of a USG firewall do.

Each function takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.vrp.arguments import interface, interface_address, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.usg_state import Port, Usg

MANAGED_SERVICES = ("http", "https", "ping", "ssh", "snmp", "telnet", "netconf")


def sets(owner: str, field: str, *, value: object) -> Reader[Usg]:
    """A reader of bare commands: one field of an open object (owner "": of the whole) is set."""

    def effect(state: Usg, _line: int) -> None:
        setattr(getattr(state, owner) if owner else state, field, value)

    def reader(words: Words) -> Effect[Usg]:
        nothing(words)
        return effect

    return reader


def sysname(words: Words) -> Effect[Usg]:
    """The host's name."""
    hostname = one(words)

    def effect(state: Usg, _line: int) -> None:
        state.hostname = hostname

    return effect


def enter_interface(words: Words) -> Effect[Usg]:
    """`interface <name>`; a block without address counts too."""
    port = interface(words)

    def effect(state: Usg, line: int) -> None:
        state.port = state.ports.setdefault(port, Port(line))
        state.management.at = (port,)

    return effect


def add_interface_address(words: Words) -> Effect[Usg]:
    """An address of the interface, of either family; `link-local` is good on the link alone."""
    if words[1:] == ("link-local",) and words[0].lower().startswith("fe"):
        interface_address((words[0], "64"))
        return sets("port", "six", value=True)(())
    address = interface_address(words)

    def effect(state: Usg, line: int) -> None:
        state.port.addresses[address] = line

    return effect


def undo_interface_address(words: Words) -> Effect[Usg]:
    """One address, or all of them."""
    address = interface_address(words) if words else ""

    def effect(state: Usg, _line: int) -> None:
        if not address:
            state.port.addresses.clear()
        elif state.port.addresses.pop(address, None) is None:
            raise Unreadable(f"the interface does not have {address}")

    return effect


def tag(words: Words) -> Effect[Usg]:
    """`vlan-type dot1q <vlan>` of a subinterface."""
    vlan = number(one(words), 1, 4094)

    def effect(state: Usg, _line: int) -> None:
        state.port.vlan = vlan

    return effect


def manage(words: Words) -> Effect[Usg]:
    """`service-manage {enable | {all|<service>} {permit|deny}}`."""
    if words == ("enable",):
        return _managed(on=True)
    if len(words) != 2 or words[1] not in ("permit", "deny"):
        raise Unreadable("a management service and `permit` or `deny` are expected")
    return _admitted(words[0], admit=words[1] == "permit")


def undo_manage(words: Words) -> Effect[Usg]:
    """`undo service-manage enable` hands these packets to the policy; else a permit is taken."""
    if words == ("enable",):
        return _managed(on=False)
    if len(words) != 2 or words[1] != "permit":
        raise Unreadable("`enable`, or a management service and `permit`, are expected")
    return _admitted(words[0], admit=False)


def _managed(*, on: bool) -> Effect[Usg]:
    def effect(state: Usg, line: int) -> None:
        state.port.managed = on
        state.port.managed_line = line

    return effect


def _admitted(service: str, *, admit: bool) -> Effect[Usg]:
    services = MANAGED_SERVICES if service == "all" else (service,)
    if services[0] not in MANAGED_SERVICES:
        raise Unreadable(f"{service} is not a management service")

    def effect(state: Usg, line: int) -> None:
        for each in services:
            if admit:
                state.port.admitted[each] = line
            else:
                state.port.admitted.pop(each, None)

    return effect


def enter_policy(words: Words) -> Effect[Usg]:
    """`security-policy`."""
    nothing(words)

    def effect(state: Usg, line: int) -> None:
        state.policy_line = line

    return effect


def default_action(words: Words) -> Effect[Usg]:
    """`default action {permit|deny}`: between zones only, unless intrazone is judged too."""
    action = _action(words)

    def effect(state: Usg, line: int) -> None:
        state.default, state.default_line = action, line

    return effect


def undo_default_action(words: Words) -> Effect[Usg]:
    """Back to deny."""
    nothing(words)
    return default_action(("deny",))


def log_type(words: Words) -> Effect[Usg]:
    """`log type policy enable`, without which no rule logs; the other types are of no matter."""
    return _log_type(words, on=True)


def undo_log_type(words: Words) -> Effect[Usg]:
    """`undo log type policy enable`."""
    return _log_type(words, on=False)


def _log_type(words: Words, *, on: bool) -> Effect[Usg]:
    if len(words) != 2 or words[1] != "enable":
        raise Unreadable("a type and `enable` are expected")

    def effect(state: Usg, _line: int) -> None:
        if words[0] == "policy":
            state.policy_log_on = on

    return effect


def _action(words: Words) -> Action:
    if words not in (("permit",), ("deny",)):
        raise Unreadable("`permit` or `deny` is expected")
    return Action(words[0])
