"""keepalived.conf as a whole. Source: keepalived.conf(5), version 2.2."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import PairBehaviour, PairPlace
from telemed_infra.parse.braces import (
    INERT,
    Reading,
    Statement,
    Table,
    Unreadable,
    inside,
    number,
    one,
    parse,
    walk,
)
from telemed_infra.parse.keepalived.instance import read_group, read_instance
from telemed_infra.parse.keepalived.state import Instance, Keepalived, SyncGroup
from telemed_infra.parse.virtual_routers import PRIORITY_MAX
from telemed_infra.redundancy import Rank, Redundancy, Tracked, VirtualRouter

_HARMLESS = (
    "router_id", "default_interface", "notification_email", "notification_email_from",
    "smtp_server",
    "smtp_connect_timeout", "smtp_helo_name", "smtp_alert", "smtp_alert_vrrp", "email_faults",
    "enable_script_security", "script_user", "enable_traps", "enable_snmp_vrrp",
    "enable_snmp_rfc", "enable_dbus", "enable_snmp_keepalived", "snmp_socket", "process_names",
    "vrrp_garp_master_delay", "vrrp_garp_master_repeat", "vrrp_garp_lower_prio_delay",
    "vrrp_garp_lower_prio_repeat", "vrrp_garp_master_refresh",
    "vrrp_garp_master_refresh_repeat", "vrrp_garp_interval", "vrrp_gna_interval",
    "vrrp_skip_check_adv_addr", "vrrp_lower_prio_no_advert", "vrrp_higher_prio_send_advert",
    "dynamic_interfaces", "vrrp_priority", "vrrp_no_swap", "vrrp_rt_priority",
    "vrrp_process_name", "max_auto_priority", "notify_fifo", "vrrp_notify_fifo", "instance",
    "vrrp_startup_delay", "startup_script", "shutdown_script", "log_unknown_vrids",
    "checker_priority", "use_pid_dir", "default_track_weight", "vrrp_rlimit_rttime",
)  # fmt: skip
"""Names, mail, traps and how the process runs."""


def parse_keepalived(text: str) -> PairBehaviour:
    """Which virtual routers a machine takes part in; never raises, unknown lines are `unread`.

    An interface's networks are not in this text, so whether an address fits is not judged here.
    """
    state = Keepalived()
    statements, reading = parse(text, "!#")
    walk(statements, _table(state, reading), reading)
    routers: dict[PairPlace, VirtualRouter] = {}
    lines: dict[PairPlace, int] = {}
    versions: dict[PairPlace, int] = {}
    for instance in state.instances.values():
        for router in _routers(instance, _tracked(state, instance, reading)):
            place = PairPlace(router.interface, router.family, router.number)
            if place in routers:
                why = f"VRID {router.number} is on {router.interface} already"
                reading.refuse(instance.line, why)
                continue
            routers[place], lines[place] = router, instance.line
            versions[place] = instance.version or state.version
    reading.close()
    return PairBehaviour(
        redundancy=Redundancy(routers=frozenset(routers.values())),
        pair_lines=lines,
        versions=versions,
        unread=reading.in_order(),
        lines=reading.lines,
        effective=frozenset(reading.effective),
        inert=frozenset(reading.inert),
    )


def _table(state: Keepalived, reading: Reading) -> Table:
    def version(statement: Statement) -> None:
        state.version = number(one(statement), 2, 3)

    def group4(statement: Statement) -> None:
        if one(statement) != "224.0.0.18":
            raise Unreadable("the filters let the group of VRRP pass and no other")

    def group6(statement: Statement) -> None:
        if one(statement).lower() != "ff02::12":
            raise Unreadable("the filters let the group of VRRP pass and no other")

    def definitions(statement: Statement) -> None:
        table: Table = {
            **dict.fromkeys(_HARMLESS, INERT),
            "vrrp_version": version,
            "vrrp_mcast_group4": group4,
            "vrrp_mcast_group6": group6,
        }
        walk(inside(statement), table, reading)

    return {
        "global_defs": definitions,
        "vrrp_instance": read_instance(state, reading),
        "vrrp_sync_group": read_group(state, reading),
    }


def _tracked(state: Keepalived, instance: Instance, reading: Reading) -> dict[str, int]:
    """What an instance watches, and what the others of its group watch and are bound to."""
    found = dict(instance.tracked)
    for group in state.groups.values():
        if instance.name not in group.members:
            continue
        if len(group.members) < 2:
            reading.refuse(group.line, "a group of one instance keeps nothing together")
            continue
        found = _together(state, group, instance, found)
    return found


def _together(
    state: Keepalived, group: SyncGroup, instance: Instance, own: dict[str, int]
) -> dict[str, int]:
    """One fault is a fault of all; weights count only if the group says so."""
    found = dict(own) if group.weighted else dict.fromkeys(own, 0)
    for name, weight in group.tracked.items():
        found[name] = weight if group.weighted else 0
    for name in group.members:
        other = state.instances.get(name)
        if other is None or other is instance:
            continue
        found.setdefault(other.interface, 0)
        for watched in other.tracked:
            if not group.weighted:
                found.setdefault(watched, 0)
    found.pop(instance.interface, None)
    return found


def _routers(instance: Instance, tracked: dict[str, int]) -> Iterator[VirtualRouter]:
    """One for each family of its addresses. What raises the priority while up counts as its."""
    raised = sum(weight for weight in tracked.values() if weight > 0)
    preempts = instance.preempts or instance.master
    for family, addresses in instance.addresses.items():
        yield VirtualRouter(
            interface=instance.interface,
            family=Family(family),
            number=instance.number,
            addresses=tuple(addresses),
            rank=Rank.BY_PRIORITY,
            priority=min(instance.priority + raised, PRIORITY_MAX),
            preempt_s=(0 if instance.master else instance.preempt_s) if preempts else None,
            advertised_ms=instance.advertised_ms or 1000,
            tracked=frozenset(Tracked(name, abs(weight)) for name, weight in tracked.items()),
        )
