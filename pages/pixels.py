"""pixels: the journey of one image from tensor to file. What is wrong with my pictures, and where?"""

import io

import numpy as np
import streamlit as st

from gan_core.verdict import judge
from pages.parts import frame, journey, journey_controls, theme

frame.require()
st.html(theme.ASSETS / "pixels.css")
journey_controls.open_page()

st.markdown("## Why are my saved pictures wrong?")
journey_controls.symptoms()
with st.sidebar:
    journey_controls.source()
tensor = journey_controls.tensor()
if tensor is not None:
    journey_controls.fit(tensor)
    with st.sidebar:
        journey_controls.stages(tensor)
    asked = journey_controls.asked()
    verdict = judge(tensor.values[asked.image], tensor.range_map, asked.choices, asked.image)
    trap = asked.trap()
    journey.verdict(verdict)
    journey.comparison(verdict, trap.met if trap else "")
    journey.cards(verdict)
    st.markdown("**The code of exactly these choices**")
    st.code(verdict.yours.code, language="python")
    stored = io.BytesIO()
    np.save(stored, tensor.values)
    st.download_button("tensor.npy, to run it", stored.getvalue(), "tensor.npy", key="tensor_npy")
journey_controls.write()
