"""The moments around which all schedules are explored."""

from collections.abc import Callable, Iterator
from enum import Enum

from failover.core.cells import OrderCell, OrderKind
from failover.core.guard import Slots
from failover.core.messages import PATHS
from failover.core.plan import Durability, Group, Lease, Panel, Plan, Profile
from failover.core.requests import order
from failover.simulator.explore_choices import Crossroads
from failover.simulator.explore_places import third_place, way
from failover.simulator.explore_rules import Broken
from failover.simulator.explore_steps import perform
from failover.simulator.explore_world import Happen, Step, World

PLAN_LEASE_S = 2.0
STEADY_S = 12.0  # by then both agents run, and their homes are open
SETTLED_S_MAX = 60.0  # after healing, until each instance must have one open door
CROSSROADS_S = 0.25  # between two moments at which links may be cut
SITES = ("a", "b")


class Scene(Enum):
    """What happens at the beginning of the window, whatever is disturbed besides."""

    STEADY = "steady"
    FIBRE_CUT = "fibre cut"
    PEER_SILENT = "both paths cut"
    LOST = "centre a lost"
    CUT_OFF = "centre a cut off"
    REGISTER_SILENT = "no register"
    SWITCHOVER = "switchover to b ordered"
    TAKEOVER = "takeover by b ordered"


_REGISTER = tuple(third_place(site) for site in SITES)
_PATHS = tuple(way(path, site) for path in PATHS for site in SITES)
_CUT = {
    Scene.FIBRE_CUT: tuple(way("fibre", site) for site in SITES),
    Scene.PEER_SILENT: _PATHS,
    Scene.CUT_OFF: (*_PATHS, third_place("a")),
    Scene.REGISTER_SILENT: _REGISTER,
}
_ORDERED = {Scene.SWITCHOVER: OrderKind.SWITCHOVER, Scene.TAKEOVER: OrderKind.TAKEOVER}
_BEATS_ONLY = (Scene.STEADY, Scene.FIBRE_CUT, Scene.PEER_SILENT)


def plan(groups: int) -> Plan:
    """A coarse plan: few steps in a lease, so that all of them can be disturbed."""
    lease = Lease(length_s=PLAN_LEASE_S, drift=0.01, margin_s=0.15)
    profile = Profile(lease=lease, renewal_s=0.6, beat_s=1.0, silence_s=1.4, patience_s=1.0)
    return Plan(
        hash="exploration",
        sites=SITES,
        witness="w",
        profile=profile,
        groups=tuple(_group(number) for number in range(groups)),
        panel=Panel(observers_min=1),
    )


def staged(
    scene: Scene,
    rates: tuple[float, float],
    groups: int,
    guard: Callable[[], Slots],
    begin_s: float,
    end_s: float,
) -> World:
    """The world at the begin of the window: it has gone well until the scene's event."""
    world = World(plan(groups), rates, guard)
    _go(world, STEADY_S)
    _disturb(world, scene)
    window_s = STEADY_S + begin_s
    while window_s < STEADY_S + end_s:
        window_s += CROSSROADS_S
        world.at(window_s, Crossroads())
    _go(world, STEADY_S + begin_s)
    return world


def within(world: World, end_s: float) -> Iterator[Step]:
    """The steps before that time; each is to be performed before the next is asked for."""
    while (step := world.upcoming()).at_s < end_s:
        yield step


def settling(world: World, rest_s: float) -> Iterator[Step]:
    """The steps until all disturbances are over, all is healed, and all is well again."""
    yield from _until(world, world.disturbed, "disturbances run out")
    world.heal()
    yield from _until(world, world.in_doubt, "what was sent arrives")
    healed_s = world.now_s
    yield from _until(world, lambda: world.unsettled(healed_s), "healed, each door opens once")
    yield from within(world, healed_s + rest_s)


def _until(world: World, well: Callable[[], str], rule: str) -> Iterator[Step]:
    limit_s = world.now_s + SETTLED_S_MAX
    while why_not := well():
        if world.now_s > limit_s:
            raise Broken(rule, why_not)
        yield world.upcoming()


def _go(world: World, end_s: float) -> None:
    for step in within(world, end_s):
        perform(world, step)
    world.now_s = end_s


def _disturb(world: World, scene: Scene) -> None:
    world.judge.anyone_may_move = scene not in _BEATS_ONLY
    if scene in _ORDERED:
        content = OrderCell(_ORDERED[scene], "b", 30.0, "a person", "order 1")
        group = world.plan.groups[0].name
        happen = Happen(scene.value, writes=order(world.plan, group, content, world.register.cells))
    else:
        happen = Happen(scene.value, _CUT.get(scene), "a" if scene is Scene.LOST else "")
    world.at(STEADY_S, happen)


def _group(number: int) -> Group:
    return Group(
        name=f"g{number}",
        instances=(f"i{number}",),
        home=SITES[number % 2],
        priority=number,
        after=(),
        rto_s=60.0,
        rpo_s=60.0,
        rate_bytes_s=1.0,
        durability=Durability.STATELESS,
    )
