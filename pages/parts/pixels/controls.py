"""The controls of the page `pixels`: the symptom, its known mistakes, and the choice at each stage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from gan_core.live.registry import RunError, registry
from gan_core.saving_mistakes import link
from gan_core.saving_mistakes.journey import subject
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES, SYMPTOMS
from gan_core.saving_mistakes.link import FILE, RIGHT, RUN, AskedPixels
from gan_core.saving_mistakes.sample_tensors import SOURCES, TensorSample
from gan_core.saving_mistakes.stage_choices import QUALITIES, STAGES, stage_choices
from gan_core.settings.points import POINT_SETS
from pages.parts.pixels import upload
from pages.parts.shared import page_link, plain_text, state, tab_runs, turn
from pages.parts.shared.page_link import PageLink

# Where the same look has another cause than the way of saving.
ELSEWHERE = {
    "black": ("pages/failures.py", "Saved correctly, still black?"),
    "grey": ("pages/untrained.py", "Saved correctly, still grey?"),
}
IMAGES = 8  # of a live run, as many as a stored tensor has


class Handed(NamedTuple):
    """What a live run handed over."""

    run_id: str
    step: int
    tensor: TensorSample


def _write(asked: AskedPixels) -> dict[str, str]:
    return link.to_query(asked, state.RUN.get())


LINK: PageLink[AskedPixels, str] = PageLink(link.read, _write, link.KEYS.__contains__)


def open_page() -> None:
    """Bring the session up to date with the address; to be called first on each run of the script."""
    came = LINK.arrived()
    if state.FOLLOWING.take():
        take(replace(asked(), source=FILE, image=0))
        return
    if not state.ASKED.present:
        take(link.opening())
    if came:
        strange = [page_link.left_out(came.strange, where=" on this page")] if came.strange else []
        state.ASKED.set(came.asked)
        state.ASKED_WRONG.set(came.wrong + strange)


def asked() -> AskedPixels:
    """What the page shows."""
    return state.ASKED.get()


def take(new: AskedPixels) -> None:
    """Show this from now on, as somebody clicked; what was wrong with the link is settled."""
    state.ASKED.set(new)
    state.ASKED_WRONG.set(None)


def write() -> None:
    """Put what is shown into the address."""
    LINK.put(asked())


def tensor() -> TensorSample | None:
    """The chosen source's images; None where they cannot be had, which the page then says. A live run's are those of
    the moment they were asked for."""
    if asked().source == FILE:
        if (found := upload.tensor()) is None:
            plain_text.wrong("You have not uploaded a file in this tab: upload one below, or choose another tensor.")
        return found
    if asked().source != RUN:
        return _made(asked().source)
    tab_runs.attach()
    run_id = state.RUN.get()
    if run_id is None:
        words = "This tab has no run: start one on the page Train and come back, or choose another tensor."
        plain_text.wrong(words if not state.LOST.get() else f"The run of this link has ended. {words}")
        return None
    kept = state.ASKED_TENSOR.get()
    if kept is None or kept.run_id != run_id:
        try:
            with st.spinner("Fetching the run's tensor…"), turn.aside():
                samples = registry().collect(run_id, IMAGES)
        except RunError as error:
            plain_text.wrong(str(error))
            return None
        if samples.experiment.dataset in POINT_SETS:
            plain_text.wrong(
                "This tab's run is on points, which have no pixels: choose another tensor, or train on images."
            )
            return None
        kept = Handed(run_id, samples.step, TensorSample(samples.values, samples.range_map))
        state.ASKED_TENSOR.set(kept)
    return kept.tensor


def fit(images: TensorSample) -> None:
    """Drop what this tensor has not. Of a link, say so, a sentence for each; whoever chose another tensor sees it."""
    fitted, wrong = link.fitted(asked(), images)
    state.ASKED.set(fitted)
    told = state.ASKED_WRONG.get()
    if told is not None:
        state.ASKED_WRONG.set(told + wrong)
        for sentence in told + wrong:
            plain_text.wrong(sentence)


def symptoms() -> None:
    """What the files look like, then the known mistakes that make them look so."""
    state.LOOKS.show(asked().looks)
    st.pills(
        "My pictures look", list(SYMPTOMS), format_func=lambda name: SYMPTOMS[name], key=state.LOOKS.name,
        required=True, on_change=_look, label_visibility="collapsed",
    )  # fmt: skip
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="mistakes"):
        for name, mistake in KNOWN_MISTAKES[asked().looks].items():
            st.button(
                mistake.words, key=f"mistake-{name}", on_click=_open, args=(asked().looks, name),
                type="primary" if mistake is asked().known_mistake() else "secondary", help=mistake.met,
            )  # fmt: skip

        if asked().looks in ELSEWHERE:
            page, words = ELSEWHERE[asked().looks]
            st.page_link(page, label=words, icon=":material/arrow_forward:")


def source() -> None:
    """Which tensor."""
    state.SOURCE.show(asked().source)
    labels = {name: made.label for name, made in SOURCES.items()}
    labels |= {RUN: "This tab's live run", FILE: "Your own file"}
    st.selectbox(
        "Which tensor?", tuple(labels), key=state.SOURCE.name, on_change=_set_source, format_func=labels.__getitem__,
        help="\n".join(f"- **{made.label}**: {made.words}" for made in SOURCES.values()),
    )  # fmt: skip


def stages(images: TensorSample) -> None:
    """Which image, and the choice at each stage, the right one ticked."""
    if asked().source == RUN and (handed := state.ASKED_TENSOR.get()):
        st.button(f"Step {handed.step}: fetch it again", key="take_anew", on_click=_forget_tensor, width="stretch")
    count = len(images.values)
    if count > 1:
        state.IMAGE.show(asked().image)
        st.number_input("Which image?", 0, count - 1, step=1, key=state.IMAGE.name, on_change=_set_image)
    st.caption("✓ marks the right choice.")
    about = subject(images.values[asked().image], images.range_map, asked().choices)
    for stage, (label, _) in STAGES.items():
        offered = stage_choices(stage, about)
        state.CHOICE.of(stage).show(getattr(asked().choices, stage))
        words = {name: choice.words if choice.why else f"✓ {choice.words}" for name, choice in offered.items()}
        st.selectbox(
            label,
            tuple(words),
            format_func=words.__getitem__,
            key=state.CHOICE.of(stage).name,
            on_change=_set_choice,
            args=(stage,),
        )
    if asked().choices.file == "jpeg":
        state.QUALITY.show(asked().choices.quality)
        options = sorted({*QUALITIES, asked().choices.quality})
        st.select_slider("JPEG quality", options, key=state.QUALITY.name, on_change=_set_quality)
    st.button("Correct every stage", key="all_right", on_click=_all_right, width="stretch")


def mend(fix: dict[str, Any]) -> None:
    """Take these choices."""
    take(replace(asked(), choices=replace(asked().choices, **fix)))


@st.cache_resource(show_spinner=False)
def _made(name: str) -> TensorSample:
    return SOURCES[name].make()


def _look() -> None:
    looks = state.LOOKS.get()
    _open(looks, next(iter(KNOWN_MISTAKES[looks])))


def _open(looks: str, name: str) -> None:
    """A known mistake on the tensor that shows it best; on one's own where that is chosen and has it."""
    opened = link.of_mistake(looks, name)
    own = upload.tensor() if asked().source == FILE else None
    if asked().source == RUN and (handed := state.ASKED_TENSOR.get()):
        own = handed.tensor
    if own is not None and opened.source != "nan":
        here = replace(opened, source=asked().source, image=asked().image)
        if not link.fitted(here, own)[1]:
            opened = here
    take(opened)


def _set_source() -> None:
    _forget_tensor()
    take(replace(asked(), source=state.SOURCE.get(), image=0))


def _set_image() -> None:
    take(replace(asked(), image=state.IMAGE.get()))


def _set_choice(stage: str) -> None:
    mend({stage: state.CHOICE.of(stage).get()})


def _set_quality() -> None:
    take(replace(asked(), choices=replace(asked().choices, quality=state.QUALITY.get())))


def _all_right() -> None:
    take(replace(asked(), choices=RIGHT))


def _forget_tensor() -> None:
    state.ASKED_TENSOR.clear()
