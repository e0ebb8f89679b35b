"""Runs for a journal: four of one lesson, and curves for two of them."""

import asyncio
from dataclasses import replace

from tutor.journal import Journal


def practise(game, **settings):
    for name, value in settings.items():
        game.bench.turn(name, value)
    asyncio.run(game.practise())


def judge(game, **settings):
    for name, value in settings.items():
        game.bench.turn(name, value)
    asyncio.run(game.judge())
    game.go_on()
    while game.bench is None and game.undo():
        pass


def four_runs(game):
    """A journal of practice as found, practice with dropout, a verdict that fails, one that passes."""
    practise(game)
    practise(game, dropout=0.5)
    judge(game, dropout=0.9)
    judge(game, dropout=0.5, epochs=10)
    return Journal(game.book, game.tale)


def curved(journal):
    """The same journal, in which both runs of practice were measured after three nights."""
    for number, curve in ((1, [0.3, 0.5, 0.4]), (2, [0.1, 0.2, 0.6])):
        made = journal.report(number)
        columns = {"epoch": [1, 2, 3], "validation_accuracy": curve, "train_accuracy": [0.4, 0.8, 1.0]}
        journal._reports[number] = replace(made, history=dict.fromkeys(made.seeds, columns))
        curve_of = {"curve": tuple(curve), "curve_of": "validation_accuracy"}
        journal._all[number] = replace(journal._all[number], **curve_of)
    return journal
