"""The full screen, played with keys alone and with real training, to every verdict of both chapters."""

import asyncio
import sys

import pytest

from tests.lab import alive, children, kill, run, until
from tutor.game import Game, Options
from tutor.tui.app import CastleApp

LESSONS = ["blank-page", "first-figures", "dining-hall", "the-feast"]
WIN = {
    "blank-page": {"epochs": 50},
    "first-figures": {"epochs": 10, "lr": 0.001},
    "dining-hall": {"dropout": 0.5},
    "the-feast": {"eval_mode": True},
}


class Player:
    """Plays with keys, by what is on the screen."""

    def __init__(self, app, pilot):
        self.app, self.pilot, self.game = app, pilot, app.game

    async def until(self, condition):
        for _ in range(2000):
            await self.pilot.pause(0.02)
            if condition():
                await self.pilot.pause()
                return
        raise AssertionError(f"still at {self.app.screen} in {self.game.place}: {self.game.message}")

    async def press(self, *keys):
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    def on(self, name):
        return type(self.app.screen).__name__ == name

    async def step(self):
        """One step of the tale: answer what is asked, else take the first choice."""
        if self.game.questions():
            await self.press("1")
            await self.until(lambda: self.on("QuestionScreen"))
            while self.on("QuestionScreen"):
                await self.press("1", "enter")
        else:
            before = self.game.play.state["scene"]
            await self.press("1")
            await self.until(lambda: self.game.play.state["scene"] != before or self.game.ended)
        await self.until(lambda: self.app.standing != "laboratory" or self.on("LaboratoryScreen"))

    async def to_a_lesson(self):
        for _ in range(30):
            if self.game.bench:
                return self.game.play.scene.id
            await self.step()
        raise AssertionError("no lesson in thirty steps")

    async def train(self):
        made = len(self.game.bench._runs)
        await self.press("t")
        await self.until(lambda: len(self.game.bench._runs) > made and not self.game.laboratory.running)

    async def judge(self):
        await self.press("j")
        if self.game.bench.challenge.predict:
            await self.until(lambda: self.on("PredictScreen"))
            if not self.game.bench.challenge.predict.options:
                await self.press(*"0.8", "enter")
            else:
                await self.press("2")
        await self.until(lambda: self.game.verdict is not None and self.on("VerdictScreen"))
        verdict = self.game.verdict
        await self.press("enter")
        await self.until(lambda: self.on("StoryScreen"))
        return verdict

    async def turn(self, name, value):
        """Focus the dial and press keys until it shows the value."""
        offers = self.game.bench.challenge.offers
        place = [o.name for o in offers].index(name)
        dials = list(self.app.screen.query("Dial"))
        while self.app.focused is not dials[place]:
            await self.press("tab")
        await self.press("home")
        for _ in range(len(offers[place].choices)):
            if self.game.bench.settings[name] == value:
                return
            await self.press("right")
        assert self.game.bench.settings[name] == value


def play(test, home, size=(80, 24)):
    async def begin():
        game = Game(Options(home=home))
        app = CastleApp(game)
        try:
            async with app.run_test(size=size) as pilot:
                player = Player(app, pilot)
                await player.until(lambda: game.loaded and game.laboratory.there)
                await test(player)
        finally:
            await game.close()

    run(begin())


def endless(monkeypatch, lab):
    """Make every run so long that the test comes first."""
    real = lab.run
    monkeypatch.setattr(lab, "run", lambda kind, recipe, seeds: real(kind, recipe.turned(epochs=100_000), seeds))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 34)], ids=["80x24", "120x34"])
def test_both_chapters_to_every_pass_and_every_fail(tmp_path, size):
    async def test(player):
        await player.press("2")
        await player.until(lambda: player.on("StoryScreen"))
        for name in LESSONS:
            assert await player.to_a_lesson() == name
            await player.train()
            assert not (await player.judge()).passed  # the start settings fail
            assert player.game.play.scene.lesson is None
            assert await player.to_a_lesson() == name  # and the tale leads back
            for setting, value in WIN[name].items():
                await player.turn(setting, value)
            await player.train()
            verdict = await player.judge()
            assert verdict.passed, verdict.outcomes
            assert len(verdict.report.seeds) == 5 and min(verdict.report.seeds) >= 1000
        while not player.game.ended:
            await player.step()
        assert player.game.play.scene.id == "last-chair" and player.game.chapters()[1].state == "done"

    play(test, tmp_path, size)


def test_the_process_killed_in_a_run_is_said_and_the_run_can_be_repeated(tmp_path, monkeypatch):
    async def test(player):
        await player.press("2")
        await player.until(lambda: player.on("StoryScreen"))
        await player.to_a_lesson()
        lab = player.game.laboratory
        endless(monkeypatch, lab)
        await player.press("t")
        await player.until(lambda: lab.running and lab.running.curves)
        seeds = children(lab._client.pid)
        assert seeds
        kill(lab._client.pid)
        await player.until(lambda: "nothing saved is lost" in player.game.message)
        assert "signal 9" in player.game.message and "died" not in player.game.title
        await until(lambda: not any(map(alive, seeds)))
        await player.until(lambda: "thread" in player.game.lab_words)  # awake again
        monkeypatch.undo()
        await player.train()
        assert player.game.bench.last is not None

    play(test, tmp_path)


def test_the_process_killed_while_nothing_runs_is_said_and_replaced(tmp_path):
    async def test(player):
        lab, app = player.game.laboratory, player.app
        for _ in range(2):
            pid = lab._client.pid
            kill(pid)
            await player.until(lambda: app._notifications and "died (signal 9)" in list(app._notifications)[-1].message)
            await player.until(lambda pid=pid: lab._client.pid not in (None, pid) and "thread" in lab.words)
            app.clear_notifications()

    play(test, tmp_path)


@pytest.mark.parametrize("key", ["s", "ctrl+c"])
def test_stop_keeps_nothing_of_the_run(tmp_path, monkeypatch, key):
    async def test(player):
        await player.press("2")
        await player.until(lambda: player.on("StoryScreen"))
        await player.to_a_lesson()
        endless(monkeypatch, player.game.laboratory)
        await player.press("t")
        await player.until(lambda: player.game.laboratory.running and player.game.laboratory.running.curves)
        await player.press(key)
        await player.until(lambda: not player.game.laboratory.running)
        assert "Stopped" in player.game.message and player.game.bench.locked

    play(test, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_leaving_ends_the_training_process(tmp_path):
    pids = []

    async def test(player):
        pids.append(player.game.laboratory._client.pid)
        assert alive(pids[0])

    play(test, tmp_path)
    asyncio.run(until(lambda: not alive(pids[0])))
