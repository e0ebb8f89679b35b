"""``tutor check``: what training says of a lesson, what is advised, and the forms in which it is told."""

import asyncio
import io
import json
import re
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from lessons.client import TrainingDied, TrainingFailed
from lessons.wire import Night
from story.findings import Finding
from story.reading import read_tale
from tests import trial
from tutor import cli
from tutor.check import claims, folder, proving
from tutor.check.docket import Docket
from tutor.check.facts import facts, words
from tutor.check.results import Results, annotations, junit
from tutor.laboratory import Running
from tutor.walk.playing import _Runs
from tutor.walk.script import read_walk

START, SOLUTION, TRAP = 0.76, 0.90, 0.70


def case_of(tmp_path, old="", new=""):
    """The lesson of the trial chapter, one place of it changed."""
    return next(claims.cases(read_tale([trial.write(tmp_path, old, new)])))


def near(mean, se):
    """Three values with this mean and this standard error."""
    return [mean - se * 3**0.5, mean, mean + se * 3**0.5]


def judged(case, start=(START, 0.004), solution=(SOLUTION, 0.004), trap=(TRAP, 0.004), **rest):
    """The findings on a lesson whose test accuracies (mean, standard error) are these."""
    docket, found = Docket([case]), []
    for claim, answer in zip(case.claims, (start, solution, trap), strict=True):
        if isinstance(answer, tuple):
            answer = trial.report(claim.recipe, {"test_accuracy": near(*answer)}, **rest)
        found += docket.take(answer)[3]
    return found


def test_a_lesson_claims_that_its_start_and_traps_fail_and_its_solution_passes(tmp_path):
    case = case_of(tmp_path)
    assert [(c.label, bool(c.way), c.line) for c in case.claims] == [
        ("start", False, trial.line_of("goal =")),
        ("solution", True, trial.line_of("solution =")),
        ("trap 1", False, trial.line_of("traps =")),
    ]
    assert case.claims[1].recipe.train_size == 1000 and case.name == "trial/room"


def test_claims_that_hold_with_room_leave_nothing_to_say(tmp_path):
    assert judged(case_of(tmp_path)) == []


@pytest.mark.parametrize(
    ("numbers", "severity", "fragment", "says"),
    [
        ({"start": (0.9, 0.004), "solution": (0.95, 0.004)}, "error", "goal =", "start, should fail and passes"),
        (
            {"start": (0.9, 0.004), "solution": (0.95, 0.004)},
            "error",
            "goal =",
            "Raise the goal to test_accuracy >= 0.9",
        ),
        ({"solution": (0.84, 0.004)}, "error", "solution =", "solution, should pass and does not"),
        ({"solution": (0.84, 0.004)}, "error", "solution =", "Lower the goal to test_accuracy >= 0.83,"),
        ({"trap": (0.90, 0.004)}, "error", "traps =", "trap 1, should fail and passes"),
        ({"trap": (0.90, 0.004)}, "error", "traps =", "No number parts the solution from the rest"),
        ({"solution": (0.857, 0.004)}, "warning", "solution =", "passes by 1.7 standard errors, of which the verdict"),
        ({"solution": (0.857, 0.004)}, "warning", "solution =", "Lower the goal to test_accuracy >= 0.84, or raise"),
        ({"trap": (0.848, 0.004)}, "warning", "traps =", "fails by 0.5 standard errors only"),
        ({"trap": (0.849, 0.004)}, "warning", "traps =", "Raise the goal to test_accuracy >= 0.86, or choose"),
    ],
)
def test_a_claim_that_does_not_hold_or_only_just_is_told_with_a_number_that_would(
    tmp_path, numbers, severity, fragment, says
):
    found = [f for f in judged(case_of(tmp_path), **numbers) if says in f.message]
    assert [(f.severity, f.line) for f in found] == [(severity, trial.line_of(fragment))]


def test_advice_moves_the_comparison_that_parts_them(tmp_path):
    """What another comparison keeps out clearly does not stand in the way of a lower demand."""
    case = case_of(tmp_path, 'goal = "test_accuracy >= 0.85"', 'goal = "gap <= 0.1 and test_accuracy >= 0.85"')
    docket, found = Docket([case]), []
    for claim, accuracy, gap in zip(case.claims, (0.88, 0.84, 0.83), (0.5, 0.01, 0.4), strict=True):
        values = {"test_accuracy": near(accuracy, 0.002), "gap": near(gap, 0.002)}
        found += docket.take(trial.report(claim.recipe, values))[3]
    (error,) = found
    assert "Lower the goal to test_accuracy >= 0.83" in error.message


