"""What many playthroughs have seen of a tale, and what is to be said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from story.blanks import BEYOND, NOTHING
from story.chapter import Blank, Chapter, Choice, Paragraph, Scene, Tale
from story.findings import Finding
from story.voice import Voice

LONG = 8
"""Words from which on a passage is remembered when it comes again."""
OFTEN = 3
"""Times that a passage may come in one playthrough."""
Node = tuple[str, str]


class Coverage:
    """Counts what is told; ``findings`` says what that means."""

    def __init__(self, tale: Tale) -> None:
        self.tale = tale
        self.scenes: Counter[Node] = Counter()
        self.endings: Counter[str] = Counter()
        self._found: dict[tuple[str, int, str], Finding] = {}
        self._told: set[int] = set()
        """Passages, choices and blanks are known by their ``id``: the tale outlives us."""
        self._offered: set[int] = set()
        self._blanks: set[int] = set()
        self._most: dict[int, int] = {}
        """How often a passage came in one playthrough, at most."""
        self._times: Counter[int] = Counter()
        self._counting = True
        self._visit: set[int] = set()
        self._chapter: Chapter = tale.chapters[0]

    # while it is played

    def begin(self, counting: bool = True) -> None:
        """A playthrough begins; ``counting``: whether it matters how often something comes in it."""
        self._times.clear()
        self._counting = counting

    def arrive(self, chapter: Chapter, scene: Scene, again: bool = False) -> None:
        """A scene is entered; ``again`` where it was only gone back to."""
        self._chapter = chapter
        self.scenes[chapter.id, scene.id] += 1
        if not again:
            self._visit.clear()

    def hear(self, passage: Paragraph, voice: Voice) -> None:
        """A passage is told."""
        key = id(passage)
        self._told.add(key)
        if key not in self._visit:
            self._visit.add(key)
            self._times[key] += 1
            if self._counting and self._times[key] > self._most.get(key, 0):
                self._most[key] = self._times[key]
        for blank in passage.blanks:
            self._look(blank, voice)

    def offer(self, choices: list[Choice], voice: Voice) -> None:
        """Choices are open."""
        for choice in choices:
            self._offered.add(id(choice))
            for piece in choice.label:
                if isinstance(piece, Blank):
                    self._look(piece, voice)

    def _look(self, blank: Blank, voice: Voice) -> None:
        """Notes a blank that was filled with no more than a word for its emptiness."""
        if id(blank) in self._blanks:
            return
        words = voice.spans((blank,))[0].text
        unset = words in (NOTHING, BEYOND, "") or (blank.name == "tries" and voice.verdict is None)
        if unset and not (voice.verdict and voice.verdict.diagnosis == "diverged"):
            why = f"{{{blank.name}}} came out as {words!r} in one playthrough. Put a condition before the passage."
            self.note(self._chapter, blank.line, "error", "unset", why)
        elif blank.name in ("player", "other") and not voice.player:
            why = f"{{{blank.name}}} came out as {words!r}, for nobody was chosen."
            self.note(self._chapter, blank.line, "note", "unset", f"{why} Add `set player = lucy` to a choice before.")
        else:
            return
        self._blanks.add(id(blank))

    def note(self, chapter: Chapter, line: int, severity: str, rule: str, message: str) -> None:
        """Adds a finding; the first of its rule on its line stays."""
        finding = Finding(chapter.path, line, severity, f"wander-{rule}", message)
        self._found.setdefault((str(chapter.path), line, rule), finding)

    # afterwards

    @property
    def every_scene(self) -> list[tuple[Chapter, Scene]]:
        """All scenes that can be entered: of two chapters with one id only the first."""
        return [(c, s) for c in self.tale.chapters if self.tale.find(c.id) is c for s in c.scenes]

    @property
    def passages(self) -> tuple[int, int]:
        """How many passages were told, and how many there are."""
        every = [id(p) for _, scene in self.every_scene for p in _passages(scene)]
        return sum(key in self._told for key in every), len(every)

    def findings(self, playthroughs: int) -> list[Finding]:
        """Everything that was found, in order of file and line."""
        many = f"{playthroughs:,} playthroughs" if playthroughs != 1 else "one playthrough"
        for chapter, scene in self.every_scene:
            if not self.scenes[chapter.id, scene.id]:
                words = (
                    f"scene {scene.id!r} was never reached in {many}. Lead a choice to it whose condition comes true."
                )
                self.note(chapter, scene.line, "warning", "unreached", words)
                continue
            for passage in _passages(scene):
                if id(passage) not in self._told:
                    self.note(chapter, passage.line, "note", "untold", _untold(passage, many))
            for choice in scene.choices:
                if id(choice) not in self._offered:
                    words = f"this choice was never offered in {many}. {_loosen(choice.condition)}"
                    self.note(chapter, choice.line, "note", "unoffered", words)
            if not scene.lesson:
                self._again_and_again(chapter, scene)
        self._twice()
        return sorted(self._found.values())

    def _again_and_again(self, chapter: Chapter, scene: Scene) -> None:
        for passage in scene.paragraphs:
            times = self._most.get(id(passage), 0)
            if times > OFTEN and passage.words >= LONG and not passage.blanks:
                words = f"told up to {times} times in one playthrough. Write variants (- `one of` ...), or a condition."
                self.note(chapter, passage.line, "note", "again", words)

    def _twice(self) -> None:
        """The same words in two places."""
        first: dict[str, tuple[Chapter, int]] = {}
        for chapter, scene in self.every_scene:
            for passage in _passages(scene):
                if passage.words < LONG:
                    continue
                pieces = ("{" + p.name + "}" if isinstance(p, Blank) else p.text for p in passage.pieces)
                words = " ".join("".join(pieces).casefold().split())
                there, line = first.setdefault(words, (chapter, passage.line))
                if (there, line) != (chapter, passage.line):
                    place = f"line {line}" if there is chapter else f"{there.path.name}, line {line}"
                    message = f"the same words stand in {place}. Write others, or lead both ways to one scene."
                    self.note(chapter, passage.line, "note", "twice", message)


def _passages(scene: Scene) -> Iterator[Paragraph]:
    """Every passage of a scene, the theory as well."""
    yield from scene.paragraphs
    yield from scene.lesson.why if scene.lesson else ()


def _untold(passage: Paragraph, many: str) -> str:
    return f"this passage was never told in {many}. {_loosen(passage.condition)}"


def _loosen(condition: object) -> str:
    if condition is None:
        return "Nothing leads to it while it is open; look at what stands before it, or remove it."
    return f"Its condition did not come true ({getattr(condition, 'text', condition)}): loosen it, or remove it."
