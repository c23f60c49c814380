"""untrained: the generator as initialised, redrawn at once on each change. Where does the signal die?"""

from itertools import count

import streamlit as st

from gan_core.claims.cited import of_untrained
from gan_core.live.errors import NotExamined
from gan_core.live.registry import registry
from gan_core.messages.frame import Frame
from pages.parts import navigation
from pages.parts.claims import cited
from pages.parts.shared import (
    charts,
    controls,
    diagnosis_line,
    link_problems,
    page_settings,
    pictures,
    plain_text,
    theme,
    turn,
)
from pages.parts.shared.fragment import fragment
from pages.parts.untrained import charts as untrained_charts
from pages.parts.untrained import view

navigation.require()
registry().warm()
if came := page_settings.open_page():
    view.take_gain(came.gain)

with st.sidebar:
    controls.some(view.FIELDS, changed=lambda: None)
    gain = view.gain()
link_problems.show()
view.refused_gain()
e = page_settings.experiment()

st.markdown("## Why is an untrained generator grey?")
plain_text.paragraph(
    "Noise passes through random weights; where each layer shrinks it, nothing is left at the output, and every pixel "
    "gets the same tone. BatchNorm in train mode rescales the signal after every layer, so the same weights give vivid "
    "noise. In eval mode it uses running statistics, which start at mean 0 and variance 1: before any training they "
    "rescale nothing, and the picture is grey.",
    "Because its signal dies on the way, not because of tanh.",
)
view.presets(e)
try:
    with st.spinner("Starting a worker…", show_time=True), turn.aside():
        seen = view.seen(e, gain)
except NotExamined as error:
    diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
    st.stop()
view.verdict(seen, e)
width, height = seen.opening.columns * seen.opening.tile, seen.opening.rows * seen.opening.tile
left, right = st.columns([0.57, 0.43])  # so that 512 pixels have room on the left
with left, st.container(key="grid-fake"):
    heading = pictures.titled(
        "Generated, no training", f"BatchNorm in {e.sample_mode} mode", theme.GENERATED, square=True
    )
    pictures.grid(heading, seen.fake_png, width, height, "Images of the untrained generator")
with right:
    with st.container(key="signal"):
        untrained_charts.signal(seen.layers)
    with st.container(key="histogram"):
        charts.pixel_histogram(seen.opening, Frame(0, {}, seen.fake_png, seen.histogram))
cited.show(of_untrained(e, view.grey(seen, e)))

page_settings.write(None, gain=gain)
shown = view.contrast_map(e, gain)
draws = count(1)


@fragment(run_every=None if shown.whole else view.LOOK_EVERY_S)
def contrast_map() -> None:
    """The map, initialisation by initialisation as a worker gets to them; drawn again by itself until it is whole."""
    again = next(draws) > 1
    try:
        if again:
            shown.fill(e.init)
    except NotExamined as error:
        diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
        return
    plain_text.paragraph(
        "in levels of 255; all other settings as chosen. Each activation is shown in its own range. "
        f"{view.culprit(shown, e)}",
        "Contrast for every activation and initialisation,",
    )
    untrained_charts.contrast_map(shown.known, e)
    if again and shown.whole:
        st.rerun()


contrast_map()
