"""claims: the advice of the documents, each claim with its experiment, verdict, and a button to try it."""

import streamlit as st

from gan_core.claims.ledger import CLAIMS
from gan_core.claims.process_pool import claim_pool
from pages.parts import navigation
from pages.parts.claims import claim, listing
from pages.parts.shared import theme

navigation.require()
st.html(theme.ASSETS / "claims.css")
listing.open_page()

asked = listing.asked().claim
if asked:
    claim_pool().warm()
    claim.show(CLAIMS[asked])
else:
    st.markdown("## Common advice, tested")
    st.markdown(
        "Five sources give advice on GANs that fail. Each claim in them was tested by an experiment, which you can "
        "read and run again. Open a claim to see what is true."
    )
    listing.choice()
    listing.listing()
    listing.recorded()
listing.write()
