"""python -m gan_core claims: the ledger as JSON, or what running some of it came to."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gan_core.claims.claim import Claim

RUN = "gan_core.claims.run_claim:run_named"
HELP = "the sources' claims with their verdicts; --run repeats their experiments"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "--run", metavar="ID|quick|all", help="one claim, those that take under a second, all, or a source"
    )
    parser.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="have --run done by a Dask cluster, several at a time"
    )
    parser.add_argument("--record", action="store_true", help="record what --run measures in assets/claims.json")


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    if given.record and not given.run:
        raise ValueError("--record keeps what --run measures: say what to run")
    if given.scheduler and not given.run:
        raise ValueError("--scheduler does what --run says: say what to run")
    json.dump(_ran(given.run, given.record, given.scheduler) if given.run else _listed(), sys.stdout, indent=2)
    print()
    return 0


def _listed() -> list[dict[str, Any]]:
    """Every claim with what was measured for the record."""
    from gan_core.claims import record  # the ledger is needed here alone
    from gan_core.claims.ledger import CLAIMS
    from gan_core.claims.run_claim import described

    kept = record.read()
    return [described(claim, kept.get(claim.id, {}).get("measured", {})) for claim in CLAIMS.values()]


def _ran(words: str, recording: bool, scheduler: str | None) -> list[dict[str, Any]]:
    """Run what `words` stand for (see `find`), with progress on stderr; each result is recorded as it comes.

    Raises ValueError for words that stand for nothing, ClusterError where the scheduler is of no use.
    """
    from gan_core.claims import record
    from gan_core.claims.ledger import find

    chosen = find(words)
    _say(_expected(chosen))
    results = []
    for result in _on_cluster(chosen, scheduler) if scheduler else map(_run, chosen):
        if recording:
            record.write(result)
        results.append(result)
    results.sort(key=lambda result: [claim.id for claim in chosen].index(result["id"]))
    for result in results:
        if not result["agrees"]:
            _say(f"{result['id']}: measured {result['measured_verdict']}, but on record is {result['verdict']}")
    return results


def _run(claim: Claim) -> dict[str, Any]:
    from tqdm import tqdm

    from gan_core.claims import record
    from gan_core.claims.run_claim import run

    if claim.speed == "quick":
        return run(claim)
    steps = record.read().get(claim.id, {}).get("steps")
    with tqdm(desc=f"{claim.id}, about {claim.seconds} s", total=steps, unit="step", file=sys.stderr) as bar:
        return run(claim, told=lambda done: _advance(bar, done))


def _on_cluster(chosen: list[Claim], scheduler: str) -> Iterator[dict[str, Any]]:
    """The results as they come, in any order."""
    from concurrent.futures import as_completed

    from tqdm import tqdm

    from gan_core.sweep.cluster import Cluster

    cluster = Cluster(scheduler)
    try:
        futures = [cluster.submit(RUN, claim.id) for claim in chosen]
        for future in tqdm(as_completed(futures), total=len(futures), unit="claim", file=sys.stderr):
            yield future.result()
    finally:
        cluster.close()


def _advance(bar: Any, done: int) -> None:
    bar.update(done - bar.n)


def _expected(chosen: list[Claim]) -> str:
    training = [claim for claim in chosen if claim.speed == "training"]
    words = f"{len(chosen)} claim{'s' if len(chosen) > 1 else ''}"
    if training:
        words += f", {len(training)} of them with training: about {sum(claim.seconds for claim in training)} s"
    return words


def _say(words: str) -> None:
    print(words, file=sys.stderr)
