"""What people expect of the whole (`expectations.yml`), asked of what the policies open.

`never` is asked of addresses: a policy speaks about an expectation if its ends and the
expectation's have addresses in common, whatever each calls them (a device lies inside MGMT).
`always` is asked of each pair: policies whose ends hold the pair's prefixes, one or several
together, open every application that is named.

Pairs are never listed. Ends that the same flows speak of are one class and are judged at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from telemed_infra.intent.ends import End, Ends
from telemed_infra.intent.network import Flow
from telemed_infra.intent.services import AppServices
from telemed_infra.model.finding import listed
from telemed_infra.model.network import Network
from telemed_infra.model.schema.policy_file import Expectation
from telemed_infra.packets import ANY_KEY, FAMILIES, Family, Ranges, intersect, subtract, union
from telemed_infra.plan.prefix import Prefix

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

NOTHING = "it speaks of nothing: no two of its ends are in scope and share an address family"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the policies bear an expectation out. One about no pair at all does not hold."""

    expectation: Expectation
    holds: bool
    witness: str  # the first counterexample: policy and both ends; "" if it holds
    pairs: int  # ends in scope with each other that the expectation speaks of


def judge(network: Network, ends: Ends, flows: Sequence[Flow]) -> list[Verdict]:
    """One verdict for each expectation, in the order of the file."""
    opened = _Opened(network, flows)
    return [_verdict(one, ends, opened) for one in network.expectations]


def _verdict(expectation: Expectation, ends: Ends, opened: _Opened) -> Verdict:
    wanted = opened.wanted(expectation.apps)
    families = [family for family in FAMILIES if wanted[family]]
    scopes = _scopes(expectation, ends.of(expectation.source), ends.of(expectation.to))
    pairs = sum(_pairs(scope, families) for scope in scopes)
    counterexample = _never if expectation.verdict == "never" else _always
    witness = counterexample(opened, scopes, expectation.apps) if pairs else NOTHING
    return Verdict(expectation=expectation, holds=not witness, witness=witness, pairs=pairs)


# ---- who is in scope with whom. Source: docs/concepts/policies.md, "Who reaches whom" ----


@dataclass(frozen=True, slots=True)
class _Scope:
    """Each source is in scope with each target, unless both have the same standing."""

    sources: tuple[End, ...]
    targets: tuple[End, ...]


def _standing(end: End) -> Hashable:
    """Two ends of one standing do not meet a firewall: one end, or one zone of one site."""
    return end.places[0] if len(end.places) == 1 else end


def _scopes(
    expectation: Expectation, sources: tuple[End, ...], targets: tuple[End, ...]
) -> list[_Scope]:
    """Scopes that no pair has in common and that have every pair."""
    within = expectation.to.within
    if within:
        return _matching(
            [(end.within(within), end) for end in sources],
            [(end.within(within), end) for end in targets],
        )
    if not (expectation.source.service or expectation.to.service):
        return [_Scope(sources, targets)]
    of_all = tuple(end for end in sources if _tenants(end) is None)
    to_all = tuple(end for end in targets if _tenants(end) is None)
    ours = tuple(end for end in sources if _tenants(end) is not None)
    return [
        _Scope(of_all, targets),
        _Scope(ours, to_all),
        *_matching(
            [(_tenants(end), end) for end in ours], [(_tenants(end), end) for end in targets]
        ),
    ]


def _tenants(end: End) -> str | None:
    """The prefecture whose instances an end reaches; None: it reaches everybody's."""
    return None if end.shared else end.prefecture


Keyed = Iterable[tuple[str | None, End]]


def _matching(sources: Keyed, targets: Keyed) -> list[_Scope]:
    """A scope for each key that both sides have; who has none is in scope with nobody."""
    ours, theirs = _grouped(sources), _grouped(targets)
    return [
        _Scope(tuple(some), tuple(theirs[key]))
        for key, some in ours.items()
        if key is not None and key in theirs
    ]


