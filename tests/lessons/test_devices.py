"""Which device trains: the choice, tested with fakes, and seeds one after another where nothing forks."""

import asyncio
import sys
from types import SimpleNamespace

import pytest
import torch

from lessons import wire
from lessons.client import TrainingDied, TrainingFailed, TrainingStopped
from lessons.jobs import job
from lessons.lab import devices, measuring
from lessons.lab.training import Order, StopTraining, train_seed
from lessons.mistakes import Mistake
from tests.lab import alive, children, client, kill, run, until

SHORT = job("noisy-digits-mlp").recipe.turned(epochs=2, widths=(16,), dropout=0.5)
ELSEWHERE = [
    sys.executable,
    "-c",
    "from lessons.lab import worker; worker.can_fork = worker.can_spawn = lambda device: False; worker.main()",
]
"""A training process that believes that it is alone: on an accelerator, or on Windows."""
SPAWNING = [
    sys.executable,
    "-c",
    "from lessons.lab import worker; worker.can_fork = lambda device: False; worker.main()",
]
"""One that believes that it cannot fork, as on macOS."""


@pytest.fixture
def accelerator(monkeypatch):
    """Pretends that torch finds this accelerator."""

    def pretend(kind):
        monkeypatch.setattr(torch.accelerator, "is_available", lambda: kind is not None)
        monkeypatch.setattr(
            torch.accelerator, "current_accelerator", lambda: SimpleNamespace(type=kind) if kind else None
        )

    return pretend


@pytest.mark.parametrize(
    ("kind", "asked", "chosen"),
    [
        (None, "auto", "cpu"),
        (None, "cpu", "cpu"),
        ("cuda", "auto", "cuda"),
        ("cuda", "cpu", "cpu"),
        ("mps", "auto", "mps"),
        ("mps", "mps", "mps"),
        ("xpu", "auto", "cpu"),  # one that was never tried is not taken unasked
    ],
)
def test_auto_takes_the_accelerator_where_there_is_one(accelerator, kind, asked, chosen):
    accelerator(kind)
    assert devices.choose(asked) == chosen


def test_what_is_not_there_is_lacking_and_what_is_no_device_is_a_mistake(accelerator):
    accelerator("mps")
    with pytest.raises(devices.Lacking, match="There is: mps, cpu"):
        devices.choose("cuda")
    with pytest.raises(Mistake, match="Did you mean 'cuda'"):
        devices.choose("cdua")


def test_an_accelerators_random_state_is_set_back_too(monkeypatch):
    states = {"now": torch.tensor([1])}
    far = SimpleNamespace(
        get_rng_state=lambda: states["now"].clone(), set_rng_state=lambda s: states.update(now=s.clone())
    )
    monkeypatch.setattr(torch, "get_device_module", lambda device: far)
    with measuring.undisturbed(torch.nn.Linear(1, 1), "cuda"):
        states["now"] = torch.tensor([99])
    assert states["now"].item() == 1


def test_measuring_sets_modes_and_buffers_back():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2), torch.nn.Dropout(0.5)).train()
    before = [b.clone() for b in model.buffers()]
    state = torch.get_rng_state()
    with measuring.undisturbed(model, "cpu"):
        model(torch.randn(8, 2))
        model.eval()
    assert all(module.training for module in model.modules())
    assert all(torch.equal(a, b) for a, b in zip(before, model.buffers(), strict=True))
    assert torch.equal(state, torch.get_rng_state())


def numbers(report):
    return {name: values for name, values in report.metrics.items() if name != "seconds"}, report.history


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="compares with forked seeds")
def test_one_after_another_gives_what_forked_seeds_give():
    async def work():
        async with client() as forked:
            first = await forked.train(SHORT, [0, 1, 2], "cpu")
        async with client(command=ELSEWHERE) as single:
            second = await single.train(SHORT, [0, 1, 2], "cpu")
            assert not children(single.pid)
        assert numbers(first) == numbers(second)

    run(work())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="seeds train one after another there")
