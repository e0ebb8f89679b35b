"""Everything that one check has found, and the forms in which programs read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from lessons import metrics
from story.findings import Finding
from tutor.check.claims import Proof

if TYPE_CHECKING:
    from tutor.walk.playing import Walked
    from tutor.walk.wander import Wandered

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
"""Our severities in GitHub's words."""
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class Results:
    """What a check has found so far."""

    paths: list[Path]
    """The chapter files that were asked about."""
    findings: list[Finding] = field(default_factory=list)
    proofs: list[tuple[Path, Proof]] = field(default_factory=list)
    """Each with its chapter file."""
    unproved: list[tuple[Path, str, str]] = field(default_factory=list)
    """Claims that could not be trained: chapter file, lesson, label."""
    facts: list[dict[str, Any]] = field(default_factory=list)
    """What was counted of each chapter."""
    walks: list[Walked] = field(default_factory=list)
    wandered: Wandered | None = None
    broken_off: str = ""
    """Why the check did not come to its end; empty where it did."""

    def count(self, severity: str) -> int:
        """How many findings of that severity there are."""
        return sum(f.severity == severity for f in self.findings)

    def passed(self, strict: bool = False) -> bool:
        """Whether nothing speaks against the chapters."""
        return not (self.broken_off or self.count("error") or (strict and self.count("warning")))

    def to_dict(self, strict: bool) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "passed": self.passed(strict),
            "findings": [
                {"path": str(f.path), "line": f.line, "severity": f.severity, "rule": f.rule, "message": f.message}
                for f in self.findings
            ],
            "chapters": self.facts,
            "proofs": [_proof(proof) for _, proof in self.proofs],
            "walks": [{"path": str(w.path), "passed": w.passed, "seconds": w.seconds} for w in self.walks],
            "wander": self.wandered.to_dict() if self.wandered else None,
            "unproved": [{"lesson": lesson, "label": label} for _, lesson, label in self.unproved],
            "broken_off": self.broken_off,
        }


def _proof(proof: Proof) -> dict[str, Any]:
    summaries = {name: metrics.summarise(values) for name, values in proof.report.metrics.items()}
    return {
        "lesson": proof.lesson,
        "label": proof.label,
        "holds": proof.holds,
        "passed": proof.passed,
        "margin": proof.margin,
        "words": proof.words,
        "seconds": proof.seconds,
        "diverged": proof.diverged,
        "seeds": list(proof.report.seeds),
        "metrics": {name: {"mean": s.mean, "se": s.se} for name, s in summaries.items()},
        "goals": [{"goal": o.goal, "wanted": o.target, "bound": o.bound, "met": o.met} for o in proof.outcomes],
    }


def junit(results: Results, strict: bool) -> bytes:
    """A JUnit report: a suite for each file; a case for its text, each claim and each walk."""
    root = ElementTree.Element("testsuites", name="tutor check")
    for path in dict.fromkeys([*results.paths, *(w.path for w in results.walks), *(f.path for f in results.findings)]):
        suite = ElementTree.SubElement(root, "testsuite", name=_xml(path))
        proofs = [proof for place, proof in results.proofs if place == path]
        walks = [walk for walk in results.walks if walk.path == path]
        # What a proof or a walk found stands in its own case.
        told = {f for walk in walks for f in walk.findings}
        rest = [f for f in results.findings if f.path == path and f not in told]
        for proof in proofs:
            name = f"{proof.lesson.split('/')[1]}: {proof.label} {'passes' if proof.passed else 'fails'}"
            mine, rest = _part(rest, proof.lesson, proof.label)
            _case(suite, path.stem, name, mine, strict, proof.seconds, f"{proof}")
        for lesson, label in ((lesson, label) for place, lesson, label in results.unproved if place == path):
            mine, rest = _part(rest, lesson, label)
            _case(suite, path.stem, f"{lesson.split('/')[1]}: {label}", mine, strict, 0.0, "")
        for walk in walks:
            _case(suite, path.stem, "walk", walk.findings, strict, walk.seconds, "")
        if not walks or rest:
            _case(suite, path.stem, "text", rest, strict, 0.0, "")
    if results.broken_off:
        suite = ElementTree.SubElement(root, "testsuite", name="tutor check")
        case = ElementTree.SubElement(suite, "testcase", classname="tutor", name="check")
        ElementTree.SubElement(case, "error", message=_xml(results.broken_off))
    for part in (*root, root):
        cases = list(part.iter("testcase"))
        part.set("tests", str(len(cases)))
        for kind in ("failure", "error"):
            part.set(f"{kind}s", str(sum(case.find(kind) is not None for case in cases)))
        part.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _part(findings: Iterable[Finding], lesson: str, label: str) -> tuple[list[Finding], list[Finding]]:
    """Those about one claim, and the others."""
    findings = list(findings)
    mine = [f for f in findings if f.message.startswith(f"{lesson}, {label},")]
    return mine, [f for f in findings if f not in mine]


def _case(
    suite: ElementTree.Element,
    of: str,
    name: str,
    findings: Iterable[Finding],
    strict: bool,
    seconds: float,
    said: str,
) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=_xml(of), name=_xml(name), time=f"{seconds:.3f}")
    against = [f for f in findings if f.severity == "error" or (strict and f.severity == "warning")]
    if against:
        failure = ElementTree.SubElement(case, "failure", message=_xml(against[0].message), type=against[0].rule)
        failure.text = _xml("\n".join(f"{f} [{f.rule}]" for f in against))
    milder = [said, *(f"{f.path}:{f.line}: {f.severity}: {f.message}" for f in findings if f not in against)]
    if text := "\n".join(filter(None, milder)):
        ElementTree.SubElement(case, "system-out").text = _xml(text)


def _xml(text: object) -> str:
    """Without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", str(text))


def annotations(findings: Iterable[Finding], root: Path) -> Iterator[str]:
    """GitHub's workflow commands, one for each finding; paths are told from ``root``, the repository."""
    for f in findings:
        path = f.path.resolve()
        place = path.relative_to(root) if path.is_relative_to(root) else f.path
        title = f"{f.rule}"
        yield f"::{LEVELS[f.severity]} file={_value(place)},line={f.line},title={_value(title)}::{_data(f.message)}"


def _data(text: object) -> str:
    return str(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: object) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
