"""The frame around the pages: navigation and theme. Start it with `streamlit run app.py`."""

from pages.parts import navigation
from pages.parts.shared import glossary, late_requests, theme, turn

late_requests.ignore()
with turn.turn():
    theme.apply()
    glossary.definitions()
    navigation.navigation().run()
