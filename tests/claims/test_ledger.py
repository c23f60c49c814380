"""The ledger's words and the code it shows: complete, and true to the experiments that are run."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from gan_core.claims import record
from gan_core.claims.claim import Claim
from gan_core.claims.ledger import CLAIMS, DOCUMENTS, STUDY, STUDY_OF_ALL, code_of, find
from gan_core.diagnosis.recipes import RECIPES
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS

EVERY = pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
VERDICTS = {"holds": "", "holds-if": "condition", "refuted": "instead", "not-testable": "reason"}


@EVERY
def test_a_claim_says_all_that_its_verdict_needs(claim: Claim) -> None:
    assert claim.place and claim.claim.endswith(".")
    for verdict, field in VERDICTS.items():
        if field:
            assert bool(getattr(claim, field)) == (claim.verdict == verdict), f"{field} belongs to {verdict}"
    assert bool(claim.experiment) == claim.testable
    assert (claim.seconds > 0) == (claim.speed == "training")


@EVERY
def test_what_shows_a_claim_is_there(claim: Claim) -> None:
    assert not claim.recipe or claim.recipe in RECIPES
    looks, _, name = claim.mistake.partition("/")
    assert not claim.mistake or name in KNOWN_MISTAKES[looks]
    assert set(claim.settings) <= set(SETTINGS)
    Experiment(**claim.settings)


def test_ids_are_running_numbers_of_their_documents() -> None:
    for number, module in DOCUMENTS.items():
        assert [claim.id for claim in module.CLAIMS] == [f"{number}-{n:02d}" for n in range(1, len(module.CLAIMS) + 1)]
    assert sum(len(module.CLAIMS) for module in DOCUMENTS.values()) == len(CLAIMS)


@pytest.mark.parametrize("number", DOCUMENTS)
def test_every_row_of_the_study_is_covered_by_its_document(number: str) -> None:
    covered = {row for claim in DOCUMENTS[number].CLAIMS for row in claim.study}
    assert covered - {STUDY_OF_ALL} == set(STUDY[number])


def test_the_study_has_69_rows_of_five_documents() -> None:
    rows = [row for rows in STUDY.values() for row in rows]
    assert [*rows, STUDY_OF_ALL] == list(range(1, 70))
    assert list(STUDY) == ["000", "001", "002", "003", "004"]


@EVERY
def test_the_record_agrees_with_the_ledger(claim: Claim) -> None:
    kept = record.read()[claim.id]
    assert kept["measured_verdict"] == claim.verdict
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", kept["date"])
    assert bool(kept["measured"]) == claim.testable
    assert all(re.fullmatch(r"[a-z0-9_.]+", name) for name in kept["measured"])
    if claim.speed == "training":
        assert len(kept["seeds"]) >= 3 and kept["spread"]


def test_the_record_has_no_claim_that_the_ledger_has_not() -> None:
    assert set(record.read()) == set(CLAIMS)


def test_claims_are_found_by_id_document_and_speed() -> None:
    assert find("000-03") == [CLAIMS["000-03"]]
    assert {claim.document for claim in find("003")} == {"003"}
    assert {claim.speed for claim in find("quick")} == {"quick"}
    assert find("all") == list(CLAIMS.values())
    for wrong in ("", "3", "000-99", "Quick"):
        with pytest.raises(ValueError, match="no claim"):
            find(wrong)


def test_the_code_shown_takes_what_it_needs_and_no_more() -> None:
    code = code_of(CLAIMS["003-01"])
    assert (
        "import numpy as np" in code and "def example_1(" in code and code.endswith("print(example_1_by_channels())\n")
    )
    assert "def example_3(" not in code and "digits" not in code
    assert code_of(CLAIMS["000-20"]) == ""


@EVERY
def test_the_code_shown_is_whole(claim: Claim) -> None:
    """Every name in it is defined there or is Python's own."""
    if claim.testable:
        names: dict[str, object] = {}
        definitions, call = code_of(claim).rstrip().rsplit("\n", 1)
        exec(compile(definitions, claim.id, "exec"), names)
        assert call.startswith(f"print({claim.experiment}(") and callable(names[claim.experiment])


def test_pages_read_the_ledger_without_torch() -> None:
    code = (
        "import sys; from gan_core.claims.ledger import CLAIMS, code_of\n"
        "for claim in CLAIMS.values(): code_of(claim)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
