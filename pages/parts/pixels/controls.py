"""The controls of the page `pixels`: the symptom, its traps, and the way at each stage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from gan_core.live.registry import RunError, registry
from gan_core.saving_mistakes import link
from gan_core.saving_mistakes.journey import subject
from gan_core.saving_mistakes.known_mistakes import SYMPTOMS, TRAPS
from gan_core.saving_mistakes.link import FILE, RIGHT, RUN, Asked
from gan_core.saving_mistakes.sample_tensors import SOURCES, Tensor
from gan_core.saving_mistakes.stage_choices import QUALITIES, STAGES, ways
from pages.parts.pixels import upload
from pages.parts.shared import address_bar, tab_runs, widgets

# Where the same look has another cause than the way of saving.
ELSEWHERE = {
    "black": ("pages/failures.py", "Saved rightly, still black?"),
    "grey": ("pages/untrained.py", "Saved rightly, still grey?"),
}
IMAGES = 8  # of a live run, as many as a stored tensor has


def open_page() -> None:
    """Bring the session up to date with the address; to be called first on each run of the script."""
    query = address_bar.arrived()
    if st.session_state.pop("following", False):
        take(replace(asked(), source=FILE, image=0))
        return
    if "asked" not in st.session_state:
        take(link.opening())
    if query:
        st.session_state.asked, st.session_state.asked_wrong = link.read(query)


def asked() -> Asked:
    """What the page shows."""
    found: Asked = st.session_state.asked
    return found


def take(new: Asked) -> None:
    """Show this from now on, as somebody clicked; what was wrong with the link is settled."""
    st.session_state.asked, st.session_state.asked_wrong = new, None


def write() -> None:
    """Put what is shown into the address."""
    address_bar.put(link.to_query(asked(), st.session_state.get("run")))


def tensor() -> Tensor | None:
    """The chosen source's images; None where they cannot be had, which the page then says. A live run's are those of
    the moment they were asked for."""
    if asked().source == FILE:
        if (found := upload.tensor()) is None:
            st.warning("Nothing was brought in this tab that can travel: bring a file below, or choose another tensor.")
        return found
    if asked().source != RUN:
        return _made(asked().source)
    tab_runs.attach()
    run_id = st.session_state.get("run")
    if run_id is None:
        words = "This tab has no run: start one on the page Train and come back, or choose another tensor."
        st.warning(words if not st.session_state.get("lost") else f"The run of this link has ended. {words}")
        return None
    kept: tuple[str, int, Tensor] | None = st.session_state.get("asked_tensor")
    if kept is None or kept[0] != run_id:
        try:
            with st.spinner("The run hands over its tensor…"):
                samples = registry().collect(run_id, IMAGES)
        except RunError as error:
            st.warning(str(error))
            return None
        kept = run_id, samples.step, Tensor(samples.values, samples.range_map)
        st.session_state.asked_tensor = kept
    return kept[2]


def fit(images: Tensor) -> None:
    """Drop what this tensor has not. Of a link, say so, a sentence for each; whoever chose another tensor sees it."""
    st.session_state.asked, wrong = link.fitted(asked(), images)
    if st.session_state.asked_wrong is not None:
        st.session_state.asked_wrong += wrong
        if st.session_state.asked_wrong:
            st.warning("  \n".join(st.session_state.asked_wrong))


def symptoms() -> None:
    """What the files look like, then the traps that make them look so."""
    widgets.show("looks", asked().looks)
    st.pills(
        "My pictures look", list(SYMPTOMS), format_func=lambda name: SYMPTOMS[name], key="looks", required=True,
        on_change=_look, label_visibility="collapsed",
    )  # fmt: skip
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="traps"):
        for name, trap in TRAPS[asked().looks].items():
            st.button(
                trap.words, key=f"trap-{name}", on_click=_open, args=(asked().looks, name),
                type="primary" if trap is asked().trap() else "secondary", help=trap.met,
            )  # fmt: skip

        if asked().looks in ELSEWHERE:
            page, words = ELSEWHERE[asked().looks]
            st.page_link(page, label=words, icon=":material/arrow_forward:")


def source() -> None:
    """Which tensor."""
    widgets.show("source", asked().source)
    labels = {name: made.label for name, made in SOURCES.items()}
    labels |= {RUN: "This tab's live run", FILE: "What you brought"}
    st.selectbox(
        "Which tensor?", tuple(labels), key="source", on_change=_set_source, format_func=labels.__getitem__,
        help="\n".join(f"- **{made.label}**: {made.words}" for made in SOURCES.values()),
    )  # fmt: skip


def stages(images: Tensor) -> None:
    """Which image, and the way at each stage, the right one ticked."""
    if asked().source == RUN:
        step = st.session_state.asked_tensor[1]
        st.button(f"Step {step}: take it anew", key="take_anew", on_click=_forget_tensor, width="stretch")
    count = len(images.values)
    if count > 1:
        widgets.show("image", asked().image)
        st.number_input("Which image?", 0, count - 1, step=1, key="image", on_change=_set_image)
    st.caption("✓ marks the right way.")
    about = subject(images.values[asked().image], images.range_map, asked().choices)
    for stage, (label, _) in STAGES.items():
        offered = ways(stage, about)
        widgets.show(f"way-{stage}", getattr(asked().choices, stage))
        words = {name: way.words if way.why else f"✓ {way.words}" for name, way in offered.items()}
        st.selectbox(
            label, tuple(words), format_func=words.__getitem__, key=f"way-{stage}", on_change=_set_way, args=(stage,)
        )
    if asked().choices.file == "jpeg":
        widgets.show("quality", asked().choices.quality)
        options = sorted({*QUALITIES, asked().choices.quality})
        st.select_slider("JPEG quality", options, key="quality", on_change=_set_quality)
    st.button("All the right way", key="all_right", on_click=_all_right, width="stretch")


def mend(fix: dict[str, Any]) -> None:
    """Take these ways."""
    take(replace(asked(), choices=replace(asked().choices, **fix)))


@st.cache_resource(show_spinner=False)
def _made(name: str) -> Tensor:
    return SOURCES[name].make()


def _look() -> None:
    _open(st.session_state.looks, next(iter(TRAPS[st.session_state.looks])))


def _open(looks: str, name: str) -> None:
    """A trap on the tensor that shows it best; on one's own where that is chosen and has it."""
    trapped = link.of_trap(looks, name)
    own = upload.tensor() if asked().source == FILE else None
    if asked().source == RUN and "asked_tensor" in st.session_state:
        own = st.session_state.asked_tensor[2]
    if own is not None and trapped.source != "nan":
        here = replace(trapped, source=asked().source, image=asked().image)
        if not link.fitted(here, own)[1]:
            trapped = here
    take(trapped)


def _set_source() -> None:
    _forget_tensor()
    take(replace(asked(), source=st.session_state.source, image=0))


def _set_image() -> None:
    take(replace(asked(), image=st.session_state.image))


def _set_way(stage: str) -> None:
    mend({stage: st.session_state[f"way-{stage}"]})


def _set_quality() -> None:
    take(replace(asked(), choices=replace(asked().choices, quality=st.session_state.quality)))


def _all_right() -> None:
    take(replace(asked(), choices=RIGHT))


def _forget_tensor() -> None:
    st.session_state.pop("asked_tensor", None)
