"""Run as root, apart from the tests: which packets pass output and prerouting of a ruleset?

As tests/parse/nftables/deliver.py, for rulesets that may refuse what is sent.
"""

from __future__ import annotations

import ctypes
import json
import socket
import subprocess
import sys

from tests.parse.nftables.deliver import CLONE_NEWNET, Task, numbers, octets


def main() -> None:
    task: Task = json.load(sys.stdin)
    json.dump([delivered(text, task["packets"]) for text in task["texts"]], sys.stdout)


def delivered(text: str, packets: list[tuple[str, str, int, int, int]]) -> list[int]:
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "route", "add", "local", "10.0.0.0/8", "dev", "lo"], check=True)
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
    found: set[int] = set()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender,
    ):
        receiver.setblocking(False)
        for number, packet in enumerate(packets):
            try:
                sender.sendto(octets(number + 1, *packet), (packet[1], 0))
            except PermissionError:
                continue  # the output hook dropped it
            # Loopback delivers before `sendto` returns.
            found.update(numbers(receiver, packet[1]))
    return sorted(number - 1 for number in found)


if __name__ == "__main__":
    main()
