"""The full screen, played with keys alone: every lesson of the tale to a fail and a pass, and some really trained."""

import asyncio
import sys
from types import SimpleNamespace

import pytest

from lessons.settings import SETTINGS
from story.reading import SHIPPED, shipped
from tests.lab import alive, children, kill, run, until
from tests.tutor.endings import Tower
from tutor.game import Game, Options
from tutor.tui.app import CastleApp

pytestmark = pytest.mark.usefixtures("brisk")
SIZES = [(80, 24), (120, 34)]
BY_THE_FIRST_GOAL = SimpleNamespace(goal=lambda bench: bench.challenge.ways[0], narrow=False)


class Player:
    """Plays with keys, by what is on the screen."""

    def __init__(self, app, pilot):
        self.app, self.pilot, self.game = app, pilot, app.game
        self.won = set()

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
        """One step of the tale: answer what is asked, else take the first choice that leads to nothing won."""
        if self.game.questions():
            await self.press("1")
            await self.until(lambda: self.on("QuestionScreen"))
            while self.on("QuestionScreen"):
                await self.press("1", "enter")
        else:
            before = self.game.play.state["scene"]
            open_ = self.game.play._open()
            await self.press(str(next(n for n, choice in enumerate(open_, 1) if choice.scene not in self.won)))
            await self.until(lambda: self.game.play.state["scene"] != before or self.game.ended)
        await self.until(lambda: self.app.standing != "laboratory" or self.on("LaboratoryScreen"))

    async def to_a_lesson(self):
        """The next one in this chapter; None where the chapter is over."""
        chapter = self.game.play.chapter
        for _ in range(30):
            if self.game.ended or self.game.play.chapter is not chapter:
                return None
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
        if predict := self.game.bench.challenge.predict:
            await self.until(lambda: self.on("PredictScreen"))
            if not predict.options:
                await self.press(*f"{self.game.bench.last.means[predict.metric]:.2f}", "enter")
            else:
                await self.press("2")
        await self.until(lambda: self.game.verdict is not None and self.on("VerdictScreen"))
        verdict = self.game.verdict
        await self.press("enter")
        await self.until(lambda: self.on("StoryScreen"))
        return verdict

    async def turn(self, name, value):
        """Focus the dial and press keys until it shows the value."""
        bench, offers = self.game.bench, self.game.bench.challenge.offers
        place = [o.name for o in offers].index(name)
        dial = list(self.app.screen.query("Dial"))[place]
        while (focused := self.app.focused) is not dial:
            await self.press("tab")
            await self.until(lambda focused=focused: self.app.focused is not focused)
        await self.until(lambda: not dial.locked)
        choices = list(offers[place].choices)
        away = choices.index(value) - choices.index(bench.settings[name])
        for _ in range(abs(away)):
            shown = bench.settings[name]
            await self.press("right" if away > 0 else "left")
            await self.until(lambda shown=shown: bench.settings[name] != shown)
        assert bench.settings[name] == value

    async def to_every_verdict(self, fail=True):
        """Each lesson from here to the end of the chapter, failed as it is found and won by its solution."""
        lessons = [scene.id for scene in self.game.play.chapter.scenes if scene.lesson]
        while name := await self.to_a_lesson():
            await self.train()
            if fail:
                verdict = await self.judge()
                assert not verdict.passed
                assert self.game.play.scene.lesson is None
                assert await self.to_a_lesson() == name  # and the tale leads back
            for setting, value in self.game.bench.challenge.ways[0].solution.items():
                await self.turn(setting, SETTINGS[setting].check(value))
            await self.train()
            verdict = await self.judge()
            assert verdict.passed, verdict.outcomes
            assert len(verdict.report.seeds) >= 3 and min(verdict.report.seeds) >= 1000
            self.won.add(name)
        assert self.won == set(lessons)


def play(test, home, size=(80, 24), towers=None, **options):
    """``towers``: what makes a laboratory in which nothing is trained."""

    async def begin():
        game = Game(Options(home=home, **options))
        if towers:
            game.laboratory = towers(game)
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
@pytest.mark.parametrize(
    ("chapter", "size", "after", "fail"),
    [("00-the-knock", SIZES[0], "lines-in-fog", True), ("01-lines-in-fog", SIZES[1], "first-breath", False)],
)
def test_a_chapter_really_trained(tmp_path, chapter, size, after, fail):
    async def test(player):
        await player.press("2")
        await player.until(lambda: player.on("StoryScreen"))
        await player.to_every_verdict(fail)
        assert player.game.play.chapter.id == after and player.game.chapters()[0].state == "done"

    play(test, tmp_path, size, chapter=SHIPPED / f"{chapter}.md", player="lucy")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "size"),
    [pytest.param(path, SIZES[n % 3 == 0], id=path.stem) for n, path in enumerate(shipped())],
)
def test_every_pass_and_every_fail(tmp_path, path, size):
    """Of every chapter, with verdicts that are made up."""

    async def test(player):
        await player.press("2")
        await player.until(lambda: player.on("StoryScreen"))
        await player.to_every_verdict()

    play(test, tmp_path, size, lambda game: Tower(game, BY_THE_FIRST_GOAL), chapter=path, player="jonathan")


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
