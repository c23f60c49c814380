"""no_such_page: what is shown for an address that is no page's."""

import streamlit as st

from pages.parts import navigation
from pages.parts.shared import plain_text

asked = navigation.unknown_page()
plain_text.wrong(f"There is no page “/{asked}”. Choose one of these:")
for page, title in navigation.there_is().items():
    st.page_link(page, label=title)