def test_a_ceiling_is_raised_and_not_lowered(tmp_path):
    case = case_of(tmp_path, 'goal = "test_accuracy >= 0.85"', 'goal = "test_loss <= 0.2"')
    docket, found = Docket([case]), []
    for claim, loss in zip(case.claims, (0.9, 0.25, 0.8), strict=True):
        found += docket.take(trial.report(claim.recipe, {"test_loss": near(loss, 0.005)}))[3]
    (error,) = found
    assert "Raise the goal to test_loss <= 0.26" in error.message


def test_divergence_is_an_error_unless_the_trap_says_so(tmp_path):
    gone = {"test_accuracy": [None, None, None]}
    case = case_of(tmp_path)
    (error,) = judged(case, trap=trial.report(case.claims[2].recipe, gone))
    assert (error.rule, error.line) == ("diverged", trial.line_of("traps =")) and "3 of 3 seeds" in error.message
    case = case_of(tmp_path, 'why = "fewer still"', 'why = "fewer still", diverges = true')
    assert judged(case, trap=trial.report(case.claims[2].recipe, gone)) == []
    (warning,) = judged(case)
    assert warning.severity == "warning" and "no seed diverged" in warning.message


def test_the_start_may_leave_the_numbers_on_one_seed_in_ten(tmp_path):
    case = case_of(tmp_path)
    start = case.claims[0].recipe
    lost = [START + 0.001 * n for n in range(19)] + [None]
    assert judged(case, start=trial.report(start, {"test_accuracy": lost})) == []
    (error,) = judged(case, start=trial.report(start, {"test_accuracy": [*lost[2:], None, None]}))
    assert error.rule == "diverged" and "3 of 20 seeds" in error.message


def test_a_run_that_takes_longer_than_it_may_is_an_error(tmp_path):
    slow = judged(case_of(tmp_path), seconds=61.0)
    assert (
        {f.rule for f in slow} == {"time"}
        and len(slow) == 3
        and "took 61.0 s a run. A run may take 60 s" in slow[0].message
    )
    (stopped,) = judged(case_of(tmp_path), solution=proving.TooLong(390.0))
    assert stopped.line == trial.line_of("solution =") and "was stopped after 390 s" in stopped.message


def test_a_start_that_cannot_be_trained_leaves_nothing_to_compare_with(tmp_path):
    (error,) = judged(case_of(tmp_path), start=TrainingFailed("the rows do not fit."))
    assert error.rule == "run" and "cannot be trained: the rows do not fit. Change" in error.message


class Stand:
    """A client that answers after a night of each seed, or fails as told; notes what it was asked for."""

    def __init__(self, *fates):
        self.fates, self.asked = list(fates), []

    async def train(self, recipe, seeds, device, threads, take):
        self.asked.append(recipe.train_size)
        await asyncio.sleep(0)
        fate = self.fates.pop(0) if self.fates else None
        if fate == "hang":
            await asyncio.sleep(60)
        if isinstance(fate, Exception):
            raise fate
        for seed in seeds:
            take(Night(1, seed, 1, {}))
        return trial.report(recipe, {"test_accuracy": [0.5] * len(seeds)})


def gather(jobs, *clients, told=None):
    async def main():
        take = lambda *words: told is None or told.append(words)  # noqa: E731
        return [answer async for answer in proving.prove(jobs, clients, "cpu", 1, take)]

    return asyncio.run(main())


def test_clients_share_the_work_and_answers_come_in_its_order(tmp_path):
    jobs = [*Docket([case_of(tmp_path)]).jobs] * 3
    one, two, told = Stand(), Stand(), []
    answers = gather(jobs, one, two, told=told)
    assert [a.recipe for a in answers] == [job.recipe for job in jobs]
    assert one.asked and two.asked and len(one.asked) + len(two.asked) == len(jobs)
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_progress_names_the_first_run_that_is_not_finished_and_its_night(tmp_path):
    jobs, told = Docket([case_of(tmp_path)], seeds=2).jobs, []
    epochs = jobs[0].recipe.epochs
    gather(jobs, Stand(), told=told)
    assert [words for _, words in told[:4]] == [
        f"run 1 of 3, night 0 of {epochs}",
        f"run 1 of 3, night 1 of {epochs}",
        f"run 2 of 3, night 0 of {epochs}",
        f"run 2 of 3, night 0 of {epochs}",
    ]
    assert told[0][0] == 1 / (6 * epochs) and told[2][0] == 1 / 3 and told[-1][1].startswith("run 3 of 3")


