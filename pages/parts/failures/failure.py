"""One failure, opened: the words, the broken and the fixed run, and between them what sets them apart."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st
from markupsafe import Markup

from gan_core.diagnosis.detector import Condition
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import Finding, diagnose
from gan_core.diagnosis.recipe import Recipe, Side
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import verdict
from gan_core.live import aligned_frames
from gan_core.live.run import Snapshot
from gan_core.messages.frame import Frame
from gan_core.outputs.plane_picture import SIZE
from gan_core.pixels.tiles import COLUMNS, ROWS
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from gan_core.settings.mistakes import MISTAKES
from gan_core.settings.points import POINT_SETS
from pages.parts.compare import panel
from pages.parts.shared import glossary, html, pictures, plain_text, theme

SIDES: tuple[Side, Side] = ("broken", "fixed")
Runs = dict[Side, Snapshot | None]


class SideLook(NamedTuple):
    """How a side is shown."""

    title: str  # above its pictures
    name: str  # in a sentence
    colour: str


FAILING: dict[Side, SideLook] = {
    "broken": SideLook("Broken", "the broken one", theme.BROKEN),
    "fixed": SideLook("Fixed", "the fixed one", theme.FIXED),
}
# Of a setup that does not fail, whatever its document says.
HARMLESS: dict[Side, SideLook] = {
    "broken": SideLook("As described", "the source's setup", theme.DISCRIMINATOR),
    "fixed": SideLook("Alternative", "the alternative", theme.GRADIENT),
}
# Of a mistake in the loop that does no harm there.
HARMLESS_MISTAKE: dict[Side, SideLook] = {
    "broken": SideLook("With the mistake", "the one with the mistake", theme.DISCRIMINATOR),
    "fixed": SideLook("Without", "the one without", theme.GRADIENT),
}


def looks(recipe: Recipe) -> dict[Side, SideLook]:
    """How the two sides are told apart."""
    return FAILING if recipe.failure else HARMLESS_MISTAKE if recipe.mistake else HARMLESS


def title(recipe: Recipe) -> str:
    """The failure's name; for a document's setup and for a mistake in the loop, what it shows."""
    return recipe.words if recipe.document or recipe.mistake else FAILURES[recipe.failure].title


def words(recipe: Recipe) -> None:
    """How it looks, why, how it is told, where it was reported."""
    with st.container(key="failure-words"):
        left, right = st.columns(2, gap="medium")
        if recipe.document:
            left.markdown(f"**Source.** {cited(recipe.document)}")
        if recipe.mistake:
            with left:
                plain_text.paragraph(f"`mistake={recipe.mistake}`. {MISTAKES[recipe.mistake]}", "The mistake,")
            with right:
                plain_text.paragraph(recipe.seen, "What it does." if recipe.failure else "It does no harm here.")
            left.caption("The exported script marks the line with `# MISTAKE`.")
        elif not recipe.failure:
            right.markdown(
                "**Nothing is wrong with this setup**, whatever the source says; at most, it trains for too few steps."
            )
        if not recipe.failure:
            return
        told = FAILURES[recipe.failure]
        with left:
            plain_text.paragraph(told.looks, "How it looks.")
            plain_text.paragraph(told.tell, "How to tell.")
            plain_text.paragraph(told.reported, "Where it was reported.")
        with right:
            plain_text.paragraph(told.reason, "Why.")
        if told.formula:
            right.latex(told.formula)


def elsewhere(recipe: Recipe) -> None:
    """Whether the same happens on other images, where that was tried."""
    tried = [f"{data}: {seen}" for data, seen in recipe.carries_over.items() if seen != "untested"]
    if tried:
        plain_text.small(
            f"The same pair on other images, and in how many runs the result was the same: {'; '.join(tried)}."
        )


def side_by_side(recipe: Recipe, runs: Runs) -> None:
    """Both runs at the same step, each in a frame that lights up once the failure is found, and between them the
    setting in which they differ."""
    frames = _together(runs)
    rows = {side: _rows(runs[side], frames[side]) for side in SIDES}
    found = {side: _findings(recipe.side(side), rows[side]) for side in SIDES}
    apart = [name for name in diff(recipe.broken, recipe.fixed) if name != "steps"]
    titles = {side: panel.named(recipe.side(side), apart) for side in SIDES}
    left, middle, right = st.columns([0.4, 0.2, 0.4], gap="small")
    for side, column in zip(SIDES, (left, right), strict=True):
        with column, st.container(key=f"panel-{side}", border=True):
            _lamp(recipe, side, runs[side], rows[side], found[side])
            colour = looks(recipe)[side].colour
            panel.panel(side, runs[side], recipe.side(side), titles[side], colour, frames[side], explained=False)
    with middle, st.container(key="between"):
        _difference(recipe)
        if recipe.failure:
            _measured(recipe, frames, found)
        _real(runs["fixed"], recipe.fixed)


def _together(runs: Runs) -> dict[Side, Frame | None]:
    """What to show of each run: both at the last step of which both have a picture."""
    both = [runs[side] for side in SIDES]
    common = aligned_frames.steps(both)
    return dict(zip(SIDES, aligned_frames.at_step(both, common[-1]) if common else (None, None), strict=True))


def _rows(run: Snapshot | None, frame: Frame | None) -> list[Row]:
    """What the diagnosis knows at the step that is shown."""
    return [row for row in run.rows if row.step <= frame.step] if run and frame else []


def _findings(e: Experiment, rows: list[Row]) -> dict[str, Finding]:
    """What is found, by failure; nothing before the start, not even what the settings alone tell."""
    return {finding.failure: finding for finding in diagnose(e, rows)} if rows else {}


def _lamp(recipe: Recipe, side: Side, run: Snapshot | None, rows: list[Row], found: dict[str, Finding]) -> None:
    """Which side this is, and in colour whether the recipe's failure is found on it."""
    if own := found.get(recipe.failure):
        state, said = "lit", f"{own.title}, since step {own.since_step}"
    else:
        of = verdict(recipe.side(side), rows)
        ended = run is not None and run.state == "finished"
        state, said = "well" if ended and of.mark != "ill" else "", of.short if rows else "Not started"
    look = looks(recipe)[side]
    st.html(
        Markup('<div class="lamp {}"><b style="color:{}">{}</b><span>{}</span></div>').format(
            state, look.colour, look.title, said
        )
    )


