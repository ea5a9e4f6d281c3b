"""In which order groups are taken: first what a group needs, and the most urgent soonest."""

from collections.abc import Iterable, Mapping

from failover.core.plan import Group


def order_of_takes(groups: Iterable[Group]) -> tuple[Group, ...]:
    """All groups of a plan in the order of their takes.

    The most urgent group (smallest priority, then name) comes first, right behind those that it
    needs, however little urgent these are by themselves; then the next. Raises ValueError naming a
    cycle, or a group that is needed and not there.
    """
    by_name = {group.name: group for group in groups}
    for group in by_name.values():
        for needed in group.after:
            if needed not in by_name:
                raise ValueError(
                    f"group `{group.name}` needs `{needed}`, and there is no such group"
                )
    order: dict[str, None] = {}
    for name in _by_urgency(by_name, by_name):
        _place(name, by_name, order, ())
    return tuple(by_name[name] for name in order)


def _place(
    name: str, by_name: Mapping[str, Group], order: dict[str, None], above: tuple[str, ...]
) -> None:
    if name in order:
        return
    if name in above:
        cycle = (*above[above.index(name) :], name)
        raise ValueError(f"groups that need each other: {' after '.join(cycle)}")
    for needed in _by_urgency(by_name[name].after, by_name):
        _place(needed, by_name, order, (*above, name))
    order[name] = None


def _by_urgency(names: Iterable[str], by_name: Mapping[str, Group]) -> list[str]:
    return sorted(names, key=lambda name: (by_name[name].priority, name))
