"""What is asked of the page `claims`, and how it stands in the address: a link opens a claim, or a choice of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gan_core.claims.claim import SUBJECTS, VERDICTS, Claim
from gan_core.claims.ledger import CLAIMS, DOCUMENTS

# By the field of AskedClaims: the key in the address, and what is allowed there.
KEYS = {
    "document": ("d", tuple(DOCUMENTS)),
    "verdict": ("v", VERDICTS),
    "subject": ("s", SUBJECTS),
    "claim": ("c", tuple(CLAIMS)),
}


@dataclass(frozen=True)
class AskedClaims:
    """What the page claims is asked to show. Whatever is empty does not choose."""

    document: str = ""  # the claims of this one
    verdict: str = ""  # the claims with this one
    subject: str = ""  # the claims about this one
    claim: str = ""  # the claim that is opened, by id

    def shows(self, claim: Claim) -> bool:
        """Whether a claim is among those that are asked for."""
        return all(
            wanted in ("", found)
            for wanted, found in (
                (self.document, claim.document),
                (self.verdict, claim.verdict),
                (self.subject, claim.subject),
            )
        )


def to_query(asked: AskedClaims) -> dict[str, str]:
    """The address of what is asked."""
    return {key: getattr(asked, field) for field, (key, _) in KEYS.items() if getattr(asked, field)}


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
                wrong.append(f"{field.title()} (`{key}` in the link) = `{query[key]}`: allowed is {words}.")
    return asked, wrong
