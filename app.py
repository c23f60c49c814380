"""The frame around the pages: navigation and theme. Start it with `streamlit run app.py`."""

import streamlit as st

from pages.parts import frame, theme

st.set_page_config(page_title="GAN playground", page_icon=theme.ASSETS / "icon.png", layout="wide")
theme.apply()
frame.navigation().run()
