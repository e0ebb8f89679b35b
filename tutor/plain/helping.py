"""What ``help`` says: the words that may be typed, what each of them does, and the pages."""

from __future__ import annotations

from pathlib import Path

from tutor.pages import pages, spoken
from tutor.plain.teller import Teller

TALE = """\
Type the number of what you want to do, or:
  look            tell this scene again, all of it
  back            take the last step back
  gate            to the gate; Continue leads here again
  review          what was asked on earlier evenings, asked again
  journal [WORD]  every run so far; journal help says what may be asked
  map [NUMBER]    the rooms of the castle, or what is known of one
  go NUMBER       into a room that is open
  grimoire        the pages that were won, to be read, or written to a file
  laboratory      free play: every setting open on every data set, without a story
  preferences     what trains, colours, pace; preferences NAME VALUE changes one
  help [WORD]     this page, or what a word of it does, or another page
  quit            leave; everything is saved"""
BENCH = """\
In a laboratory also:
  train           practise on one seed; ctrl+c ends a run
  judge           ask for the verdict: five fresh seeds
  set NAME VALUE  turn a setting
  predict WORD    commit to a prediction
  settings        what can be turned, and the goal
  settings WORD   what the settings do that are called so
  measures        what was measured in the last run, and what it means
  curves [NAME]   how the last run went, night by night
  picture [NAME]  the network of the last run, drawn; or picture all, or picture words
  code [all]      the program as it stands, or all of it
  why             the theory, after the first run
  hint            open a hint; each run that misses the goal earns one
  hints           those that are open, again
  export FILE.py  write the program to a file
  share           a line that makes the last run again"""
ELSE = "A laboratory has more commands; help names them there."
FREE = """\
In free play:
  train           practise on one seed; ctrl+c ends a run
  judge           train five fresh seeds: mean and error
  set NAME VALUE  any value that it can have
  reset [NAME]    one setting as at the start, or all
  settings        how everything stands
  settings WORDS  what the settings do that are called so, and what they may be; or settings turned
  measures        what was measured in the last run, and what it means
  curves [NAME]   how the last run went, night by night
  picture [NAME]  the network of the last run, drawn; or picture all, or picture words
  code [all]      the experiment as it stands, or the whole program
  export FILE.py  write it to a file
  share           a line that makes the last run again
  journal [WORD]  every run so far; journal help says what may be asked
  map [NUMBER]    the rooms of the castle, or what is known of one
  grimoire        the pages that were won, to be read, or written to a file
  review          what was asked on earlier evenings, asked again
  preferences     what trains, colours, pace; preferences NAME VALUE changes one
  laboratory NAME another experiment; laboratory about NAME tells of it first
  leave           back to where you were
  quit            leave the castle; everything is saved
  help [WORD]     this page, or what a word of it does, or another page"""

MORE = {
    "map": """\
Each chapter is a room. map names them all, with what each is: done, open, locked, or where you are. map 5 says what \
is taught there, how long it takes, what your best verdicts were, and what opens a locked room. go 5 leads in; from \
the middle of a chapter you are asked first, for your place in it is given up. Runs and pages are kept.""",
    "grimoire": """\
A page is won for each technique. grimoire names them, grimoire 2 reads one: what it does, its line of PyTorch, and \
your best run as evidence. grimoire my_grimoire.py writes them all as one program that checks itself.""",
    "review": """\
What you were asked on earlier evenings comes back: soon after a wrong answer, later after a right one. Type the \
number of an answer; leave ends it, and what is left stays due.""",
    "laboratory": """\
laboratory tells how many experiments of free play there are for which data; laboratory all lists them, and \
laboratory dropout those with that word about them. laboratory moons takes up the one of that name, laboratory 3 the \
third; laboratory about 3 tells of it first. It takes a share code, too, and a table of your own, such as laboratory \
guests.csv. leave leads back to where you were.""",
    "settings": """\
settings tells what can be turned at this bench, as it stands and what it may be, and the goal. settings dropout \
says what a setting does, and settings turned tells those that you changed. set dropout 0.5 changes one. What trains, \
and how the full screen looks, is another matter: that is preferences.""",
    "picture": """\
picture tells in a sentence what the last run made of the network, and draws it in signs. picture words leaves the \
drawing out and says more in its place. picture weights asks for one by its name, picture all for every one that \
makes sense here, and picture words all for these in sentences.""",
    "code": """\
code reads the network and its training as they stand; a line that a setting changed begins with the sign for greater \
than. code all reads the whole program. export FILE.py writes it to a file that can be run.""",
    "predict": """\
predict says what is asked, and predict fall commits you, or predict 80% where a number is asked for. You may change \
it until the verdict. Some lessons give a page of the grimoire for a right one.""",
    "why": "why tells the theory of this lesson; it opens after the first run, and needs a minute or two to be heard.",
}
"""What there is to say of a command besides its row."""


def tell(teller: Teller, word: str, commands: str, home: Path | None) -> None:
    """What that word does, by its row among the commands; else the page of that name."""
    word = word.lower()
    rows = [row for row in commands.splitlines() if row.startswith("  ") and row.split()[0] == word]
    if not rows:
        teller.say(spoken(word.removeprefix("page "), home))
        return
    teller.lines("\n".join(rows))
    if word == "journal":
        from tutor.journal_spoken import USE

        teller.lines(USE)
    if more := MORE.get(word):
        teller.say(more)
    if page := next((name for name in (word, f"{word}s") if name in pages()), ""):
        teller.say(f"What the full screen says of it, keys and all: help page {page}.")


def tell_all(teller: Teller, commands: str) -> None:
    """All the words that may be typed, and which pages there are."""
    teller.lines(commands)
    teller.say(f"Pages that help PAGE reads: {', '.join(pages())}.")
