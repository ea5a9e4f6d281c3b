"""Lists of VLANs as switches print them: sorted, runs joined; Huawei's and H3C's ten a line."""

from __future__ import annotations

from collections.abc import Iterable

VLANS_A_LINE = 10  # single ones and ranges that one line may hold


def vlan_lines(numbers: Iterable[int]) -> tuple[str, ...]:
    """`10 20 to 22`, so many lines as are needed."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(a) if a == b else f"{a} to {b}" for a, b in runs]
    return tuple(
        " ".join(texts[start : start + VLANS_A_LINE])
        for start in range(0, len(texts), VLANS_A_LINE)
    )


def vlan_list(numbers: Iterable[int]) -> str:
    """`10,20-22,80`: sorted, runs joined."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    """Two neighbours are printed by a comma, more by a dash."""
    return f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run))
