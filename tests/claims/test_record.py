"""The record on disk: each result in its place, the others as they were."""

from __future__ import annotations

import json
from pathlib import Path

from gan_core.claims import record
from gan_core.claims.ledger import CLAIMS
from gan_core.claims.run_claim import run


def test_a_result_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    assert record.read(path) == {}
    first, second = run(CLAIMS["003-05"]), run(CLAIMS["000-08"])
    record.write(first, path, date="2026-01-02")
    record.write(second, path, date="2026-01-03")
    record.write({**first, "measured_verdict": "holds"}, path, date="2026-01-04")
    kept = record.read(path)
    assert list(kept) == ["000-08", "003-05"]
    assert kept["000-08"]["date"] == "2026-01-03" and kept["000-08"]["measured"] == second["measured"]
    assert kept["003-05"]["date"] == "2026-01-04" and kept["003-05"]["measured_verdict"] == "holds"


def test_it_has_no_times_and_no_machine(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    record.write(run(CLAIMS["003-05"]), path)
    assert set(json.loads(path.read_text())["003-05"]) == {"date", *record.KEPT}
    assert "seconds" not in record.KEPT
