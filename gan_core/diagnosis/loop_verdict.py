"""What is to be said of a training loop that is not ours: findings, and what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence

from gan_core.diagnosis import recognition
from gan_core.diagnosis.detector import Spell
from gan_core.diagnosis.findings import LONG, Finding
from gan_core.diagnosis.loop_faults import LOOP_FAULTS, LoopFault
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.titles import title_of
from gan_core.diagnosis.verdict import SOME, Verdict, look_of_pictures

# What is ruled out by pictures of which most are recognisable, and of most classes.
SPOILT = frozenset({"noise", "identical-samples", "mode-collapse", "discriminator-too-weak"})


def loop_findings(rows: Sequence[Row]) -> list[Finding]:
    """The failures that a watched run shows now, causes first; `rows` are oldest first."""
    found: list[Finding] = []
    good = recognition.good(rows)
    for fault in LOOP_FAULTS.values():
        if good and fault.name in SPOILT:
            continue
        if not fault.explained_by.isdisjoint(finding.failure for finding in found):
            continue
        if spell := fault.detector.spell(rows):
            found.append(_finding(fault, spell, rows))
            if fault.name == "non-finite":
                break  # no number after it means anything
    return found


def loop_verdict(rows: Sequence[Row]) -> Verdict:
    """The verdict on a watched run after these rows. It is never called slow or learning by classes, since nobody knows
    what its pictures show."""
    findings = tuple(loop_findings(rows))
    over = tuple(_passed(rows, {finding.failure for finding in findings}))
    past = [f"{finding.title} showed until step {finding.until_step}." for finding in over]
    if findings:
        first, *others = findings
        more = [f"Also: {', '.join(finding.title for finding in others)}."] if others else []
        since = f"since step {first.since_step}" if first.since_step else "from the start"
        return Verdict(
            "failing", f"{first.title}, {since}", " ".join([first.why, first.advice, *more, *past]), findings, over
        )
    if not rows:
        return Verdict("not started", "Not started", "Nothing was measured yet.", (), ())
    if rows[-1].step < SOME:
        words = f"Most failures can be told from step {SOME} on."
        return Verdict("too early", "Too early to tell", " ".join([words, *past]), (), over)
    if recognition.good(rows):
        return Verdict("healthy", "No failure found", " ".join([recognition.words(rows), *past]), (), over)
    if recognition.told(rows):
        words = recognition.words(rows)
        return Verdict("learning", "No failure found, but not yet like the real ones", words, (), over)
    state, headline, words = (
        look_of_pictures(rows)
        if "contrast" in rows[-1].measurements
        else ("learning", "No failure found in what was handed over", "Its pictures were not: pass fake= and real=.")
    )
    return Verdict(state, headline, " ".join([words, *past]), (), over)


def loop_outlook(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """For each failure that is looked for, its name for people and what can be said of it: found, over or not seen.

    Of one that cannot be told, from which step on it can, or what has to be handed over for it."""
    of, measured = loop_verdict(rows), measured_in(rows)
    found = {finding.failure: f"found, since step {finding.since_step}" for finding in of.findings}
    over = {finding.failure: f"was there until step {finding.until_step}" for finding in of.passed}
    step = rows[-1].step if rows else 0
    told = []
    for name, fault in LOOP_FAULTS.items():
        if not fault.judged(measured):
            words = f"not judged: pass {fault.given}"
        else:
            after = fault.detector.after
            words = f"can be told from step {after}" if step < after else "not seen"
        told.append((title_of(name), found.get(name) or over.get(name) or words))
    return told


def not_judged(rows: Sequence[Row]) -> dict[str, str]:
    """The failures that these rows can say nothing of, each with what to hand over for it."""
    measured = measured_in(rows)
    return {name: f"pass {fault.given}" for name, fault in LOOP_FAULTS.items() if not fault.judged(measured)}


def measured_in(rows: Sequence[Row]) -> frozenset[str]:
    """All measurements that any of the rows has. Where pictures were, `neighbours` is among them: those without any
    contrast have none."""
    measured = frozenset(name for row in rows for name in row.measurements)
    return measured | {"neighbours"} if "contrast" in measured else measured


def _finding(fault: LoopFault, spell: Spell, rows: Sequence[Row], *, over: bool = False) -> Finding:
    evidence = [one.evidence(rows[spell.shown].measurements) for one in spell.conditions]
    until = rows[spell.last].step if over else None
    return Finding(fault.name, rows[spell.first].step, evidence, fault.reason, {}, until, advice=fault.cure)


def _passed(rows: Sequence[Row], present: set[str]) -> list[Finding]:
    """Failures that showed for long and are over, the last first; none that showed beside a cause of it."""
    spells = {name: fault.detector.spells(rows) for name, fault in LOOP_FAULTS.items()}
    found = []
    for name, fault in LOOP_FAULTS.items():
        long = [one for one in spells[name] if one.last - one.called + 1 >= LONG]
        if name in present or not long:
            continue
        last = long[-1]
        causes = (spell for cause in fault.explained_by for spell in spells.get(cause, ()))
        if not any(cause.first <= last.last and last.first <= cause.last for cause in causes):
            found.append(_finding(fault, last, rows, over=True))
    return sorted(found, key=lambda finding: finding.until_step or 0, reverse=True)
