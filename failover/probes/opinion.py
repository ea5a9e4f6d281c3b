"""What several tries say together, so that one lost packet changes nothing. Pure."""

from __future__ import annotations

from collections import deque


class Opinion:
    """Changes when `votes` of the last `of` outcomes are against it.

    Raises:
        ValueError: `votes` is not more than half of `of`: both sides could have them at once.
    """

    __slots__ = ("_outcomes", "_votes", "fit")

    def __init__(self, votes: int, of: int) -> None:
        if not of // 2 < votes <= of:
            raise ValueError(f"{votes} of {of} is no majority")
        self._votes = votes
        self._outcomes: deque[bool] = deque(maxlen=of)
        self.fit: bool | None = None  # None: too few outcomes yet

    def heard(self, *, fine: bool) -> bool:
        """Another outcome; whether the opinion has changed by it."""
        self._outcomes.append(fine)
        if fine is self.fit or self._outcomes.count(fine) < self._votes:
            return False
        self.fit = fine
        return True
