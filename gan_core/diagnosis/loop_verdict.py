"""What is to be said of a training loop that is not ours: findings, and what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence

from gan_core.diagnosis import recognition
from gan_core.diagnosis.detector import Spell
from gan_core.diagnosis.findings import Finding, Stretch, named_before, named_now
from gan_core.diagnosis.loop_faults import LOOP_FAULTS, LoopFault
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import SOME, State, Verdict, judged, look_of_pictures, told_of_each


def loop_findings(rows: Sequence[Row]) -> list[Finding]:
    """The failures that a watched run shows now, causes first; `rows` are oldest first."""

    def show(fault: LoopFault) -> Finding | None:
        spell = fault.detector.spell(rows)
        return _finding(fault, spell, rows) if spell else None

    return named_now(LOOP_FAULTS.values(), rows, show)


def loop_verdict(rows: Sequence[Row]) -> Verdict:
    """The verdict on a watched run after these rows. It is never called slow or learning by classes, since nobody knows
    what its pictures show."""
    findings = loop_findings(rows)
    all_of_it = Stretch(rows, {name: fault.detector for name, fault in LOOP_FAULTS.items()}, is_last=True)
    over = named_before(
        [all_of_it],
        {finding.failure for finding in findings},
        LOOP_FAULTS,
        lambda fault, _, spell: _finding(fault, spell, rows, until=rows[spell.last].step),
    )
    return judged(findings, over, lambda: _unfailed(rows))


def _unfailed(rows: Sequence[Row]) -> tuple[State, str, str]:
    """State, headline and sentence of a watched run in which no failure was found."""
    if not rows:
        return "not started", "Not started", "Nothing was measured yet."
    if rows[-1].step < SOME:
        return "too early", "Too early to tell", f"Most failures cannot be judged before step {SOME}."
    if recognition.good(rows):
        return "healthy", "No failure found", recognition.words(rows)
    if recognition.told(rows):
        return "learning", "No failure found, but not yet like the real ones", recognition.words(rows)
    if "contrast" in rows[-1].measurements:
        return look_of_pictures(rows)
    return "learning", "No failure found in what was passed", "Its pictures were not: pass fake= and real=."


def loop_outlook(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """For each failure that is looked for, its name for people and what can be said of it: found, over or not seen.

    Of one that cannot be told, from which step on it can, or what has to be handed over for it."""
    step = rows[-1].step if rows else 0
    missing = not_judged(rows)
    unseen = {}
    for name, fault in LOOP_FAULTS.items():
        after = fault.detector.after
        later = f"cannot be judged before step {after}" if step < after else "not seen"
        unseen[name] = f"not judged: {missing[name]}" if name in missing else later
    return told_of_each(loop_verdict(rows), unseen)


def not_judged(rows: Sequence[Row]) -> dict[str, str]:
    """The failures that these rows can say nothing of, each with what to hand over for it."""
    measured = measured_in(rows)
    return {name: f"pass {fault.given}" for name, fault in LOOP_FAULTS.items() if not fault.judged(measured)}


def measured_in(rows: Sequence[Row]) -> frozenset[str]:
    """All measurements that any of the rows has. Where pictures were, `neighbours` is among them: those without any
    contrast have none."""
    measured = frozenset(name for row in rows for name in row.measurements)
    return measured | {"neighbours"} if "contrast" in measured else measured


def _finding(fault: LoopFault, spell: Spell, rows: Sequence[Row], until: int | None = None) -> Finding:
    since = rows[spell.first].step
    return Finding(fault.name, since, spell.evidence(rows), fault.reason, {}, until, advice=fault.cure)
