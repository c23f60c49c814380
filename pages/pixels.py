"""pixels: the journey of one image from tensor to file. What is wrong with my pictures, and where?"""

import io

import numpy as np
import streamlit as st

from gan_core.claims.cited import of_trap
from gan_core.verdict import judge
from pages.parts import bring, cited, frame, journey, journey_controls, theme

frame.require()
st.html(theme.ASSETS / "pixels.css")
journey_controls.open_page()

title, own = st.columns([0.79, 0.21], vertical_alignment="center")
title.markdown("## Why are my saved pictures wrong?")
own.markdown("[Bring your own file ↓](#bring-your-own)")
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
    cited.show(of_trap(asked.looks, trap))
    st.markdown("**The code of exactly these choices**")
    st.code(verdict.yours.code, language="python")
    stored = io.BytesIO()
    np.save(stored, tensor.values)
    st.download_button("tensor.npy, to run it", stored.getvalue(), "tensor.npy", key="tensor_npy")
bring.section()
journey_controls.write()
