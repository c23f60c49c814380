"""A claim's figures: those on record beside those of a run that a click starts, and whether the two agree."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from gan_core.claims import record
from gan_core.claims.claim import Claim
from gan_core.claims.process_pool import Asked, Busy, claim_pool
from gan_core.claims.quantities import meaning
from pages.parts.claims import listing
from pages.parts.shared import diagnosis_line, html, state
from pages.parts.shared.fragment import fragment

POLL_S = 0.5
AT_ONCE_S = 1.5  # how long a click waits for a quick claim before the page says that it runs


@st.cache_resource(scope="session", on_release=lambda visitor: claim_pool().leave(visitor), show_spinner=False)
def _visitor() -> str:
    """An id that lives as long as the browser stays connected; its release stops what it had asked for."""
    return secrets.token_hex(8)


def show(claim: Claim) -> None:
    """The button, the progress, and both sets of figures; drawn again by itself while it runs."""
    _keep()

    @fragment(run_every=POLL_S if _running() else None)
    def drawn() -> None:
        was = _running()
        _keep()
        _buttons(claim)
        _comparison(claim)
        if was != _running():
            st.rerun()

    with st.container(key="claim-run"):
        drawn()


def _keep() -> None:
    """Keep what has come of the last claim, for this tab."""
    state.CLAIM_VISITOR.set(_visitor())
    asked = claim_pool().seen(_visitor())
    state.CLAIM_ASKED.set(asked)
    if asked is not None and asked.result is not None:
        state.CLAIM_RESULTS.set(state.CLAIM_RESULTS.get() | {asked.claim_id: asked.result})


def _asked() -> Asked | None:
    return state.CLAIM_ASKED.get()


def _running() -> bool:
    asked = _asked()
    return asked is not None and asked.open


def _buttons(claim: Claim) -> None:
    asked = _asked()
    length = "under 1 s" if claim.speed == "quick" else f"about {claim.seconds} s of training"
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Run again ({length})", key="run_again", type="primary", icon=":material/science:", disabled=_running(),
            on_click=_ask, args=(claim,),
        )  # fmt: skip
        if asked is not None and asked.open:
            st.button("Stop", key="stop_claim", icon=":material/stop:", on_click=_stop)
    if asked is None or (asked.claim_id != claim.id and not asked.open):
        return
    if asked.open:
        _progress(asked, claim)
    elif asked.trouble:
        diagnosis_line.say(diagnosis_line.TROUBLE, asked.trouble)


def _ask(claim: Claim) -> None:
    try:
        claim_pool().ask(_visitor(), claim.id)
    except Busy:
        return  # another click was first; the page says what is running
    if claim.speed == "quick":
        claim_pool().wait(_visitor(), AT_ONCE_S)


def _stop() -> None:
    claim_pool().leave(_visitor())


def _progress(asked: Asked, claim: Claim) -> None:
    other = "" if asked.claim_id == claim.id else f"Claim {asked.claim_id}: "
    if asked.ahead:
        words = f"{other}waiting; {asked.ahead} ahead in this server's queue."
        st.progress(0.0, words[0].upper() + words[1:])
        return
    total = record.read().get(asked.claim_id, {}).get("steps", 0)
    words = f"{asked.steps:,} of {total:,} steps" if total else "running"
    st.progress(min(asked.steps / total, 1.0) if total else 0.0, f"{other}{words}")


def _comparison(claim: Claim) -> None:
    kept: dict[str, Any] | None = record.read().get(claim.id)
    now = state.CLAIM_RESULTS.get().get(claim.id)
    if now is not None:
        _agreement(now)
    sides = [("On record", kept), ("Now", now)]
    columns = [(name, side) for name, side in sides if side is not None]
    if not columns:
        st.markdown("This claim has no record yet. Run it to measure it.")
        return
    names = list(dict.fromkeys(name for _, side in columns for name in side["measured"]))
    st.html(
        html.render(
            "claims/figures",
            titles=[title for title, _ in columns],
            verdicts=[listing.LOOKS[side["measured_verdict"]] for _, side in columns],
            measured=[
                (name.replace("_", " "), meaning(claim.id, name), [_figure(name, side) for _, side in columns])
                for name in names
            ],
        )
    )
    st.caption("  \n".join(_made(name, side) for name, side in columns))


def _figure(name: str, side: dict[str, Any]) -> tuple[str, str]:
    """What was measured, and its spread over the seeds, empty where there is none."""
    if name not in side["measured"]:
        return "–", ""
    spread = listing.in_words(side["spread"][name]) if name in side["spread"] else ""
    return listing.in_words(side["measured"][name]) or "nothing", spread


def _made(name: str, side: dict[str, Any]) -> str:
    seeds = f", seeds {', '.join(map(str, side['seeds']))}" if side["seeds"] else ""
    when = f" {side['date']}" if "date" in side else f" in {side['seconds']:g} s"
    return f"{name}:{when}{seeds}, {listing.libraries(side)}."


def _agreement(now: dict[str, Any]) -> None:
    found, kept = (listing.LOOKS[now[name]] for name in ("measured_verdict", "verdict"))
    if now["agrees"]:
        diagnosis_line.say(
            diagnosis_line.HEALTHY, f"The verdict is again “{found.words}”.", strong="Agrees with the record."
        )
    elif now["measured_verdict"] == "not-decided":
        diagnosis_line.say(
            diagnosis_line.TROUBLE,
            f"The record says “{kept.words}”, but this time the effect is no larger than the spread over the seeds.",
            strong="Not decided now.",
        )
    else:
        diagnosis_line.say(
            diagnosis_line.TROUBLE,
            f"The record says “{kept.words}”, this run says “{found.words}”. Compare the figures below.",
            strong="Disagrees with the record.",
        )
