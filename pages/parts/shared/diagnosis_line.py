"""What the detectors say of a run: one line in words, which opens to the evidence and the fix."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from gan_core.diagnosis.evidence import Told, told
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import Finding
from gan_core.diagnosis.measurements import number, percent
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import Mark, Verdict, outlook, verdict
from gan_core.live.run import Snapshot
from gan_core.messages.frame import Frame
from gan_core.outputs import svg_chart
from gan_core.settings.comparison import Comparison
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Value
from pages.parts.shared import (
    comparison_state,
    controls,
    glossary,
    html,
    page_settings,
    plain_text,
    state,
    tab_runs,
    theme,
)
from pages.parts.shared.failure_link import LINK, AskedFailure
from pages.parts.shared.plain_text import say

TROUBLE, WAITING, HEALTHY = theme.BROKEN, theme.QUIET, theme.FIXED
COLOURS: dict[Mark, str] = {"ill": TROUBLE, "open": WAITING, "well": HEALTHY}


def show(
    run: Snapshot | None,
    frame: Frame | None,
    e: Experiment,
    key: str = "diagnosis",
    *,
    explained: bool = True,
    fixable: bool = True,
    queued: bool = True,
    details: str = "",
) -> None:
    """What is to be said of a run, in words with numbers: trouble first, then the failures that are found.

    `e` are the settings of a run yet to start. With `explained`, the evidence and the fix are offered; with `fixable`,
    the page can apply the fix; with `queued`, a run that waits for its turn says so instead. `details` is a short name
    for what is offered, where there is no room for a long one.
    """
    e = run.experiment if run else e
    # What the detectors knew at the moment that is shown.
    rows = [row for row in run.rows if frame and row.step <= frame.step] if run else []
    of = verdict(e, rows, [change for change in run.changes if frame and change.step < frame.step] if run else ())
    with st.container(key=key):
        broken = run.trouble if run else ""
        if refused := state.REFUSAL.get():
            say(TROUBLE, refused)
        elif run and broken and not of.findings and run.state != "stopped":
            say(TROUBLE, broken)
        elif run and run.queue and queued:
            say(WAITING, run.queue)
        else:
            line, aside = st.columns([0.8, 0.2], vertical_alignment="center") if explained else [st.container()] * 2
            with line:
                say(COLOURS[of.mark], " ".join(filter(None, (of.words, broken))), strong=f"{of.headline}.")
            if explained:
                label = details or ("Evidence and fix" if of.findings else "What is checked")
                with (
                    aside,
                    st.popover(label, width="stretch", key=f"evidence-{key}", on_change="rerun") as opened,
                ):
                    if opened.open:  # at each look at a run it would be drawn for nobody
                        for finding in of.findings:
                            explain(finding, rows, key, fixable)
                        _looked_for(e, rows, of, frame)


def tell(e: Experiment, rows: Sequence[Row], key: str = "diagnosis") -> None:
    """The same of rows that are no run's of this tab: the verdict alone."""
    of = verdict(e, rows)
    with st.container(key=key):
        say(COLOURS[of.mark], of.words, strong=f"{of.headline}.")


def explain(finding: Finding, rows: Sequence[Row], key: str, fixable: bool) -> None:
    """One finding with its evidence and what mends it; with `fixable`, the page can apply the fix."""
    plain_text.paragraph(finding.why, f"{finding.title}:")
    st.html(
        html.render(
            "shared/evidence",
            evidence=[(glossary.text(seen.words), _chart(seen, rows)) for seen in told(finding.evidence)],
        )
    )
    if finding.failure in FAILURES:
        st.page_link(
            "pages/failures.py", label=f"More about “{finding.title}”", icon=":material/heart_broken:",
            query_params=LINK.query(AskedFailure(finding.failure)),
        )  # fmt: skip
    if finding.advice:
        plain_text.paragraph(finding.advice, "What to do:")
    if not finding.fix:
        return
    first, *others = (f"{SETTINGS[name].label} to {controls.name_of(value)}" for name, value in finding.fix.items())
    plain_text.paragraph(first if not others else f"first {first}, then {', then '.join(others)}", "Fix:")
    if not fixable:
        return
    compare, apply = st.columns(2)
    compare.button(
        "Apply the fix and compare", key=f"compare_{key}_{finding.failure}", type="primary", width="stretch",
        on_click=_compare, args=(finding.fix,), help="Trains both from step 0, side by side and in lock-step.",
    )  # fmt: skip
    apply.button(
        "Apply the fix here", key=f"fix_{key}_{finding.failure}", width="stretch", on_click=_fix, args=(finding.fix,),
        disabled=tab_runs.watched(tab_runs.snapshot()),
    )  # fmt: skip


def _chart(seen: Told, rows: Sequence[Row]) -> str:
    """A measurement over the run, with the thresholds that raise the alarm, as the source of an image; empty before
    there is a line to draw."""
    points = [(row.step, row.measurements[seen.measurement]) for row in rows if seen.measurement in row.measurements]
    drawn = svg_chart.small_chart(points, seen.thresholds, theme.GENERATED, theme.BROKEN)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}" if drawn else ""


def _looked_for(e: Experiment, rows: Sequence[Row], of: Verdict, frame: Frame | None) -> None:
    """The last state of each detector, and the numbers of the moment."""
    if of.passed:
        st.markdown("**Over**")
        plain_text.points(
            (finding.title, f"from step {finding.since_step} until step {finding.until_step}") for finding in of.passed
        )
    st.markdown("**What is checked**")
    plain_text.points(outlook(of, e, rows))
    if frame:
        plain_text.small(_readout(frame))


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
    if "pixel_min" not in m:
        spread, logits = percent(m, "diversity"), number(m, "logit_max")
        return f"The points spread to {spread} of the real ones' width; the largest logit is {logits}."
    return (
        f"Generated pixels from {number(m, 'pixel_min')} to {number(m, 'pixel_max')}, {percent(m, 'out_of_range')} "
        f"outside the legal range; contrast {percent(m, 'contrast')} and diversity {percent(m, 'diversity')} of the "
        "real images'."
    )
