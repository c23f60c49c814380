"""claims: the advice of the documents, each claim with its experiment, verdict, and a button to try it."""

import streamlit as st

from gan_core.claims.laboratory import laboratory
from gan_core.claims.ledger import CLAIMS
from pages.parts import claim, claims_list, frame, theme

frame.require()
st.html(theme.ASSETS / "claims.css")
claims_list.open_page()

asked = claims_list.asked().claim
if asked:
    laboratory().warm()
    claim.show(CLAIMS[asked])
else:
    st.markdown("## The advice, checked")
    st.markdown(
        "What five documents say of GANs that fail, claim by claim: each was decided by an experiment that you can "
        "read and run again."
    )
    claims_list.choice()
    claims_list.listing()
    claims_list.recorded()
claims_list.write()