def _grouped(items: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for key, value in items:
        found.setdefault(key, []).append(value)
    return found


def _pairs(scope: _Scope, families: Sequence[Family]) -> int:
    """How many pairs of a scope share one of the families."""
    here = {_standing(end) for end in scope.targets}
    here.intersection_update([_standing(end) for end in scope.sources])
    ours, theirs = (
        Counter((_standing(end), _families(end)) for end in some if _standing(end) in here)
        for some in ((scope.sources, scope.targets) if here else ((), ()))
    )
    sharing = _sharing(families)
    of_one_standing = sum(
        count * theirs[standing, other]
        for (standing, kind), count in ours.items()
        for other in sharing[kind]
    )
    from_, to = (Counter(map(_families, some)) for some in (scope.sources, scope.targets))
    together = sum(count * to[other] for kind, count in from_.items() for other in sharing[kind])
    return together - of_one_standing


def _families(end: End) -> int:
    """1: IPv4 alone, 2: IPv6 alone, 3: both."""
    return (end.v4 is not None) + 2 * (end.v6 is not None)


def _sharing(families: Sequence[Family]) -> dict[int, list[int]]:
    """Which kinds of ends, by their families, have one of some families in common."""
    asked = (Family.V4 in families) + 2 * (Family.V6 in families)
    return {kind: [other for other in range(4) if kind & other & asked] for kind in range(4)}


# ---- what the policies open ----


class _Prefixes:
    """Ends by prefix, of one family."""

    def __init__(self, family: Family, ends: Iterable[End]) -> None:
        self._bits = family.bits
        placed = ((one[1:], end) for end in ends if (one := _prefix(end, family)))
        self._ends: dict[tuple[int, int], list[End]] = _grouped(placed)
        self._ordered = sorted(self._ends)
        self._lengths = sorted({length for _, length in self._ends})

    def holding(self, one: Prefix) -> list[End]:
        """Ends whose prefix is this one, or has it as a part."""
        found: list[End] = []
        for length in self._lengths[: bisect_right(self._lengths, one.length)]:
            free = self._bits - length
            found += self._ends.get((one.first >> free << free, length), ())
        return found

    def inside(self, one: Prefix) -> list[End]:
        """Ends whose prefix is a true part of this one."""
        begin = bisect_left(self._ordered, (one.first, one.length + 1))
        end = bisect_right(self._ordered, (one.last, self._bits), begin)
        return [own for key in self._ordered[begin:end] for own in self._ends[key]]


class _Opened:
    """All flows, found by the addresses of their ends, and what each opens."""

    def __init__(self, network: Network, flows: Sequence[Flow]) -> None:
        self.flows = flows
        self.by_source = _grouped((end, n) for n, flow in enumerate(flows) for end in flow.sources)
        self.by_target = _grouped((end, n) for n, flow in enumerate(flows) for end in flow.targets)
        ends = dict.fromkeys(chain(self.by_source, self.by_target))
        self._prefixes = {family: _Prefixes(family, ends) for family in FAMILIES}
        self._touched: dict[End, tuple[End, ...]] = {}
        self._services = AppServices(network.apps)
        self._keys: dict[tuple[str, ...], dict[Family, Ranges]] = {}

    def touched(self, end: End) -> tuple[End, ...]:
        """Ends of flows that have addresses in common with an end."""
        if end not in self._touched:
            found: list[End] = []
            for family, known in self._prefixes.items():
                one = _prefix(end, family)
                if one:
                    found += known.holding(one)
                    found += known.inside(one)
            self._touched[end] = tuple(dict.fromkeys(found))
        return self._touched[end]

    def holding(self, end: End, family: Family) -> Sequence[End]:
        """Ends of flows that have all addresses of an end of this family."""
        touched = self.touched(end)
        if touched == (end,):  # nothing lies in it, nor it in anything
            return touched
        one = _prefix(end, family)
        return self._prefixes[family].holding(one) if one else ()

    def keys(self, apps: tuple[str, ...]) -> dict[Family, Ranges]:
        """What some applications together are, as protocols with destination ports."""
        if apps not in self._keys:
            self._keys[apps] = {
                family: union(
                    (one.key_low, one.key_high) for one in self._services.of(apps, family)
                )
                for family in FAMILIES
            }
        return self._keys[apps]

    def wanted(self, apps: tuple[str, ...] | None) -> dict[Family, Ranges]:
        """What an expectation speaks of: of some applications, or of any packet."""
        return dict.fromkeys(FAMILIES, (ANY_KEY,)) if apps is None else self.keys(apps)

    def common(self, apps: tuple[str, ...], wanted: tuple[str, ...] | None) -> list[Family]:
        """The families in which applications have something of what is wanted."""
        keys, asked = self.keys(apps), self.wanted(wanted)
        return [family for family in FAMILIES if intersect(keys[family], asked[family])]

    def candidates(self, scopes: Iterable[_Scope], apps: tuple[str, ...] | None) -> list[int]:
        """Flows that touch both sides and open something of what is wanted, in their order."""
        sources = {own for scope in scopes for end in scope.sources for own in self.touched(end)}
        found = _flows(self.by_source, sources)
        if found:
            targets = {
                own for scope in scopes for end in scope.targets for own in self.touched(end)
            }
            found &= _flows(self.by_target, targets)
        return [n for n in sorted(found) if self.common(self.flows[n].policy.apps, apps)]


Numbers = dict[End, list[int]]  # an end of flows → the flows that have it on one side


def _flows(numbers: Numbers, ends: Iterable[End]) -> set[int]:
    return set().union(*(numbers.get(end, ()) for end in ends))


def _prefix(end: End, family: Family) -> Prefix | None:
    return end.v4 if family is Family.V4 else end.v6


# ---- never ----

Touched = tuple[End, End]  # an end of a flow, and the expectation's that it touches
Scoped = dict[End, list[tuple[int, Touched]]]  # an end of a flow → numbers of scopes with these


def _never(opened: _Opened, scopes: list[_Scope], apps: tuple[str, ...] | None) -> str:
    """The first flow that opens what must not be, in words; "" if there is none."""
    candidates = opened.candidates(scopes, apps)
    if not candidates:
        return ""
    ours = _grouped((end, n) for n, scope in enumerate(scopes) for end in scope.sources)
    theirs = _grouped((end, n) for n, scope in enumerate(scopes) for end in scope.targets)
    sources, targets = _scoped(opened, ours), _scoped(opened, theirs)
    for number in candidates:
        flow = opened.flows[number]
        families = opened.common(flow.policy.apps, apps)
        for one, other in _together(flow, sources, targets):
            if _meet(one, other, families):
                return _opens(opened, flow, (one, other), apps)
    return ""


def _scoped(opened: _Opened, ends: dict[End, list[int]]) -> Scoped:
    return _grouped(
        (own, (scope, (own, end)))
        for end, numbers in ends.items()
        for own in opened.touched(end)
        for scope in numbers
    )


def _together(flow: Flow, sources: Scoped, targets: Scoped) -> Iterator[tuple[Touched, Touched]]:
    """Pairs of a flow whose touched ends have a scope in common."""
    there = _grouped(chain.from_iterable(targets.get(end, ()) for end in flow.targets))
    for source in flow.sources:
        for scope, one in sources.get(source, ()):
            for other in there.get(scope, ()):
                yield one, other


def _meet(one: Touched, other: Touched, families: list[Family]) -> bool:
    """Whether the flow and the expectation both bring the two sides together, in one family."""
    (source, whence), (target, whither) = one, other
    return (
        _standing(source) != _standing(target)
        and _standing(whence) != _standing(whither)
        and any(_overlap(*one, family) and _overlap(*other, family) for family in families)
    )


def _overlap(one: End, other: End, family: Family) -> bool:
    first, second = _prefix(one, family), _prefix(other, family)
    return bool(first and second and first.first <= second.last and second.first <= first.last)


def _opens(
    opened: _Opened, flow: Flow, pair: tuple[Touched, Touched], apps: tuple[str, ...] | None
) -> str:
    policy = flow.policy
    which = listed(app for app in policy.apps if opened.common((app,), apps))
    source, target = (
        f"`{own.name}`" + ("" if own is wanted else f" (shares addresses with `{wanted.name}`)")
        for own, wanted in pair
    )
    place = f" ({policy.origin})" if policy.origin else ""
    return f"{policy.id}{place} opens {which} from {source} to {target}"


# ---- always ----


def _always(opened: _Opened, scopes: list[_Scope], apps: tuple[str, ...] | None) -> str:
    """The first pair that lacks something, in words; "" if there is none."""
    for scope in scopes:
        candidates = set(opened.candidates([scope], apps))
        for family in FAMILIES:
            if opened.wanted(apps)[family]:
                witness = _lacking(opened, scope, candidates, family, apps)
                if witness:
                    return witness
    return ""


def _lacking(
    opened: _Opened,
    scope: _Scope,
    candidates: set[int],
    family: Family,
    apps: tuple[str, ...] | None,
) -> str:
    """Judges one family; flows besides the candidates open nothing of what is wanted."""
    sources = [end for end in scope.sources if _prefix(end, family)]
    targets = [end for end in scope.targets if _prefix(end, family)]
    ours = _classes(opened, opened.by_source, sources, family, candidates)
    theirs = _classes(opened, opened.by_target, targets, family, candidates)
    for these, some in ours.items():
        for those, others in theirs.items():
            between = [opened.flows[number] for number in sorted(these & those)]
            missing = _missing(opened, between, family, apps)
            pair = _first_pair(some, others) if missing else None
            if pair:
                return _opens_not(pair, between, family, missing)
    return ""


def _classes(
    opened: _Opened, numbers: Numbers, ends: list[End], family: Family, candidates: set[int]
) -> dict[frozenset[int], list[End]]:
    """Ends by the candidates that hold them: whatever is true of one is true of its class."""
    return _grouped(
        (frozenset(candidates & _flows(numbers, opened.holding(end, family))), end) for end in ends
    )


def _missing(
    opened: _Opened, flows: list[Flow], family: Family, apps: tuple[str, ...] | None
) -> str:
    """The applications that some flows together do not open whole; without names: any at all."""
    keys = union(
        one for names in {flow.policy.apps for flow in flows} for one in opened.keys(names)[family]
    )
    if apps is None:
        return "" if keys else "anything"
    return listed(app for app in apps if subtract(opened.keys((app,))[family], keys))


def _first_pair(sources: list[End], targets: list[End]) -> tuple[End, End] | None:
    return next(
        ((one, other) for one in sources for other in targets
         if _standing(one) != _standing(other)),
        None,
    )  # fmt: skip


def _opens_not(pair: tuple[End, End], between: list[Flow], family: Family, missing: str) -> str:
    policies = listed(dict.fromkeys(flow.policy.id for flow in between))
    says = f"no policy opens {missing} from `{pair[0].name}` to `{pair[1].name}`"
    there = f", where {policies} opens other things" if policies else ""
    return f"{says} in IPv{family.value}{there}"
