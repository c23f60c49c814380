"""One claim, opened: what is said and where, what is true, the code that decides it, the figures, what shows it."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from gan_core.claims.claim import Claim
from gan_core.claims.ledger import CLAIMS, code_of
from gan_core.claims.questions import QUESTIONS, beside
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.recipes import RECIPES
from gan_core.saving_mistakes import link
from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES
from gan_core.saving_mistakes.sample_tensors import SOURCES
from gan_core.settings.experiment import Experiment
from gan_core.settings.link import to_query
from pages.parts.claims import listing, run
from pages.parts.failures import cards
from pages.parts.pixels import journey
from pages.parts.shared import failure_link, glossary, plain_text, theme

LEADS = {"holds": "Holds.", "holds-if": "Holds if", "refuted": "Refuted.", "not-testable": "Not testable."}


def show(claim: Claim) -> None:
    """The whole claim."""
    _way_about(claim)
    st.html(glossary.marked(Markup("<h3>{}</h3>").format(claim.claim)))
    _verdict(claim)
    st.markdown(
        f"**Source.** {cited(claim.document)}, {claim.place[0].lower()}{claim.place[1:]}.  \n"
        f"**Question.** {QUESTIONS[claim.subject]}" + (f"  \n**Looked up.** {claim.source}." if claim.source else "")
    )
    _beside(claim)
    _links(claim)
    if claim.testable:
        left, right = st.columns([0.54, 0.46], gap="medium")
        with right:
            run.show(claim)
        with left, st.container(key="claim-code"):
            st.markdown("**The experiment that tests it**")
            st.code(code_of(claim), language="python", height=420)
    _pictures(claim)


def _way_about(claim: Claim) -> None:
    before, after = listing.shown_before_and_after(claim)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="claim-way"):
        st.button(
            "All claims",
            key="all_claims",
            icon=":material/arrow_back:",
            on_click=listing.take,
            kwargs={"claim": ""},
        )
        for key, other, icon in (
            ("previous", before, ":material/navigate_before:"),
            ("next", after, ":material/navigate_next:"),
        ):
            st.button(
                other.id if other else "None", key=f"claim_{key}", icon=icon, type="tertiary", disabled=other is None,
                on_click=listing.take, kwargs={"claim": other.id if other else ""}, help=f"The {key} claim",
            )  # fmt: skip
        st.markdown(f"Claim {claim.id}")


def _verdict(claim: Claim) -> None:
    look = listing.LOOKS[claim.verdict]
    more = claim.condition or claim.instead or claim.reason
    end = "." if claim.condition else ""
    told = glossary.text(more)
    st.html(
        f'<div class="said claim-verdict" style="border-color:{look.colour}"><span>'
        f'<b style="color:{look.colour}">{look.sign} {LEADS[claim.verdict]}</b> {told}{end}</span></div>'
    )


def _beside(claim: Claim) -> None:
    """The claims that seem to contradict this one, each with the way to it and why it does not."""
    for other, why in beside(claim):
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"beside-{other}"):
            st.button(f"Compare {other}", key=f"compare-{other}", type="tertiary", on_click=listing.take,
                      kwargs={"claim": other}, help=CLAIMS[other].claim)  # fmt: skip
            plain_text.paragraph(why)


def _links(claim: Claim) -> None:
    with st.container(horizontal=True, gap="small", key="claim-links"):
        if claim.recipe:
            recipe = RECIPES[claim.recipe]
            st.page_link(
                "pages/failures.py", label=f"See it live: {recipe.words}", icon=":material/heart_broken:",
                query_params=failure_link.LINK.query(failure_link.AskedFailure(recipe.name)),
            )  # fmt: skip
        if claim.mistake:
            looks, name = claim.mistake.split("/")
            st.page_link(
                "pages/pixels.py", label=f"Follow the pixels: {KNOWN_MISTAKES[looks][name].words}",
                icon=":material/photo_library:",
                query_params=link.to_query(link.of_mistake(looks, name), None),
            )  # fmt: skip
        if claim.settings:
            st.page_link(
                f"pages/{claim.page}.py", label=f"Open these settings in {claim.page.title()}",
                icon=":material/tune:", query_params=to_query(Experiment(**claim.settings)),
            )  # fmt: skip


def _pictures(claim: Claim) -> None:
    if claim.mistake:
        st.html(theme.ASSETS / "pixels.css")
        looks, name = claim.mistake.split("/")
        mistake = KNOWN_MISTAKES[looks][name]
        tensor = SOURCES[mistake.source].make()
        journey.comparison(judge(tensor.values[mistake.image], tensor.range_map, mistake.choices, mistake.image), "")
    elif claim.recipe:
        cards.pictures_of(RECIPES[claim.recipe])
