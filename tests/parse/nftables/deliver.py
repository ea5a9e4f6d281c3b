"""Run as root, apart from the tests: which packets does the kernel let in?

Each ruleset gets a network namespace of its own, so that no connection is known from before.

Reads {"texts": [...], "packets": [[source, destination, protocol, source_port, port], ...]} as JSON
and prints, for each ruleset, the numbers of the packets that came through its input hook.
"""

from __future__ import annotations

import ctypes
import json
import socket
import struct
import subprocess
import sys
from typing import TypedDict

CLONE_NEWNET = 0x40000000
TTL = 77
PROTOCOLS = (socket.IPPROTO_ICMP, socket.IPPROTO_TCP, socket.IPPROTO_UDP)


class Task(TypedDict):
    texts: list[str]
    packets: list[tuple[str, str, int, int, int]]


def main() -> None:
    task: Task = json.load(sys.stdin)
    json.dump([delivered(text, task["packets"]) for text in task["texts"]], sys.stdout)


def delivered(text: str, packets: list[tuple[str, str, int, int, int]]) -> list[int]:
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # Every address is ours: the packets come back by the loopback interface.
    subprocess.run(["ip", "route", "add", "local", "10.0.0.0/8", "dev", "lo"], check=True)
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
    receivers = [socket.socket(socket.AF_INET, socket.SOCK_RAW, number) for number in PROTOCOLS]
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    found = set()
    for number, packet in enumerate(packets):
        sender.sendto(octets(number + 1, *packet), (packet[1], 0))
        # Loopback delivers before `sendto` returns.
        for receiver in receivers:
            receiver.setblocking(False)
            found.update(numbers(receiver, packet[1]))
    for one in (*receivers, sender):
        one.close()
    return sorted(number - 1 for number in found if number <= len(packets))


def numbers(receiver: socket.socket, destination: str) -> list[int]:
    """IP identifications of what waits at a socket, answers of the kernel left out."""
    result: list[int] = []
    while True:
        try:
            data = receiver.recv(200)
        except BlockingIOError:
            return result
        if socket.inet_ntoa(data[16:20]) == destination and data[8] == TTL:
            result.append(struct.unpack_from("!H", data, 4)[0])


def octets(
    number: int, source: str, destination: str, protocol: int, source_port: int, port: int
) -> bytes:
    """An IPv4 packet; for ICMP the port is type << 8 | code."""
    match protocol:
        case socket.IPPROTO_TCP:
            inner = struct.pack("!HHIIBBHHH", source_port, port, number, 0, 5 << 4, 2, 1024, 0, 0)
        case socket.IPPROTO_UDP:
            inner = struct.pack("!HHHH", source_port, port, 8, 0)
        case _:
            # The identifier makes each request a connection of its own; port + number < 0xFFFF.
            inner = struct.pack("!HHHH", port, 0xFFFF - port - number, number, 0)
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(inner), number, 0, TTL, protocol, 0,
        socket.inet_aton(source), socket.inet_aton(destination),
    )  # fmt: skip
    return head + inner


if __name__ == "__main__":
    main()
