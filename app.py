"""The frame around the pages: navigation and theme. Start it with `streamlit run app.py`."""

from pages.parts import frame, theme

theme.apply()
frame.navigation().run()
