"""What keeps the laboratory from running."""

from __future__ import annotations


class NoLaboratory(Exception):
    """This machine, or this user, cannot have one. `hint`: what a person can do."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


class Stranded(Exception):
    """Something did not come true in time."""
