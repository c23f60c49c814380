"""What the detectors say of a run: one line in words, which opens to the evidence and the fix."""

from __future__ import annotations

from html import escape

import streamlit as st

from gan_core.diagnosis import recognition
from gan_core.diagnosis.findings import Finding, diagnose, undecided
from gan_core.diagnosis.measurements import number, percent
from gan_core.live.run import Snapshot
from gan_core.messages.frame import Frame
from gan_core.settings.comparison import Comparison
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Value
from pages.parts.shared import comparison_state, controls, page_settings, state, tab_runs, theme

TROUBLE, WAITING, HEALTHY = theme.BROKEN, theme.QUIET, theme.FIXED


def show(
    run: Snapshot | None,
    frame: Frame | None,
    e: Experiment,
    key: str = "diagnosis",
    *,
    explained: bool = True,
    fixable: bool = True,
    queued: bool = True,
) -> None:
    """What is to be said of a run, in words with numbers: trouble first, then the failures that are found.

    `e` are the settings of a run yet to start. With `explained`, the evidence and the fix are offered; with `fixable`,
    the page can apply the fix; with `queued`, a run that waits for its turn says so instead.
    """
    trouble = state.REFUSAL.get() or (run.trouble if run else "")
    e = run.experiment if run else e
    # What the detectors knew at the moment that is shown.
    rows = [row for row in run.rows if frame and row.step <= frame.step] if run else []
    found = diagnose(e, rows)
    with st.container(key=key):
        if trouble:
            say(TROUBLE, trouble)
        elif run and run.queue and queued:
            say(WAITING, run.queue)
        elif found:
            first, *others = found
            more = f" Also: {', '.join(finding.failure for finding in others)}." if others else ""
            since = f"since step {first.since_step}" if first.since_step else "from the start"
            line, details = st.columns([0.8, 0.2], vertical_alignment="center") if explained else [st.container()] * 2
            with line:
                say(TROUBLE, f"{first.why}{more}", strong=f"{first.failure}, {since}.")
            if explained:
                with details, st.popover("Evidence and fix", width="stretch", key=f"evidence-{key}"):
                    for finding in found:
                        _explain(finding, key, fixable)
        elif run is None or frame is None:
            say(WAITING, "Nothing to report before the start.")
        elif open_yet := undecided(e, rows):
            last = max(open_yet, key=lambda failure: open_yet[failure])
            until = f"Some failures show only later: {last} from step {open_yet[last]} on."
            say(WAITING, f"{_readout(frame)} {until}", strong="Too early to tell.")
        elif recognition.little(rows):
            words = f"{recognition.words(rows)} {_readout(frame)}"
            say(WAITING, words, strong="No failure found, but little to recognise yet.")
        else:
            say(HEALTHY, f"{recognition.words(rows)} {_readout(frame)}", strong="No failure found.")


def _explain(finding: Finding, key: str, fixable: bool) -> None:
    st.markdown(f"**{finding.failure}**: {finding.why}")
    for evidence in finding.evidence:
        st.markdown(
            f"- `{evidence.measurement}` is **{evidence.value:.3g}** "
            f"(alarm at {evidence.comparison} {evidence.threshold:.3g})"
        )
    if not finding.fix:
        return
    change = ", ".join(f"{SETTINGS[name].label} to {controls.name_of(value)}" for name, value in finding.fix.items())
    st.markdown(f"**Fix:** {change}")
    if not fixable:
        return
    compare, apply = st.columns(2)
    compare.button(
        "Apply the fix and compare", key=f"compare_{key}_{finding.failure}", type="primary", width="stretch",
        on_click=_compare, args=(finding.fix,), help="Trains both from step 0 beside each other, in lock-step.",
    )  # fmt: skip
    apply.button(
        "Apply the fix here", key=f"fix_{key}_{finding.failure}", width="stretch", on_click=_fix, args=(finding.fix,)
    )


def _compare(changes: dict[str, Value]) -> None:
    now = tab_runs.snapshot()
    if now is None:
        return
    try:
        comparison_state.ask(Comparison.of([now.experiment, now.experiment.replace(**changes)]), go=True)
    except SettingsError as error:
        state.REFUSAL.set(str(error))


def _fix(changes: dict[str, Value]) -> None:
    if page_settings.change(changes):
        tab_runs.adopt()
    state.REDRAW.set(True)  # the controls stand outside the part that is drawn again by itself


def _readout(frame: Frame) -> str:
    m = frame.measurements
    return (
        f"Generated pixels from {number(m, 'pixel_min')} to {number(m, 'pixel_max')}, {percent(m, 'out_of_range')} "
        f"outside the legal range; contrast {percent(m, 'contrast')} and diversity {percent(m, 'diversity')} of the "
        "real images'."
    )


def say(colour: str, words: str, strong: str = "") -> None:
    """One line with a coloured edge."""
    lead = f"<b>{escape(strong)}</b> " if strong else ""
    st.html(f'<div class="said" role="status" style="border-color:{colour}"><span>{lead}{escape(words)}</span></div>')
