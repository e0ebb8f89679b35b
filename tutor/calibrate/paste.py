"""What is proposed, as TOML that an author pastes into the lesson."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tutor.calibrate.proposal import Fitted, Proposal
from tutor.calibrate.traps import Pitfall


def block(proposal: Proposal) -> str:
    """The goal, the solution and the traps; several ways come last, as tables must."""
    lines = ["traps = [", *(f"  {_trap(trap)}," for trap in proposal.traps), "]"] if proposal.traps else ["traps = []"]
    if len(proposal.ways) > 1:
        for fitted in proposal.ways:
            solution = table(solution_of(fitted))
            goal, to = value(fitted.goal.text), value(fitted.way.to)
            lines += ["", "[[goal]]", f"when = {goal}", f"pass = {to}", f"solution = {solution}"]
    else:
        (fitted,) = proposal.ways
        lines = [f"goal = {value(fitted.goal.text)}", f"solution = {table(solution_of(fitted))}", *lines]
    return "\n".join(lines)


def solution_of(fitted: Fitted) -> dict[str, Any]:
    """The solution as it is written: the author's own words where it is the author's."""
    return dict(fitted.way.solution if fitted.own else fitted.solution.combo.turned)


def _trap(trap: Pitfall) -> str:
    diverges = ", diverges = true" if trap.diverges else ""
    return f"{{ set = {table(trap.settings)}, why = {value(trap.why)}{diverges} }}"


def table(settings: Mapping[str, Any]) -> str:
    """Settings as an inline table."""
    inside = ", ".join(f"{name} = {value(setting)}" for name, setting in settings.items())
    return f"{{ {inside} }}" if inside else "{}"


def value(one: Any) -> str:
    """A value of a setting, or a text."""
    if isinstance(one, (list, tuple)):
        return f"[{', '.join(map(value, one))}]"
    if isinstance(one, str):
        return json.dumps(one, ensure_ascii=False).replace("\x7f", "\\u007F")
    return json.dumps(one)
