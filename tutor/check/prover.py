"""Proves one lesson after another, and keeps its training processes awake between them."""

from __future__ import annotations

import asyncio

from lessons.client import Client
from story.findings import Finding
from tutor import home
from tutor.check.claims import Case, Proof
from tutor.check.docket import Docket
from tutor.check.proving import prove, side_by_side


class Prover:
    """For callers without an event loop of their own, such as tests; ``close`` ends the training processes."""

    def __init__(self, device: str = "auto", threads: int = 1) -> None:
        self._device, self._threads = device, threads
        self._loop = asyncio.new_event_loop()
        self._clients: list[Client] = []

    def prove(self, case: Case) -> tuple[list[Proof], list[Finding]]:
        """The proofs of a lesson, and what speaks against it.

        Raises TrainingDied, and TrainingFailed where the machine lacks something.
        """
        docket = Docket([case])
        for _ in range(side_by_side(docket.jobs, self._device) - len(self._clients)):
            self._clients.append(Client(home.lab_log(home.home()), data=home.data()))
        proving = self._loop.create_task(self._prove(docket))
        try:
            return self._loop.run_until_complete(proving)
        except BaseException:  # ctrl+c, most likely: what trains is ended before anything else is
            proving.cancel()
            self._loop.run_until_complete(asyncio.gather(proving, return_exceptions=True))
            raise

    async def _prove(self, docket: Docket) -> tuple[list[Proof], list[Finding]]:
        proofs, findings = [], []
        async for answer in prove(docket.jobs, self._clients, self._device, self._threads):
            _, _, proof, found = docket.take(answer)
            proofs += [proof] if proof else []
            findings += found
        return proofs, findings

    def close(self) -> None:
        """End the training processes."""
        for client in self._clients:
            self._loop.run_until_complete(client.close())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
