"""What the ledger says of the advice on what a page shows: each claim with its verdict, and a link that opens it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gan_core.claims import link
from gan_core.claims.claim import Claim
from pages.parts.claims import listing


def show(claims: Sequence[Claim]) -> None:
    """A line for each claim; nothing where there is none."""
    if claims:
        with st.container(key="cited", gap=None):
            st.markdown("**Common advice, tested**")
            for claim in claims:
                st.page_link(
                    "pages/claims.py",
                    label=f"{listing.LOOKS[claim.verdict].text} {claim.claim} :small[:gray[{claim.id}]]",
                    query_params=link.to_query(link.AskedClaims(claim=claim.id)),
                )
