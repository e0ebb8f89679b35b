"""The claims that are to be proved: the runs that they ask for, and what the answers say of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from lessons.client import TrainingFailed
from lessons.report import Report
from story.findings import Finding
from tutor.check import advice, claims
from tutor.check.claims import Case, Claim, Proof
from tutor.check.proving import Answer, Job, TooLong

FIRST_SEED = 1_000_000
"""Of a proof, unless another is asked for: no player's verdict comes so far."""


class Docket:
    """Every claim of some lessons, in order."""

    def __init__(self, cases: Sequence[Case], first_seed: int = FIRST_SEED, seeds: int | None = None) -> None:
        """``seeds`` takes the place of the lessons' own number."""
        self._waiting = deque((case, claim) for case in cases for claim in case.claims)
        self.jobs = [_job(case, claim, first_seed, seeds) for case, claim in self._waiting]
        self._starts: dict[str, Report] = {}
        self._proved: dict[str, list[advice.Proved]] = {case.name: [] for case in cases}

    def take(self, answer: Answer) -> tuple[Case, Claim, Proof | None, list[Finding]]:
        """What the answer to the next job says: the proof of its claim, and what is found once a lesson is complete."""
        case, claim = self._waiting.popleft()
        found, proof = [], None
        if not isinstance(answer, Report):
            found.append(_unproved(case, claim, answer))
        elif claim.label == "start" or case.name in self._starts:  # else that was found when the start failed
            proof = claims.proof(case, claim, answer, self._starts.setdefault(case.name, answer))
            self._proved[case.name].append((claim, proof))
        if claim is case.claims[-1]:
            found += advice.findings(case, self._proved[case.name])
        return case, claim, proof, found


def _job(case: Case, claim: Claim, first_seed: int, seeds: int | None) -> Job:
    count = seeds or case.challenge.seeds
    return Job(claim.recipe, range(first_seed, first_seed + count), patience(case.challenge.time_limit, count))


def patience(time_limit: float, seeds: int) -> float:
    """Seconds after which a run is stopped. The limit is on what a seed uses of a core, and seeds may wait for it."""
    return 30 + 2 * time_limit * seeds


def _unproved(case: Case, claim: Claim, answer: TooLong | TrainingFailed) -> Finding:
    """Why a claim has no proof."""
    if isinstance(answer, TooLong):
        words = f"{case.name}, {claim.label}, was stopped after {answer.args[0]:.0f} s, with all its seeds. "
        words += f"{advice.allowed(case)}"
        return Finding(case.path, claim.line, "error", "time", words)
    words = f"{case.name}, {claim.label}, cannot be trained: {str(answer).rstrip('.')}. Change its settings."
    return Finding(case.path, claim.line, "error", "run", words)
