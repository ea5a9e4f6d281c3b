"""What keeps a process from starting, or ends it: a sentence and a mend."""

from __future__ import annotations


class CannotRun(Exception):
    """`problem` names the place; `hint`: what a person can do, or nothing."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
