"""glossary: every technical word in one or two sentences; prints as it stands."""

import streamlit as st
from markupsafe import Markup

from pages.parts import navigation
from pages.parts.shared.terms import TERMS

navigation.require()
st.markdown("## Glossary")
with st.container(key="printing"):
    st.markdown(
        "Words underlined on any page open these explanations. To print this page, use your browser's Print command."
    )
with st.container(key="glossary"):
    st.html(
        Markup("<dl>{}</dl>").format(
            Markup("").join(
                Markup('<div id="{}"><dt>{}</dt><dd>{}</dd></div>').format(term.anchor, term.name, term.meaning)
                for term in TERMS.values()
            )
        )
    )
