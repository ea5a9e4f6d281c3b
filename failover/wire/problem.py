"""What keeps a process from starting: the place and the mend, as everywhere."""

from __future__ import annotations


class WireProblem(Exception):
    """Wrong keys, a name that the plan does not have, an address that cannot be bound."""

    def __init__(self, place: str, message: str, hint: str = "") -> None:
        super().__init__(f"{place}: {message}" + (f"\nhint: {hint}" if hint else ""))
        self.place = place
        self.message = message
        self.hint = hint
