"""What is asked of the page `claims`, and how it stands in the address: a link opens a claim, or a choice of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from gan_core.claims.claim import SUBJECTS, VERDICTS, Claim
from gan_core.claims.ledger import CLAIMS, DOCUMENTS
from gan_core.claims.questions import QUESTIONS
from gan_core.diagnosis import documents

# By the field of AskedClaims: the key in the address, and what is allowed there.
KEYS = {
    "document": ("d", tuple(DOCUMENTS)),
    "verdict": ("v", VERDICTS),
    "subject": ("s", SUBJECTS),
    "claim": ("c", tuple(CLAIMS)),
}
# The key of the words that are looked for, which may be any.
WORDS = "q"
MOST_WORDS = 100  # letters


@dataclass(frozen=True)
class AskedClaims:
    """What the page claims is asked to show. Whatever is empty does not choose."""

    document: str = ""  # the claims of this one
    verdict: str = ""  # the claims with this one
    subject: str = ""  # the claims about this one
    claim: str = ""  # the claim that is opened, by id
    words: str = ""  # the claims in which all of these stand

    def shows(self, claim: Claim) -> bool:
        """Whether a claim is among those that are asked for."""
        return all(
            wanted in ("", found)
            for wanted, found in (
                (self.document, claim.document),
                (self.verdict, claim.verdict),
                (self.subject, claim.subject),
            )
        ) and all(word in _text(claim.id) for word in self.words.casefold().split())


@cache
def _text(claim_id: str) -> str:
    """All that is said with a claim, in which words are looked for."""
    claim = CLAIMS[claim_id]
    said = (
        claim.id, claim.claim, claim.condition, claim.instead, claim.reason, claim.source, claim.place, claim.subject,
        QUESTIONS[claim.subject], documents.DOCUMENTS[claim.document],
    )  # fmt: skip
    return " ".join(said).casefold()


def to_query(asked: AskedClaims) -> dict[str, str]:
    """The address of what is asked."""
    query = {key: getattr(asked, field) for field, (key, _) in KEYS.items() if getattr(asked, field)}
    return query | ({WORDS: asked.words} if asked.words else {})


def read(query: Mapping[str, str]) -> tuple[AskedClaims, list[str]]:
    """What a link asks for, and one sentence for each part of it that cannot be used and is left out. Keys
    that are no part of such a link are left to whoever they belong to."""
    asked, wrong = AskedClaims(), []
    for field, (key, allowed) in KEYS.items():
        if key in query:
            if query[key] in allowed:
                asked = replace(asked, **{field: query[key]})
            else:
                words = (
                    f"an id from {allowed[0]} to {allowed[-1]}" if field == "claim" else f"one of {', '.join(allowed)}"
                )
                wrong.append(f"{field.title()} (`{key}` in the link) = `{query[key]}`: must be {words}.")
    if words := query.get(WORDS, "").strip():
        asked = replace(asked, words=words[:MOST_WORDS])
    return asked, wrong