def test_a_walk_says_how_much_of_its_real_runs_is_done(tmp_path):
    path = trial.write(tmp_path).with_suffix(".walk")
    path.write_text("> train\nlocked\n> set train_size 1000\n> judge\nPassed\n")
    recipe = case_of(tmp_path).claims[0].recipe
    bench, told = SimpleNamespace(running=None), []
    runs = _Runs(read_walk(path), bench, lambda *words: told.append(words))
    runs.tell()
    for seeds in ((1,), (2, 3)):
        bench.running = Running("practice", recipe, seeds)
        for epoch in (5, recipe.epochs):
            for seed in seeds:
                bench.running.take(Night(1, seed, epoch, {}))
            runs.tell()
    nights = [f"night 5 of {recipe.epochs}", f"night {recipe.epochs} of {recipe.epochs}"]
    assert told == list(zip((2.5 / recipe.epochs, 0.5, 0.5 + 2.5 / recipe.epochs, 1.0), nights * 2, strict=True))


class Dumb(io.StringIO):
    """A terminal that cannot draw."""

    def isatty(self):
        return True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (
            "check {folder} --seeds 1",
            [
                "proving ...",
                *(r"proving, run [1-3] of 3, night \d+ of 4: \d+%(, .* left)?",) * 5,
                "playing ...",
                *(r"playing, walk 1 of 1, night \d of 4: \d+%(, .* left)?",) * 4,
            ],
        ),
        (
            "run circles --with epochs=5 --with lr=0.1 --goal 'test_accuracy >= start.test_accuracy'",
            ["training ...", *(r"training, run [12] of 2, night \d+ of (30|5): \d+%(, .* left)?",) * 5],
        ),
    ],
)
def test_what_trains_tells_its_nights_on_a_terminal_and_keeps_them_out_of_json(
    tmp_path, monkeypatch, capsys, command, lines
):
    folder = tmp_path / "tale"
    folder.mkdir()
    trial.write(folder, "epochs = 20", "epochs = 4").with_suffix(".walk").write_text("> train\nlast\n")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stderr", Dumb())
    cli.run([*shlex.split(command.format(folder=folder)), "--json", "--device", "cpu"])
    told = sys.stderr.getvalue().splitlines()
    assert len(told) == len(lines) and all(map(re.fullmatch, lines, told)), told
    assert isinstance(json.loads(capsys.readouterr().out), dict)


def test_a_process_that_dies_once_is_asked_again_and_one_that_dies_twice_ends_the_check(tmp_path):
    jobs = Docket([case_of(tmp_path)]).jobs
    assert len(gather(jobs, Stand(TrainingDied("gone")))) == 3
    with pytest.raises(TrainingDied):
        gather(jobs, Stand(TrainingDied("gone"), TrainingDied("gone")))


def test_a_run_without_end_is_stopped_and_the_others_go_on(tmp_path):
    job = Docket([case_of(tmp_path)]).jobs[0]
    hasty = proving.Job(job.recipe, job.seeds, 0.01)
    first, second = gather([hasty, job], Stand("hang"))
    assert isinstance(first, proving.TooLong) and second.recipe == job.recipe


def test_what_the_machine_lacks_ends_the_check_and_what_cannot_be_trained_does_not(tmp_path):
    jobs = Docket([case_of(tmp_path)]).jobs
    answers = gather(jobs, Stand(TrainingFailed("no")))
    assert isinstance(answers[0], TrainingFailed) and len(answers) == 3
    with pytest.raises(TrainingFailed):
        gather(jobs, Stand(TrainingFailed("no cuda", lacks=True)))


def test_the_cores_decide_how_many_train_side_by_side(tmp_path, monkeypatch):
    jobs = Docket([case_of(tmp_path)], seeds=5).jobs
    for cores, wanted in ((1, 1), (5, 1), (6, 2), (16, 3), (64, 3)):
        monkeypatch.setattr(proving, "cores", lambda cores=cores: cores)
        assert proving.side_by_side(jobs, "auto") == wanted, cores
    assert proving.side_by_side(jobs, "cuda") == 1 and proving.side_by_side([], "cpu") == 1


def test_a_folder_holds_chapters_and_what_they_use(tmp_path):
    path = trial.write(tmp_path)
    for name in ("README.md", "trial.walk", ".hidden"):
        (tmp_path / name).write_text("x")
    tale = read_tale([path])
    assert list(folder.unexpected([tmp_path], tale)) == []
    for name in ("notes.docx", "guests.csv", "spare.toml", "broken.toml"):
        (tmp_path / name).write_text('title = "a"\nwords = "b"\n' + ("lr = -1" if name == "broken.toml" else ""))
    (tmp_path / "more").mkdir()
    found = {f.path.name: f for f in folder.unexpected([tmp_path], tale)}
    assert set(found) == {"notes.docx", "guests.csv", "spare.toml", "broken.toml", "more"}
    assert found["broken.toml"].severity == "error" and "lr cannot be -1" in found["broken.toml"].message
    assert "does not belong" in found["notes.docx"].message and 'data = "guests.csv"' in found["guests.csv"].message
    assert 'job = "spare"' in found["spare.toml"].message
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("x")
    assert len(list(folder.unexpected([tmp_path], tale))) == folder.MOST + 1


