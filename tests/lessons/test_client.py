"""The line to the training process: killed, stopped, orphaned, and always mended."""

import asyncio
import os
import sys
import textwrap

import pytest

from lessons import wire
from lessons.client import Client, TrainingDied, TrainingStopped
from lessons.jobs import job
from tests.lab import alive, children, client, kill, run, until

LONG = job("noisy-digits-mlp").recipe.turned(epochs=5000)
SHORT = job("clean-digits").recipe.turned(epochs=1)

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def begin(lab, recipe, seeds):
    """Start a run; the task, and an event that is set by its first point."""
    first = asyncio.Event()

    def see(event):
        if isinstance(event, wire.Night):
            first.set()

    return asyncio.create_task(lab.train(recipe, seeds, "cpu", on_event=see)), first


@pytest.mark.slow
@linux
def test_a_killed_process_is_noticed_and_replaced_and_leaves_no_orphan():
    deaths = []

    async def work():
        async with client(on_death=deaths.append) as lab:
            task, first = begin(lab, LONG, [0, 1])
            await first.wait()
            pid, seeds = lab.pid, children(lab.pid)
            assert seeds
            kill(pid)
            with pytest.raises(TrainingDied, match="signal 9"):
                await task
            await until(lambda: not any(alive(seed) for seed in seeds))
            report = await lab.train(SHORT, [0], "cpu")  # the run can be repeated at once
            assert report.metrics["test_accuracy"][0] > 0 and lab.pid != pid

    run(work())
    assert deaths == ["signal 9"]


@pytest.mark.slow
@linux
def test_a_killed_seed_fails_the_run_and_the_process_goes_on():
    async def work():
        async with client() as lab:
            pid = lab.pid
            task, first = begin(lab, LONG, [0, 1])
            await first.wait()
            kill(children(pid)[0])
            with pytest.raises(TrainingDied, match="ended by signal 9"):
                await task
            await until(lambda: not children(pid))
            await lab.train(SHORT, [0], "cpu")
            assert lab.pid == pid

    run(work())


@pytest.mark.slow
def test_stop_ends_the_run_and_nothing_else():
    async def work():
        async with client() as lab:
            pid = lab.pid
            task, first = begin(lab, LONG, [0, 1, 2])
            await first.wait()
            await lab.stop()
            with pytest.raises(TrainingStopped):
                await task
            assert lab.pid == pid
            if sys.platform == "linux":
                await until(lambda: not children(pid))
            await lab.train(SHORT, [0], "cpu")

    run(work())


@pytest.mark.slow
@linux
def test_a_cancelled_run_is_stopped_too():
    async def work():
        async with client() as lab:
            task, first = begin(lab, LONG, [0])
            await first.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: not children(lab.pid))

    run(work())


@pytest.mark.slow
@linux
def test_no_process_survives_close():
    async def work():
        async with client() as lab:
            task, first = begin(lab, LONG, [0, 1])
            await first.wait()
            pids = [lab.pid, *children(lab.pid)]
            await lab.close()
            await until(lambda: not any(map(alive, pids)))
            with pytest.raises(TrainingDied):
                await task

    run(work())


@pytest.mark.slow
@linux
def test_no_process_survives_a_killed_screen(tmp_path):
    """A screen that is killed in the middle of a verdict leaves nothing behind."""
    script = tmp_path / "screen.py"
    script.write_text(
        textwrap.dedent("""\
        import asyncio
        from lessons.client import Client
        from lessons.jobs import job

        async def main():
            lab = Client()
            await lab.start()
            print(lab.pid, flush=True)
            await lab.train(job("noisy-digits-mlp").recipe.turned(epochs=5000), [0, 1], "cpu")

        asyncio.run(main())
        """)
    )

    async def work():
        screen = await asyncio.create_subprocess_exec(
            sys.executable, str(script), stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.getcwd()}
        )
        try:
            lab = int(await screen.stdout.readline())
            await until(lambda: len(children(lab)) == min(2, len(os.sched_getaffinity(0))))
            pids = [lab, *children(lab)]
            screen.kill()
            await until(lambda: not any(map(alive, pids)))
        finally:
            if screen.returncode is None:
                screen.kill()
            await screen.wait()

    run(work())


def test_runs_wait_for_their_turn():
    async def work():
        async with client() as lab:
            reports = await asyncio.gather(*(lab.train(SHORT, [seed], "cpu") for seed in range(3)))
            assert [r.seeds for r in reports] == [(0,), (1,), (2,)]

    run(work())


def test_a_process_that_does_not_start_says_so():
    async def work():
        lab = Client(command=[sys.executable, "-c", "raise SystemExit(5)"])
        try:
            with pytest.raises(TrainingDied, match="exit code 5"):
                await lab.start()
        finally:
            await lab.close()

    run(work())


def test_its_complaints_go_to_a_log(tmp_path):
    log = tmp_path / "logs" / "training.log"

    async def work():
        lab = Client(log, command=[sys.executable, "-c", "import sys; sys.exit('the torch is out')"])
        with pytest.raises(TrainingDied):
            await lab.start()
        await lab.close()

    run(work())
    assert "the torch is out" in log.read_text()
