"""The frame around the pages: navigation and theme. Start it with `streamlit run app.py`."""

from gan_core.processes import heaps

heaps.keep_small()  # before all else, which takes seconds: many may come in that time

from pages.parts import navigation  # noqa: E402
from pages.parts.shared import glossary, late_requests, theme, turn  # noqa: E402

late_requests.ignore()
with turn.turn():
    theme.apply()
    glossary.definitions()
    navigation.navigation().run()