def test_a_chapter_is_counted(tmp_path):
    tale = read_tale([trial.write(tmp_path)])
    fact = facts(tale, tale.chapters[0])
    assert fact["words_before_first_run"] == 2 and fact["lessons"] == {
        "room": {"settings": 6, "clicks_to_solution": 1, "clicks_to_try_all": 5}
    }
    assert "6 combinations; solution 1 click away, all of them 5 clicks" in "\n".join(words(fact))


def results(tmp_path):
    """What a check of the trial chapter might have found."""
    case = case_of(tmp_path)
    docket = Docket([case])
    found = Results([case.path], findings=[Finding(case.path, 3, "warning", "words", "many, 100%: \x1b[31m<words>")])
    for claim, accuracy in zip(case.claims, (START, 0.84, TRAP), strict=True):
        _, _, proof, findings = docket.take(trial.report(claim.recipe, {"test_accuracy": near(accuracy, 0.004)}))
        found.proofs.append((case.path, proof))
        found.findings += findings
    return found


def test_the_json_says_what_was_found(tmp_path):
    found = results(tmp_path)
    said = json.loads(json.dumps(found.to_dict(strict=False), allow_nan=False))
    assert not said["passed"] and said["broken_off"] == ""
    assert [(p["label"], p["holds"]) for p in said["proofs"]] == [
        ("start", True),
        ("solution", False),
        ("trap 1", True),
    ]
    assert said["proofs"][1]["metrics"]["test_accuracy"]["mean"] == pytest.approx(0.84)
    assert {f["severity"] for f in said["findings"]} == {"error", "warning"}


def test_junit_has_a_case_for_the_text_and_for_each_claim(tmp_path):
    (suite,) = ElementTree.fromstring(junit(results(tmp_path), strict=False))
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    cases = {case.get("name"): case for case in suite}
    assert set(cases) == {"room: start fails", "room: solution fails", "room: trap 1 fails", "text"}
    assert "should pass and does not" in cases["room: solution fails"].find("failure").get("message")
    assert "many, 100%" in cases["text"].find("system-out").text and cases["text"].find("failure") is None
    (suite,) = ElementTree.fromstring(junit(results(tmp_path), strict=True))
    assert suite.get("failures") == "2"


def test_junit_of_a_check_that_was_broken_off_is_an_error(tmp_path):
    found = results(tmp_path)
    found.broken_off = "interrupted"
    root = ElementTree.fromstring(junit(found, strict=False))
    assert root.find(".//error").get("message") == "interrupted" and not found.passed()


def test_annotations_are_told_from_the_repository_on_and_escaped(tmp_path):
    finding = Finding(tmp_path / "a,b" / "trial.md", 7, "warning", "words", "100%\nmore: so")
    assert list(annotations([finding], tmp_path)) == [
        "::warning file=a%2Cb/trial.md,line=7,title=words::100%25%0Amore: so"
    ]
    note = Finding(Path("/elsewhere/x.md"), 1, "note", "full", "m")
    assert list(annotations([note], tmp_path)) == ["::notice file=/elsewhere/x.md,line=1,title=full::m"]


def test_one_seed_is_luck_until_shown_otherwise(tmp_path):
    docket, found = Docket([case_of(tmp_path)], seeds=1), []
    for claim, accuracy in zip(case_of(tmp_path).claims, (0.7, 0.9, 0.6), strict=True):
        found += docket.take(trial.report(claim.recipe, {"test_accuracy": [accuracy]}))[3]
    (warning,) = found
    assert (warning.severity, warning.rule) == ("warning", "luck") and "seeds = 5" in warning.message


def test_a_claim_that_could_not_be_trained_is_a_case_of_its_own(tmp_path):
    case = case_of(tmp_path)
    docket, found = Docket([case]), Results([case.path])
    for answer in (proving.TooLong(390.0), TrainingFailed("no"), TrainingFailed("no")):
        _, claim, _, findings = docket.take(answer)
        found.unproved.append((case.path, case.name, claim.label))
        found.findings += findings
    root = ElementTree.fromstring(junit(found, strict=False))
    assert (root.get("tests"), root.get("failures"), root.get("time")) == ("4", "3", "0.000")
    names = {case.get("name"): case.find("failure") is not None for case in root.iter("testcase")}
    assert names == {"room: start": True, "room: solution": True, "room: trap 1": True, "text": False}
