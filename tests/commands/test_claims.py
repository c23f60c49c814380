"""python -m gan_core claims: JSON on stdout, words on stderr, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gan_core.__main__ import main
from gan_core.claims import record
from gan_core.claims.ledger import CLAIMS

CONTRACT = {"id", "document", "claim", "experiment", "measured", "verdict", "speed"}


def test_without_run_it_lists_all_claims_with_what_is_on_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [claim["id"] for claim in listed] == list(CLAIMS)
    for claim in listed:
        assert set(claim) >= CONTRACT and "measured_verdict" not in claim
        assert claim["measured"] == record.read()[claim["id"]]["measured"]
        assert claim["verdict"] in {"holds", "holds-if", "refuted", "not-testable"}
        assert claim["speed"] in {"quick", "training"}


def test_one_claim_is_run_and_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--run", "003-05"]) == 0
    captured = capsys.readouterr()
    (result,) = json.loads(captured.out)
    assert result["id"] == "003-05" and result["measured_verdict"] == result["verdict"] == "refuted"
    assert captured.err == "1 claim\n"


def test_a_disagreement_is_told_on_stderr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CLAIMS, "003-05", replace(CLAIMS["003-05"], verdict="holds"))
    assert main(["claims", "--run", "003-05"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)[0]["agrees"] is False
    assert "003-05: measured refuted, but on record is holds" in captured.err


def test_a_record_is_kept_where_it_belongs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(record, "PATH", tmp_path / "claims.json")
    assert main(["claims", "--run", "003-05", "--record"]) == 0
    assert list(json.loads((tmp_path / "claims.json").read_text())) == ["003-05"]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "words"), [(["--run", "000-99"], "no claim '000-99'"), (["--record"], "say what to run")]
)
def test_bad_input_gets_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", *arguments]) == 2
    captured = capsys.readouterr()
    assert not captured.out and words in captured.err and len(captured.err.splitlines()) == 1