def test_spawned_seeds_give_the_same_and_their_processes_are_kept():
    async def work():
        async with client(command=ELSEWHERE) as single:
            first = await single.train(SHORT, [0, 1, 2], "cpu")
        async with client(command=SPAWNING) as spawning:
            await spawning.train(SHORT, [0], "cpu")
            assert not children(spawning.pid)  # one seed needs no other process
            second = await spawning.train(SHORT, [0, 1, 2], "cpu")
            kept = children(spawning.pid)
            assert 1 <= len(kept) <= 3
            again = await spawning.train(SHORT, [0, 1, 2], "cpu")
            assert children(spawning.pid) == kept
            assert numbers(first) == numbers(second) == numbers(again)
            looks = [[len(made.views[seed]) for seed in (0, 1, 2)] for made in (first, second)]
            assert looks[0] == looks[1] and looks[0][0] > looks[0][1] == looks[0][2]  # only the first is watched
        await until(lambda: not any(map(alive, kept)))  # they leave with the one that started them

    run(work())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="seeds train one after another there")
def test_spawned_seeds_stop_and_survive_the_death_of_one():
    async def work():
        async with client(command=SPAWNING) as lab:
            recipe = job("noisy-digits-mlp").recipe.turned(epochs=5000)

            async def begin():
                first = asyncio.Event()
                task = asyncio.create_task(
                    lab.train(recipe, [0, 1], "cpu", on_event=lambda e: isinstance(e, wire.Night) and first.set())
                )
                await first.wait()
                return task

            task = await begin()
            pid = lab.pid
            await lab.stop()
            with pytest.raises(TrainingStopped):
                await task
            task = await begin()
            # On Linux the kept processes fork their seed in turn.
            kill(children(lab.pid)[0])
            with pytest.raises(TrainingDied, match=r"trained seed . was ended by signal 9"):
                await task
            await lab.train(SHORT, [0, 1], "cpu")
            assert lab.pid == pid

    run(work())


def test_one_after_another_hears_stop_in_the_middle_of_a_seed():
    async def work():
        async with client(command=ELSEWHERE) as lab:
            first = asyncio.Event()
            recipe = job("noisy-digits-mlp").recipe.turned(epochs=5000)
            task = asyncio.create_task(
                lab.train(recipe, [0, 1], "cpu", on_event=lambda e: isinstance(e, wire.Night) and first.set())
            )
            await first.wait()
            pid = lab.pid
            await lab.stop()
            with pytest.raises(TrainingStopped):
                await task
            await lab.train(SHORT, [0], "cpu")
            assert lab.pid == pid

    run(work())


def test_one_after_another_a_fault_is_said_and_the_process_goes_on():
    broken = (
        "from lessons.lab import worker\n"
        "worker.can_fork = worker.can_spawn = lambda device: False\n"
        "real = worker.train_seed\n"
        "def train(order, *rest):\n"
        "    if order.seed == 13: raise RuntimeError('out of memory')\n"
        "    real(order, *rest)\n"
        "worker.train_seed = train\n"
        "worker.main()\n"
    )

    async def work():
        async with client(command=[sys.executable, "-c", broken]) as lab:
            with pytest.raises(TrainingFailed, match="seed 13 failed: RuntimeError: out of memory"):
                await lab.train(SHORT, [13, 14], "cpu")
            await lab.train(SHORT, [0], "cpu")

    run(work())


def test_a_stop_is_seen_after_the_step_under_way():
    """Not after the epoch, nor after the batch that follows."""
    steps = []

    def stopped():
        steps.append(1)
        return len(steps) >= 5

    with pytest.raises(StopTraining):
        train_seed(Order(1, SHORT, 0), lambda event: None, stopped)
    assert len(steps) == 5
    steps[:] = [1] * 10  # and the hook is gone: other training is not stopped by it
    layer = torch.nn.Linear(1, 1)
    layer.weight.grad = layer.bias.grad = None
    torch.optim.SGD(layer.parameters(), lr=0.1).step()


def test_threads_are_bounded():
    assert devices.require(2) == 2
    for threads in (0, 257):
        with pytest.raises(Mistake, match="1 to 256"):
            devices.require(threads)
