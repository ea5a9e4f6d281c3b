"""IGMP snooping on Comware switches: the feature, then the VLANs, then their versions.

A device takes a VLAN's lines only once `igmp-snooping` has turned the feature on, and a version
only where the VLAN is snooped; what is said in the feature's own view and in a VLAN's counts the
same, the last line wins. Without a version it is 2 (H3C and HPE command references, IGMP snooping).
`global-enable`, which snoops in every VLAN, is left out on purpose.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.switch_state import Switch
from telemed_infra.parse.multicast import NO_SOURCES, SOURCES_SINCE
from telemed_infra.parse.vrp.arguments import nothing, number, one, vlan_list
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

Vlans = frozenset[int]


def enter_snooping(words: Words) -> Effect[Switch]:
    """`igmp-snooping`: the feature is on."""
    nothing(words)

    def effect(state: Switch, _line: int) -> None:
        state.groups.on = True

    return effect


def undo_snooping(words: Words) -> Effect[Switch]:
    """`undo igmp-snooping`."""
    nothing(words)
    return lambda state, _line: state.groups.forget()


def snoop_vlans(*, on: bool) -> Reader[Switch]:
    """`enable vlan <list>` in the view of the feature."""

    def reader(words: Words) -> Effect[Switch]:
        vlans = _listed(words)
        return lambda state, line: _snoop(state, vlans, line, on=on)

    return reader


def snoop_open_vlan(*, on: bool) -> Reader[Switch]:
    """`igmp-snooping {enable | disable}` in the view of a VLAN; `undo igmp-snooping` there."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)
        return lambda state, line: _snoop(state, _open(state), line, on=on)

    return reader


def other_lines(words: Words) -> Effect[Switch]:
    """`igmp-snooping …` in the view of a VLAN, of which no more is modelled."""
    what = " ".join(("igmp-snooping", *words))
    raise Unreadable(f"`{what}` is not modelled in a VLAN")


def versions(words: Words) -> Effect[Switch]:
    """`version 3 vlan <list>` in the view of the feature."""
    vlans = _listed(words[1:])
    _must_have_sources(words[:1])
    return lambda state, _line: _understand(state, vlans)


def undo_versions(words: Words) -> Effect[Switch]:
    """`undo version vlan <list>`."""
    vlans = _listed(words)
    return lambda state, _line: state.groups.sources.difference_update(vlans)


def version(words: Words) -> Effect[Switch]:
    """`igmp-snooping version 3` in the view of a VLAN."""
    _must_have_sources(words)
    return lambda state, _line: _understand(state, _open(state))


def undo_version(words: Words) -> Effect[Switch]:
    """`undo igmp-snooping version`: back to 2."""
    if words:
        number(one(words), 2, 3)
    return lambda state, _line: state.groups.sources.difference_update(_open(state))


def _snoop(state: Switch, vlans: Vlans, line: int, *, on: bool) -> None:
    if not on:
        for vlan in vlans:
            state.groups.forget_vlan(vlan)
        return
    if not state.groups.on:
        raise Unreadable("`igmp-snooping` of the whole switch comes first")
    state.groups.vlans.update(dict.fromkeys(vlans, line))


def _understand(state: Switch, vlans: Vlans) -> None:
    if vlans - state.groups.vlans.keys():
        raise Unreadable("a VLAN that is not snooped yet takes no version")
    state.groups.sources |= vlans


def _must_have_sources(words: Words) -> None:
    if number(one(words), 2, 3) < SOURCES_SINCE:
        raise Unreadable(NO_SOURCES)


def _listed(words: Words) -> Vlans:
    keyword(words[0] if words else "", ("vlan",))
    return vlan_list(words[1:])


def _open(state: Switch) -> Vlans:
    if state.vlan is None:
        raise Unreadable("no view of one VLAN is open")
    return frozenset({state.vlan})
