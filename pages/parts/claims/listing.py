"""All claims at a glance: counts by verdict, the choice of what is shown, and a line for each that opens it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from gan_core.claims import link, record
from gan_core.claims.claim import Claim
from gan_core.claims.ledger import CLAIMS
from gan_core.claims.link import AskedClaims
from gan_core.claims.questions import QUESTIONS, beside
from gan_core.diagnosis.documents import DOCUMENTS
from gan_core.outputs import colours
from pages.parts.shared import page_link, plain_text, state
from pages.parts.shared.page_link import PageLink


@dataclass(frozen=True)
class VerdictLook:
    """A verdict for people."""

    sign: str
    words: str
    name: str  # of its colour in Streamlit's text
    colour: str  # the same for CSS

    @property
    def text(self) -> str:
        """For labels."""
        return f":{self.name}[**{self.sign} {self.words}**]"


LINK: PageLink[AskedClaims, str] = PageLink(
    link.read, link.to_query, {link.WORDS, *(key for key, _ in link.KEYS.values())}.__contains__
)

LOOKS = {
    "holds": VerdictLook("✓", "holds", "green", colours.FIXED),
    "holds-if": VerdictLook("◐", "holds if…", "orange", colours.GRADIENT),
    "refuted": VerdictLook("✗", "refuted", "red", colours.BROKEN),
    "not-testable": VerdictLook("○", "not testable", "gray", colours.QUIET),
    "not-decided": VerdictLook("≈", "not decided", "violet", colours.UNDECIDED),
}


def open_page() -> None:
    """Bring the session up to date with the address; to be called first on each run of the script."""
    if came := LINK.arrived():
        state.CLAIMS.set(came.asked)
        strange = [page_link.left_out(came.strange, "nothing", " on this page")] if came.strange else []
        for sentence in came.wrong + strange:
            plain_text.wrong(sentence)


def asked() -> AskedClaims:
    """What the page shows."""
    return state.CLAIMS.get()


def take(**changes: str) -> None:
    """Show something else from now on."""
    state.CLAIMS.set(replace(asked(), **changes))


def write() -> None:
    """Put what is shown into the address."""
    LINK.put(asked())


def choice() -> None:
    """The words to look for, the verdict, question and source; each verdict with the number of its claims."""
    words = state.CLAIMS_SHOWN.of("words")
    words.show(asked().words)
    there = [subject for subject in QUESTIONS if any(claim.subject == subject for claim in CLAIMS.values())]
    subject = state.CLAIMS_SHOWN.of("subject")
    subject.show(asked().subject or None)
    find, question = st.columns([0.5, 0.5])
    find.text_input(
        "Find", key=words.name, placeholder="Search: batchnorm grey, TypeError, 002-19…", on_change=_set,
        args=("words",), label_visibility="collapsed", icon=":material/search:", max_chars=link.MOST_WORDS,
    )  # fmt: skip
    question.selectbox(
        "Question", there, key=subject.name, index=None, placeholder="All questions", on_change=_set,
        args=("subject",), format_func=QUESTIONS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    counts: Counter[str] = Counter(
        claim.verdict for claim in CLAIMS.values() if replace(asked(), verdict="").shows(claim)
    )
    verdicts = [verdict for verdict in LOOKS if any(claim.verdict == verdict for claim in CLAIMS.values())]
    _pills("verdict", "Verdict", {name: f"{LOOKS[name].text} {counts[name]}" for name in verdicts})
    _pills("document", "Source", {number: f"{title} :small[{number}]" for number, title in DOCUMENTS.items()})


def _pills(field: str, label: str, words: dict[str, str]) -> None:
    key = state.CLAIMS_SHOWN.of(field)
    key.show(getattr(asked(), field) or None)
    st.pills(
        label, list(words), format_func=words.__getitem__, key=key.name, on_change=_set, args=(field,),
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip


def _set(field: str) -> None:
    take(**{field: state.CLAIMS_SHOWN.of(field).get() or ""})


def listing() -> None:
    """A line for each claim that is asked for, by question; where two seem to contradict each other, why they do
    not."""
    shown = [claim for claim in in_order() if asked().shows(claim)]
    for number, (subject, question) in enumerate(QUESTIONS.items()):
        of_it = [claim for claim in shown if claim.subject == subject]
        if of_it:
            with st.container(key=f"claims-{number}", gap=None):
                plain_text.paragraph("", question)
                for claim in of_it:
                    st.button(
                        f"{LOOKS[claim.verdict].text} {claim.claim} :small[:gray[{claim.id}]]",
                        key=f"open-{claim.id}", type="tertiary", width="stretch", on_click=take,
                        kwargs={"claim": claim.id},
                    )  # fmt: skip
                    for other, why in beside(claim):
                        plain_text.small(f"Does not contradict {other}: {why}")
    if not shown:
        st.markdown("No claim matches all of this. Use fewer words, or clear a filter.")


def in_order() -> list[Claim]:
    """All claims, by question and then by source."""
    questions = list(QUESTIONS)
    return sorted(CLAIMS.values(), key=lambda claim: questions.index(claim.subject))


def shown_before_and_after(claim: Claim) -> tuple[Claim | None, Claim | None]:
    """The neighbours of a claim among those that are asked for."""
    shown = [other for other in in_order() if asked().shows(other) or other is claim]
    at = shown.index(claim)
    return (shown[at - 1] if at else None), (shown[at + 1] if at + 1 < len(shown) else None)


def recorded() -> None:
    """The whole record as a table: what was measured for each claim, when, and with what."""
    kept = record.read()
    with st.expander("All recorded measurements", key="record"):
        st.markdown(
            "`python -m gan_core claims --run` repeats the experiments of a claim's id, of a source's number, of "
            "`quick` or of `all`, and compares the results with this record. Open a claim for the meaning and unit of "
            "its figures."
        )
        rows = [_row(claim, kept[claim.id]) for claim in CLAIMS.values() if claim.id in kept and asked().shows(claim)]
        st.markdown("| claim | verdict | measured | date | with |\n| --- | --- | --- | --- | --- |\n" + "\n".join(rows))


def _row(claim: Claim, kept: dict[str, Any]) -> str:
    figures = "; ".join(f"{name.replace('_', ' ')} {in_words(value)}" for name, value in kept["measured"].items())
    look = LOOKS[kept["measured_verdict"]]
    figures = figures.replace("|", "\\|")
    return f"| {claim.id} | {look.sign} {look.words} | {figures} | {kept['date']} | {libraries(kept)} |"


def in_words(value: Any) -> str:
    """A measured figure; of several seeds, each."""
    if isinstance(value, list):
        return ", ".join(map(in_words, value))
    return value if isinstance(value, str) else f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"


def libraries(result: dict[str, Any]) -> str:
    """With which versions it was measured."""
    return ", ".join(f"{name.title()} {number}" for name, number in result["versions"].items())
