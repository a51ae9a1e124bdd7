"""Which sentences the model works on next: earliest deadline first, in batches.

What it is: bookkeeping over numbers, without a clock, a model or a thread. What it is
not: the loop that steps the model; ``worker`` is. A sentence's deadline is when its
listener runs dry; a new sentence's is its arrival plus 100 ms, if that is later, so that
newcomers do not starve those who listen (Liu & Layland 1973 for EDF).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import AtCapacity
from .synthesizer import TICKS_PER_S

NEWCOMER_S = 0.1
"""A new sentence's deadline after its arrival, in seconds."""


@dataclass(slots=True)
class Claim:
    """One sentence's place in the schedule."""

    id: int
    arrived: float
    """Monotonic seconds."""
    dry_at: float
    """Monotonic seconds at which its listener needs its first sample."""
    until: int
    """48 kHz ticks past which nothing may be made yet."""
    phase: str
    """The kind of its next step."""
    made: int = 0
    """48 kHz ticks made so far."""

    @property
    def deadline(self) -> float:
        """When its listener runs dry."""
        if not self.made:
            return max(self.dry_at, self.arrived + NEWCOMER_S)
        return self.dry_at + self.made / TICKS_PER_S

    @property
    def runnable(self) -> bool:
        """Whether a step of it may be made now."""
        return self.made < self.until


class Scheduler:
    """Chooses batches among the sentences under way."""

    def __init__(self, capacity: int, max_batch: int) -> None:
        self._capacity = capacity
        self._max_batch = max_batch
        self._claims: dict[int, Claim] = {}

    def __len__(self) -> int:
        return len(self._claims)

    def add(self, claim: Claim) -> None:
        """Take a sentence in.

        Raises:
            AtCapacity: there are as many as may be.
        """
        if len(self._claims) >= self._capacity:
            raise AtCapacity("sentences", retry_after_s=1.0)
        self._claims[claim.id] = claim

    def demand(self, claim_id: int, dry_at: float, until: int) -> None:
        """Note how far a sentence's listener is; unknown sentences have just ended."""
        if claim := self._claims.get(claim_id):
            claim.dry_at = dry_at
            claim.until = max(claim.until, until)

    def stepped(self, claim_id: int, made: int, phase: str) -> None:
        """Note what a step has made, in ticks from the start, and what comes next."""
        claim = self._claims[claim_id]
        claim.made, claim.phase = made, phase

    def drop(self, claim_id: int) -> None:
        """Forget a sentence: done, failed or cancelled."""
        self._claims.pop(claim_id, None)

    def batch(self) -> list[int]:
        """Choose the sentences of the next step; empty where none may run.

        The most urgent decides the phase; others of that phase go along, urgent first.
        """
        ready = [claim for claim in self._claims.values() if claim.runnable]
        if not ready:
            return []
        ready.sort(key=lambda claim: claim.deadline)
        phase = ready[0].phase
        return [claim.id for claim in ready if claim.phase == phase][: self._max_batch]
