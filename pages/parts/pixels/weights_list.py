"""What became of each tensor of the checkpoints that were brought."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gan_core.uploads import SeenWeights, TensorChange
from pages.parts.shared import plain_text

# Tensors of a network that are shown; the command line gives all.
_MOST = 200


def changes(weights: Sequence[SeenWeights]) -> None:
    """The tensors of each network that was brought at two steps or more."""
    compared = [seen for seen in weights if seen.changes]
    if not compared:
        return
    with st.expander("Which tensors moved, and how far", key="moved"):
        for seen in compared:
            plain_text.paragraph(f"from {seen.files[0]} to {seen.files[-1]}", seen.network)
            plain_text.points((one.name, _words(one)) for one in seen.changes[:_MOST])
            if len(seen.changes) > _MOST:
                st.caption(f"{len(seen.changes) - _MOST} more are in what `python -m gan_core diagnose` says.")


def _words(of: TensorChange) -> str:
    shape = "×".join(map(str, of.shape)) or "one number"
    what = shape if of.trained else f"{shape}, no weight"
    if of.equal:
        return f"{what}, exactly as before"
    return f"{what}, moved" + ("" if of.relative is None else f" by {of.relative:.2%} of its norm")
