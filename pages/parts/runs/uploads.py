"""This visitor's uploads on a server that others reach: each takes some of his room."""

from __future__ import annotations

import streamlit as st

from gan_core.data import upload_cache
from gan_core.saved_runs.store import Store
from pages.parts.runs import cards
from pages.parts.shared import access, plain_text, state


def listing(store: Store) -> None:
    """A line for each, to delete it; nothing where nobody is told apart."""
    if access.alone() or not (uploads := upload_cache.kept(access.owner())):
        return
    used = sum(upload.size for upload in uploads) / 1e6
    with st.expander(f"Your uploads ({used:.1f} of {store.each_mb:.0f} MB)", key="uploads"):
        st.caption("A saved run that was trained on an upload can continue only while the upload is here.")
        for upload in uploads:
            words, button = st.columns([0.8, 0.2], vertical_alignment="center")
            with words:
                plain_text.small(f"zip of {upload.size / 1e6:.1f} MB, uploaded {cards.ago(upload.kept)}")
            button.button("Delete", key=f"delete-{upload.name}", on_click=_delete, args=(upload.name,), width="stretch")


def _delete(name: str) -> None:
    try:
        upload_cache.delete(name, access.owner())
    except OSError as error:
        state.STORE_TROUBLE.set(f"The upload could not be deleted ({error.strerror}): try again.")
