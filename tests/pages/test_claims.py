"""claims without a browser: the choice and its link, a claim opened, run again, and a disagreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import unescape

import pytest
from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from visiting import Open, as_read, html, words, wrongs

from gan_core.claims import record
from gan_core.claims.ledger import CLAIMS, code_of
from gan_core.claims.process_pool import claim_pool
from gan_core.claims.quantities import QUANTITIES, meaning
from gan_core.claims.questions import PAIRS, QUESTIONS, beside
from gan_core.diagnosis.documents import DOCUMENTS
from gan_core.diagnosis.recipes import RECIPES
from pages.parts.claims.listing import in_order

REFUTED = "003-05"


@pytest.fixture(scope="module", autouse=True)
def claim_pool_idle() -> Iterator[None]:
    """One process for the quick claims serves all these tests; it ends with them, not after its idle time."""
    yield
    with claim_pool()._lock:
        for queue in claim_pool()._queues.values():
            queue.stop()


def drawn(at: AppTest) -> str:
    return "\n".join(html(at))


def listed(at: AppTest) -> list[str]:
    return [button.key.removeprefix("open-") for button in at.button if button.key.startswith("open-")]


def ran(at: AppTest) -> AppTest:
    """Run the opened claim again, and wait until the page shows what came of it."""
    at.button(key="run_again").click().run()
    claim_pool().wait(at.session_state["claim_visitor"], PATIENCE_S)
    return at.run()


def test_it_lists_every_claim_with_the_counts_by_verdict(open_page: Open) -> None:
    at = open_page("claims")
    assert not at.exception and not wrongs(at)
    assert listed(at) == [claim.id for claim in in_order()] and {*listed(at)} == CLAIMS.keys()
    (shown,) = [pills.options for pills in at.button_group if pills.key == "claims_verdict"]
    counts = Counter(claim.verdict for claim in CLAIMS.values())
    assert [int(option.rsplit(" ", 1)[1]) for option in shown] == [
        counts[verdict] for verdict in ("holds", "holds-if", "refuted", "not-testable")
    ]


def test_the_choice_is_in_the_link_and_comes_from_it(open_page: Open) -> None:
    at = open_page("claims", v="refuted", d="003", s="code")
    expected = [
        claim.id
        for claim in CLAIMS.values()
        if (claim.document, claim.verdict, claim.subject) == ("003", "refuted", "code")
    ]
    assert listed(at) == expected and expected
    at.selectbox(key="claims_subject").set_value(None).run()
    assert at.query_params == {"v": "refuted", "d": "003"} or dict(at.query_params) == {"v": ["refuted"], "d": ["003"]}
    assert set(expected) < set(listed(at))
    at.button_group(key="claims_document").set_value(None).run()
    assert {CLAIMS[claim].verdict for claim in listed(at)} == {"refuted"}
    assert {CLAIMS[claim].document for claim in listed(at)} > {"003"}


def test_claims_are_found_by_words(open_page: Open) -> None:
    at = open_page("claims", q="BatchNorm momentum")
    assert {"002-03", "004-17", "004-18"} <= set(listed(at)) and len(listed(at)) < 8
    at.text_input(key="claims_words").set_value("002-19").run()
    assert "002-19" in listed(at) and len(listed(at)) == 1
    at.text_input(key="claims_words").set_value("no such word").run()
    assert not listed(at) and "No claim matches all of this" in words(at)
    at.text_input(key="claims_words").set_value("").run()
    assert len(listed(at)) == len(CLAIMS)


def test_pairs_that_seem_to_contradict_are_of_claims_and_named_once() -> None:
    pairs = [frozenset(pair[:2]) for pair in PAIRS]
    assert len(set(pairs)) == len(pairs) and all(len(pair) == 2 and pair <= CLAIMS.keys() for pair in pairs)
    assert all(pair.why.endswith(".") for pair in PAIRS)
    assert {claim.subject for claim in CLAIMS.values()} == set(QUESTIONS)


def test_a_claim_says_which_other_one_it_does_not_contradict(open_page: Open) -> None:
    at = open_page("claims", c="001-14")
    at.button(key="compare-001-15").click().run()
    assert f"{CLAIMS['001-15'].claim}" in words(at)


def test_figures_have_a_meaning_and_no_meaning_is_without_a_figure() -> None:
    names = {(claim, name) for claim, kept in record.read().items() for name in kept["measured"]}
    told = {meaning(*one) for one in names} - {""}
    assert told == {one.meaning for one in QUANTITIES}
    shares = {meaning("001-01", "contrast_x"), meaning("000-12", "contrast_to_real_x")}
    assert len(shares) == 1 and meaning("002-01", "contrast_x") not in shares


def test_a_choice_without_a_claim_says_so(open_page: Open) -> None:
    at = open_page("claims", d="003", s="learning rates")
    assert not listed(at) and "No claim matches all of this" in words(at)


def test_each_wrong_part_of_a_link_gets_one_sentence(open_page: Open) -> None:
    at = open_page("claims", v="true", d="007", c="000-99", zz="1", s="pillow")
    sentences = wrongs(at)
    assert len(sentences) == 4
    for part in ("`true`", "`007`", "`000-99`", "`zz`"):
        assert sum(part in sentence for sentence in sentences) == 1
    assert {CLAIMS[claim].subject for claim in listed(at)} == {"pillow"}


def test_every_claim_is_opened_with_all_that_is_known(open_page: Open) -> None:
    at = open_page("claims")
    for claim in CLAIMS.values():
        at.query_params["c"] = claim.id
        at.run()
        assert not at.exception and not wrongs(at)
        assert f"{claim.claim}" in words(at)
        assert (claim.condition or claim.instead or claim.reason) in as_read(at)
        assert DOCUMENTS[claim.document] in words(at) and claim.place[1:] in words(at)
        assert all(why in words(at) for _, why in beside(claim))
        assert (claim.source in words(at)) or not claim.source
        assert [code.value.strip() for code in at.code] == [code_of(claim).strip()] * claim.testable
        for name in record.read()[claim.id]["measured"]:
            assert name.replace("_", " ") in drawn(at)
        links = [link.proto.label for link in at.get("page_link")]
        assert len(links) == bool(claim.recipe) + bool(claim.mistake) + bool(claim.settings)
        if claim.recipe:
            assert RECIPES[claim.recipe].words in links[0]


@pytest.mark.parametrize(
    ("claim", "titles"),
    [
        ("000-01", ["Output activation: linear", "Output activation: tanh"]),  # a failure's own pictures
        ("001-03", ["Loss: minimax", "Loss: non saturating"]),
    ],
)
def test_a_claim_that_a_recipe_shows_has_its_pictures(open_page: Open, claim: str, titles: list[str]) -> None:
    seen = drawn(open_page("claims", c=claim))
    for title in titles:
        assert f'alt="{RECIPES[CLAIMS[claim].recipe].words}: {title}"' in unescape(seen)


def test_a_quick_claim_is_run_again_and_agrees(open_page: Open) -> None:
    at = open_page("claims", c=REFUTED)
    assert "<th>Now</th>" not in drawn(at)
    ran(at)
    assert not at.exception
    assert "Agrees with the record." in drawn(at) and "<th>Now</th>" in drawn(at)


def test_a_disagreement_is_shown_as_one(open_page: Open) -> None:
    at = open_page("claims", c=REFUTED)
    ran(at)
    found = at.session_state["claim_results"][REFUTED]
    found |= {"verdict": "holds", "agrees": False}
    at.run()
    assert "Disagrees with the record." in drawn(at) and "Agrees with the record." not in drawn(at)
    found |= {"measured_verdict": "not-decided"}
    at.run()
    assert "Not decided now." in drawn(at) and "spread over the seeds" in drawn(at)


def test_a_process_that_died_is_told_in_one_sentence(open_page: Open) -> None:
    training = next(claim.id for claim in CLAIMS.values() if claim.speed == "training")
    at = open_page("claims", c=training)
    at.button(key="run_again").click().run()
    assert [button.key for button in at.button if button.key == "stop_claim"]
    claim_pool()._queues["training"].stop()
    claim_pool().wait(at.session_state["claim_visitor"], PATIENCE_S)
    at.run()
    assert "The process that ran it ended" in drawn(at) and not at.exception
    assert not at.button(key="run_again").disabled


def test_what_runs_can_be_stopped_and_another_claim_says_that_it_runs(open_page: Open) -> None:
    training = next(claim.id for claim in CLAIMS.values() if claim.speed == "training")
    at = open_page("claims", c=training)
    at.button(key="run_again").click().run()
    at.button(key="all_claims").click().run()
    at.button(key=f"open-{REFUTED}").click().run()
    assert at.button(key="run_again").disabled
    assert any(training in progress.proto.text for progress in at.get("progress"))
    at.button(key="stop_claim").click().run()
    at.run()
    assert not at.button(key="run_again").disabled and not at.get("progress")


def test_the_neighbours_are_those_of_the_choice(open_page: Open) -> None:
    refuted = [claim.id for claim in in_order() if claim.verdict == "refuted"]
    at = open_page("claims", v="refuted", c=refuted[1])
    assert at.button(key="claim_previous").label == refuted[0]
    at.button(key="claim_next").click().run()
    assert f"{CLAIMS[refuted[2]].claim}" in words(at)
    at.button(key="all_claims").click().run()
    assert listed(at) == refuted


def test_the_record_is_a_table_with_date_versions_and_figures(open_page: Open) -> None:
    at = open_page("claims")
    (table,) = [text.value for text in at.markdown if text.value.startswith("| claim |")]
    rows = table.splitlines()[2:]
    assert len(rows) == len(record.read())
    kept = record.read()[REFUTED]
    (row,) = [row for row in rows if row.startswith(f"| {REFUTED} |")]
    assert kept["date"] in row and f"Numpy {kept['versions']['numpy']}" in row and "same pixels 4" in row
