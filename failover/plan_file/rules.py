"""What no schema can say of a plan: names that exist, the lease's arithmetic, cycles, hosts."""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from ipaddress import ip_address

from failover.core.plan import Durability, Group
from failover.plan_file.content import INSTANCES_MAX, EtcdPlan, MoveGroup, PlanFile
from failover.plan_file.values import PlanProblem

TRY_S = 0.15  # how long one try of a call to the register may take
RENEWALS_MIN = 4  # in one lease
BEATS_MIN = 3  # in the silence after which a path counts as down
ETCD_BEATS_MIN = 5  # in one election timeout: with fewer, etcd does not start

Problem = tuple[str, str, str]  # path, message, hint


def check(file: str, plan: PlanFile) -> None:
    """Nothing, if the plan keeps every rule.

    Raises:
        PlanProblem: the first rule that it breaks.
    """
    found = next(_problems(plan), None)
    if found:
        path, message, hint = found
        raise PlanProblem(f"{file}: {path}", message, hint)


def _problems(plan: PlanFile) -> Iterator[Problem]:
    yield from _places(plan)
    yield from _times(plan)
    yield from _register(plan)
    yield from _judgement(plan)
    yield from _groups(plan)
    yield from _instances(plan)
    yield from _cycle([each.group for each in plan.groups])


def _places(plan: PlanFile) -> Iterator[Problem]:
    """Each place has its own name, each address one place."""
    names = [
        ("sites[0].name", plan.sites[0].name),
        ("sites[1].name", plan.sites[1].name),
        ("witness.name", plan.witness.name),
        *((f"observers[{index}].name", one.name) for index, one in enumerate(plan.observers)),
    ]
    yield from _twice(names)
    addresses = [
        (f"sites[{index}].addresses.{path}", address)
        for index, site in enumerate(plan.sites)
        for path, address in site.addresses.items()
    ]
    addresses.append(("witness.address", plan.witness.address))
    addresses += [
        (f"observers[{index}].address", one.address) for index, one in enumerate(plan.observers)
    ]
    yield from _twice(addresses)


def _times(plan: PlanFile) -> Iterator[Problem]:
    profile = plan.plan.profile
    lease = profile.lease
    if _more(profile.renewal_s * RENEWALS_MIN, lease.length_s):
        yield (
            "profile.renewal_s",
            f"{profile.renewal_s:g} s is more than a quarter of the lease, {lease.length_s:g} s",
            "one lost renewal must not end a lease: renew more often",
        )
    if lease.margin_s >= lease.length_s:
        yield (
            "profile.lease.margin_s",
            f"{lease.margin_s:g} s is not less than the lease, {lease.length_s:g} s",
            "the margin covers what drift does not: a fraction of a second",
        )
    if profile.silence_s > lease.length_s:
        yield (
            "profile.silence_s",
            f"{profile.silence_s:g} s is longer than the lease, {lease.length_s:g} s",
            "a path must be known to be down when the lease ends",
        )
    if _more(profile.beat_s * BEATS_MIN, profile.silence_s):
        yield (
            "profile.beat_s",
            f"{profile.beat_s:g} s is more than a third of the silence, {profile.silence_s:g} s",
            "one lost heartbeat must not count as a cut: beat more often",
        )


def _register(plan: PlanFile) -> Iterator[Problem]:
    if isinstance(plan.register, EtcdPlan):
        yield from _etcd(plan, plan.register)
        return
    for index, site in enumerate(plan.sites):
        for path, address in site.addresses.items():
            if not ip_address(address).is_loopback:
                yield (
                    f"sites[{index}].addresses.{path}",
                    f"{address} is no loopback address, and the register is a file",
                    "two machines would have two registers: use etcd",
                )