def _difference(recipe: Recipe) -> None:
    """The one setting, with both its values."""
    ((setting, values),) = diff(recipe.broken, recipe.fixed).items()
    sides = [(look.colour, panel.words(value)) for look, value in zip(looks(recipe).values(), values, strict=True)]
    drawn = html.render("failures/difference", label=SETTINGS[setting].label, sides=sides, both=_both(recipe))
    st.html(glossary.marked(drawn))


def _both(recipe: Recipe) -> list[tuple[str, str]]:
    """The settings that both sides have and a run of the same network by default does not: label and value."""
    e, apart = recipe.broken, {"steps", *diff(recipe.broken, recipe.fixed)}
    if e.dataset in POINT_SETS:
        shared = {"dataset", *diff(Experiment(dataset=e.dataset), e)} - apart
    else:
        usual = Experiment(architecture=e.architecture)
        shared = {*diff(usual, e)} - apart | {*diff(Experiment(), e)} & {"architecture"} - apart
    return [(SETTINGS[name].label, panel.words(getattr(recipe.broken, name))) for name in SETTINGS if name in shared]


def _measured(recipe: Recipe, frames: dict[Side, Frame | None], found: dict[Side, dict[str, Finding]]) -> None:
    """What the diagnosis looks at, on both sides, and where it raises the alarm."""
    conditions = FAILURES[recipe.failure].signs(recipe.broken)
    if own := found["broken"].get(recipe.failure):  # some failures are told by one of two sets of signs
        conditions = tuple(Condition(seen.measurement, seen.comparison, seen.threshold) for seen in own.evidence)
    rows = []
    for name in dict.fromkeys(condition.measurement for condition in conditions):
        limits = [condition for condition in conditions if condition.measurement == name]
        cells = []
        for side in SIDES:
            m = frame.measurements if (frame := frames[side]) else {}
            lit = recipe.failure in found[side] and all(limit.holds(m) for limit in limits)
            cells.append((f"{m[name]:.2g}" if name in m else "–", lit))
        alarm = ", ".join(f"{limit.comparison} {limit.threshold:g}" for limit in limits)
        rows.append((name, cells, alarm))
    st.html(html.render("failures/measured", rows=rows))


def _real(run: Snapshot | None, e: Experiment) -> None:
    """What both are to imitate."""
    points = e.dataset in POINT_SETS
    width, tall = (SIZE, SIZE) if points else (COLUMNS * e.image_size, ROWS * e.image_size)
    heading = pictures.titled("Real points" if points else "Real images", "", theme.REAL)
    with st.container(key="grid-real"), st.container(key="plane-picture-real" if points else "grid-picture-real"):
        if run and run.opening:
            alt = "Real points" if points else "Real images"
            pictures.grid(heading, run.opening.real_png, *panel.size_of(run.opening), alt)
        else:
            pictures.no_grid(heading, width, tall, "What both learn to imitate")
