"""What agents, witness and observers say to each other: sealed UDP datagrams. ADR-0019.

    centre, witness, observer   the endpoint of each process
    post                        sockets, door and counts that all three have
    door, lives                 who may come in, and whether it is he who speaks now
    envelope, *_code, octets    bytes
    keys                        the file of keys; directory: who speaks from where

Standard library, and what the core and the plan file say. No names are looked up.
"""

from failover.wire.centre import CentreEndpoint, Told
from failover.wire.keys import Keyring, fresh_key, read_keyring
from failover.wire.observer import ObserverEndpoint
from failover.wire.post import Outside, Post, boot_time_s
from failover.wire.problem import WireProblem
from failover.wire.refusal import Counts, Reason
from failover.wire.witness import WitnessEndpoint

__all__ = [
    "CentreEndpoint",
    "Counts",
    "Keyring",
    "ObserverEndpoint",
    "Outside",
    "Post",
    "Reason",
    "Told",
    "WireProblem",
    "WitnessEndpoint",
    "boot_time_s",
    "fresh_key",
    "read_keyring",
]