def _etcd(plan: PlanFile, etcd: EtcdPlan) -> Iterator[Problem]:
    places = [*plan.plan.sites, plan.witness.name]
    for place in etcd.endpoints:
        if place not in places:
            yield (
                f"register.endpoints.{place}",
                "is neither a site nor the witness",
                f"places: {', '.join(places)}",
            )
    yield from _twice(
        (f"register.endpoints.{place}", f"{one.address}:{one.port}")
        for place, one in etcd.endpoints.items()
    )
    length_s = plan.plan.profile.lease.length_s
    needed_s = 2 * etcd.election_ms / 1000 + TRY_S
    if _more(needed_s, length_s):
        yield (
            "register.election_ms",
            f"two elections and a try take {needed_s:g} s, more than the lease, {length_s:g} s",
            "a lost centre would cost the other one its leases: elect faster, or lengthen it",
        )
    if etcd.heartbeat_ms * ETCD_BEATS_MIN > etcd.election_ms:
        yield (
            "register.heartbeat_ms",
            f"{etcd.heartbeat_ms} ms is more than a fifth of the election's {etcd.election_ms} ms",
            "etcd would not start",
        )


def _judgement(plan: PlanFile) -> Iterator[Problem]:
    panel, damping = plan.plan.panel, plan.plan.damping
    if panel.observers_min > len(plan.observers):
        yield (
            "panel.observers_min",
            f"{panel.observers_min} are more than the {len(plan.observers)} observers",
            "the panel would always be blind: name more observers",
        )
    if panel.lost_share >= panel.reach_share:
        yield (
            "panel.lost_share",
            f"{panel.lost_share:g} is not less than reach_share, {panel.reach_share:g}",
            "a centre would be reached and lost at once",
        )
    if damping.penalty >= damping.suppress:
        yield (
            "damping.penalty",
            f"{damping.penalty:g} is not less than suppress, {damping.suppress:g}",
            "the first move of a group would hold it",
        )


def _groups(plan: PlanFile) -> Iterator[Problem]:
    yield from _twice(
        (f"groups[{index}].name", each.group.name) for index, each in enumerate(plan.groups)
    )
    known = {each.group.name for each in plan.groups}
    for index, each in enumerate(plan.groups):
        path = f"groups[{index}]"
        if each.group.home not in plan.plan.sites:
            yield (
                f"{path}.home",
                f"`{each.group.home}` is none of the two sites",
                f"sites: {', '.join(plan.plan.sites)}",
            )
        for number, name in enumerate(each.group.after):
            if name not in known:
                yield f"{path}.after[{number}]", f"no group `{name}`", ""
        yield from _data(path, each)


def _data(path: str, each: MoveGroup) -> Iterator[Problem]:
    """What a group's durability asks of it."""
    durability, rate = each.group.durability, each.group.rate_bytes_s
    if (durability is Durability.STATELESS) != (rate == 0):
        yield (
            f"{path}.rate_bytes_s",
            f"{rate:g} bytes a second for a group that is {durability.value}",
            "what is stateless has no log, everything else has one",
        )
    if durability is Durability.SYNCHRONOUS and not each.resource_check:
        yield (
            f"{path}.resource_check",
            "is false for a group that is synchronous",
            "without it a paused owner could acknowledge writes that are lost",
        )


def _instances(plan: PlanFile) -> Iterator[Problem]:
    placed = [
        (f"groups[{number}].instances[{index}]", one)
        for number, each in enumerate(plan.groups)
        for index, one in enumerate(each.instances)
    ]
    if len(placed) > INSTANCES_MAX:
        yield (
            "groups",
            f"{len(placed)} instances in all, more than {INSTANCES_MAX}",
            "one transaction of the register must take them all",
        )
    yield from _twice((f"{path}.name", one.name) for path, one in placed)
    yield from _twice((f"{path}.v4", one.v4) for path, one in placed)
    yield from _twice((f"{path}.v6", one.v6) for path, one in placed if one.v6)


def _more(first_s: float, second_s: float) -> bool:
    """Whether one time is longer; three times 0.1 s are not more than 0.3 s."""
    return first_s > second_s + 1e-9


def _twice(named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, name in named:
        if name in first:
            yield path, f"`{name}` stands at {first[name]} too", "each stands once"
        first.setdefault(name, path)


def _cycle(groups: Iterable[Group]) -> Iterator[Problem]:
    """A way through `after` that comes back to where it began."""
    after = {group.name: group.after for group in groups}
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        way = [*reversed(error.args[1])]  # its order is that of who goes first
        yield (
            f"groups[{[*after].index(way[0])}].after",
            f"the groups wait for each other: {' → '.join(way)}",
            "none of them could go first",
        )
