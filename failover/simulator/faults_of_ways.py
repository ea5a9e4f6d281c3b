"""What a fault is, and the faults of ways: cut, lossy, slow, one way only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from failover.simulator.links import HOSPITALS, SITES, WITNESS, Link, Trouble

if TYPE_CHECKING:
    from failover.simulator.world import World


class Fault(NamedTuple):
    """One fault of a schedule."""

    start_s: float
    length_s: float
    kind: str
    site: str
    value: float

    @property
    def other(self) -> str:
        """The other centre."""
        return SITES[1] if self.site == SITES[0] else SITES[0]


Undo = Callable[[], None]
Doing = Callable[["World", Fault], Undo]


def nothing() -> None:
    """What there is to undo about a thing that is over at once."""


def cut(world: World, links: Iterable[Link]) -> Undo:
    """Cut these directions, and let the members notice."""
    cut = list(links)
    for link in cut:
        link.cut += 1
    world.register.reassess()

    def undo() -> None:
        for link in cut:
            link.cut -= 1
        world.register.reassess()

    return undo


def fibre_links(world: World, fault: Fault) -> list[Link]:
    """Both directions of the fibre."""
    links = world.links
    return links.fibre(fault.site, fault.other) + links.fibre(fault.other, fault.site)


def health_links(world: World, fault: Fault) -> list[Link]:
    """Both directions of the second path."""
    links = world.links
    return links.health(fault.site, fault.other) + links.health(fault.other, fault.site)


def line_links(world: World, fault: Fault) -> list[Link]:
    """Both directions of a centre's line to the witness's place."""
    links = world.links
    return links.line(fault.site, WITNESS) + links.line(WITNESS, fault.site)


def site_links(world: World, fault: Fault) -> list[Link]:
    """Everything that enters or leaves a centre."""
    return world.links.leaving(fault.site) + world.links.entering(fault.site)


def worsen(links: list[Link], trouble: Trouble) -> Undo:
    """Let these directions be bad."""
    for link in links:
        link.worsen(trouble)

    def undo() -> None:
        for link in links:
            link.mend(trouble)

    return undo


def lossy(links: list[Link], fault: Fault) -> Undo:
    """Let these directions lose messages."""
    return worsen(links, Trouble(loss=0.1 + 0.8 * fault.value))


def fibre_flaps(world: World, fault: Fault) -> Undo:
    """Up and down and up, every half a second to two seconds."""
    links, queue = fibre_links(world, fault), world.queue
    end_s, period_s = fault.start_s + fault.length_s, 0.25 + fault.value

    def down() -> None:
        if queue.now_s + period_s < end_s:
            queue.at(queue.now_s + period_s, up, cut(world, links))

    def up(undo: Undo) -> None:
        undo()
        if queue.now_s + period_s < end_s:
            queue.at(queue.now_s + period_s, down)

    down()
    return nothing


def some_hospitals(fault: Fault, share: float) -> tuple[str, ...]:
    """A share of the hospitals."""
    first = int(fault.value * len(HOSPITALS))
    count = max(1, round(share * len(HOSPITALS)))
    return tuple(HOSPITALS[(first + step) % len(HOSPITALS)] for step in range(count))


def count(counter: dict[str, int], keys: Iterable[str]) -> Undo:
    """Count these up, and down again."""
    counted = list(keys)
    for key in counted:
        counter[key] += 1

    def undo() -> None:
        for key in counted:
            counter[key] -= 1

    return undo


def group_of(world: World, fault: Fault) -> str:
    """The group that this fault hits."""
    names = list(world.data.groups)
    return names[int(fault.value * len(names))]


def together(*undos: Undo) -> Undo:
    """Undo all of these."""

    def undo() -> None:
        for each in undos:
            each()

    return undo
