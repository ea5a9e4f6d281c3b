"""The faults that Patroni is shown, and what it makes of them. Seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from benchmarks.failover.peers.outcome import Run
from benchmarks.failover.peers.patroni import DATABASE, Patroni
from benchmarks.failover.peers.writing import (
    EVERY_S,
    ROWS,
    TABLE,
    Writer,
    connect,
    longest_gap_s,
    writing,
)
from failover.laboratory.network import CENTRES, HEALTH, HOSPITAL

STEADY_S = 2.0  # of writing before a fault
TAKES_S_MAX = 50.0  # more than `ttl` + `loop_wait` + an election
FREEZES_ON_S = 2.0  # after the take-over
AFTER_S = 6.0  # it is watched on
REGISTER_STOPPED_S = 30.0
LOCAL = "a client in dc-a"
REGISTER_STOPPED = "register stopped: longest time without an accepted write"


class Clients:
    """One at the hospital for each centre, and one within dc-a."""

    def __init__(self, peer: Patroni) -> None:
        hospital = peer.lab.space(HOSPITAL)
        port = str(DATABASE)
        self.at = {
            centre: Writer(f"to {centre}", hospital, {"host": HEALTH[centre], "port": port})
            for centre in CENTRES
        }
        self.local = Writer(LOCAL, peer.lab.space("dc-a"), _local(peer, "dc-a"))

    @property
    def hospital(self) -> tuple[Writer, ...]:
        """Those outside the centres."""
        return tuple(self.at.values())

    @property
    def old_owner(self) -> tuple[Writer, Writer]:
        """Those that write at dc-a."""
        return self.at["dc-a"], self.local


@contextmanager
def clients(peer: Patroni, number: int, count: int) -> Iterator[Clients]:
    """They write, and have for a while. The moment is another part of Patroni's turn each run."""
    with connect(_local(peer, "dc-a")) as connection:
        connection.execute(TABLE)
    found = Clients(peer)
    with writing(*found.hospital, found.local):
        begun_s = monotonic()
        peer.lab.wait_until(
            "all clients write", lambda: all(each.since(begun_s) for each in found.old_owner)
        )
        peer.lab.pause(STEADY_S + peer.timing.loop_wait * number / count)
        yield found


def centre_lost(peer: Patroni, found: Clients) -> Run:
    """Until the first write that the other centre accepts; dc-a runs on, cut off."""
    watches = peer.lost_watches("dc-b")
    began_s = monotonic()
    peer.lab.lose("dc-a")
    taken_s = _first_s(peer, found, began_s)
    local = found.local.since(began_s)
    on_s = max(local, default=began_s) - began_s
    hung = "; dc-b's watch hung at the lost member" if peer.lost_watches("dc-b") > watches else ""
    return Run(
        seconds=taken_s,
        split_s=_split_s(found, began_s),
        note=f"dc-a, cut off, acknowledged {len(local)} writes in {on_s:.1f} s{hung}",
    )


def fibre_cut(peer: Patroni, found: Clients) -> Run:
    """The longest time without an accepted write, during the cut and after it."""
    began_s = monotonic()
    stands_s = peer.timing.ttl + peer.timing.loop_wait + 2.0
    peer.cut_fibre()
    peer.lab.pause(stands_s)
    moved = peer.leads("dc-b")
    peer.heal_fibre()
    peer.lab.pause(AFTER_S)
    moved_after = peer.leads("dc-b")
    return Run(
        seconds=longest_gap_s(found.hospital, began_s, monotonic()),
        split_s=_split_s(found, began_s),
        note=f"cut for {stands_s:.0f} s: {'dc-b leads' if moved else 'nothing moved'}; "
        f"after the heal {'dc-b leads' if moved_after else 'nothing moved'}; "
        f"dc-b accepted {len(found.at['dc-b'].since(began_s))} writes",
    )


def owner_frozen(peer: Patroni, found: Clients) -> Run:
    """Until the first write that the other centre accepts; then Patroni and PostgreSQL thaw."""
    began_s = monotonic()
    frozen = peer.freeze("dc-a")
    taken_s = _first_s(peer, found, began_s)
    peer.lab.pause(FREEZES_ON_S)
    thawed_s = monotonic()
    frozen.thaw()
    peer.lab.pause(AFTER_S)
    stale = sum(len(each.since(thawed_s)) for each in found.old_owner)
    return Run(
        seconds=taken_s,
        split_s=_split_s(found, began_s),
        note=f"{stale} writes acknowledged by dc-a after the thaw; leader then: "
        f"{_gone(peer, found)}",
    )


def register_stopped(peer: Patroni, found: Clients) -> Run:
    """The longest time without an accepted write, up to the first one after the register's way."""
    began_s = monotonic()
    peer.stop_register()
    peer.lab.pause(REGISTER_STOPPED_S)
    back_s = monotonic()
    peer.start_register()
    peer.lab.wait_until(
        "writes are accepted again",
        lambda: any(each.since(back_s) for each in found.hospital),
        TAKES_S_MAX,
    )
    peer.lab.pause(AFTER_S)
    return Run(
        seconds=longest_gap_s(found.hospital, began_s, monotonic()),
        split_s=_split_s(found, began_s),
        note=f"register away for {REGISTER_STOPPED_S:.0f} s; then {_leader(peer)} leads",
    )


FAULTS: Mapping[str, Callable[[Patroni, Clients], Run]] = {
    "centre lost → first accepted write at the other": centre_lost,
    "fibre cut: longest time without an accepted write": fibre_cut,
    "owner frozen, thawed: freeze → first accepted write at the other": owner_frozen,
    REGISTER_STOPPED: register_stopped,
}


def _first_s(peer: Patroni, found: Clients, since_s: float) -> float | None:
    """From a moment to dc-b's first accepted write; None if there is none in time."""
    while monotonic() < since_s + TAKES_S_MAX:
        if written := found.at["dc-b"].since(since_s):
            return written[0] - since_s
        peer.lab.pause(0.02)
    return None


def _split_s(found: Clients, since_s: float) -> float:
    """How long dc-a acknowledged writes while dc-b did too: between its first and its last."""
    taken = found.at["dc-b"].since(since_s)
    if not taken:
        return 0.0
    both = [at_s for each in found.old_owner for at_s in each.since(taken[0]) if at_s <= taken[-1]]
    return max(both) - min(both) + EVERY_S if both else 0.0


def _gone(peer: Patroni, found: Clients) -> str:
    """How many writes that dc-b acknowledged the leader does not have."""
    leader = _leader(peer)
    if leader not in CENTRES:
        return "nobody"
    writer = found.at["dc-b"]
    acknowledged = [number for _, number in tuple(writer.acknowledged)]
    with connect(_local(peer, leader)) as connection:
        kept = {row[0] for row in connection.execute(ROWS, (writer.name,))}
    gone = sum(number not in kept for number in acknowledged)
    return f"{leader}, without {gone} of the {len(acknowledged)} writes that dc-b acknowledged"


def _local(peer: Patroni, centre: str) -> dict[str, str]:
    """A centre's local socket, which no namespace hides."""
    return {"host": str(peer.socket(centre)), "port": str(DATABASE)}


def _leader(peer: Patroni) -> str:
    return " and ".join(centre for centre in CENTRES if peer.leads(centre)) or "nobody"
