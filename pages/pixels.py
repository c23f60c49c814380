"""pixels: the journey of one image from tensor to file. What is wrong with my pictures, and where?"""

import io

import numpy as np
import streamlit as st

from gan_core.claims.cited import of_mistake
from gan_core.saving_mistakes.judge import judge
from pages.parts import navigation
from pages.parts.claims import cited
from pages.parts.pixels import controls, journey, upload
from pages.parts.shared import theme

navigation.require()
st.html(theme.ASSETS / "pixels.css")
controls.open_page()

title, own = st.columns([0.79, 0.21], vertical_alignment="center")
title.markdown("## Why are my saved pictures wrong?")
own.markdown("[Bring your own file ↓](#bring-your-own)")
controls.symptoms()
with st.sidebar:
    controls.source()
tensor = controls.tensor()
if tensor is not None:
    controls.fit(tensor)
    with st.sidebar:
        controls.stages(tensor)
    asked = controls.asked()
    judgement = judge(tensor.values[asked.image], tensor.range_map, asked.choices, asked.image)
    mistake = asked.known_mistake()
    journey.judgement(judgement)
    journey.comparison(judgement, mistake.met if mistake else "")
    journey.cards(judgement)
    cited.show(of_mistake(asked.looks, mistake))
    st.markdown("**The code for exactly these choices**")
    st.code(judgement.yours.code, language="python")
    stored = io.BytesIO()
    np.save(stored, tensor.values)
    st.download_button("tensor.npy, to run it on", stored.getvalue(), "tensor.npy", key="tensor_npy")
upload.section()
controls.write()
