"""A map of 400 cells with three seeds each, of 300 steps: `python -m tests.large_map OUT.png [--scheduler tcp://…]`.

Its cells are kept in GAN_HOME, so what was stopped goes on, and the page Map shows it at the address that is printed.
On stdout, as JSON: how long it took, and how many squares have which name.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from gan_core.settings.experiment import Experiment
from gan_core.sweep import link
from gan_core.sweep.chosen_machines import machines
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.map_files import map_png
from gan_core.sweep.plan import SweepPlan
from gan_core.sweep.running import Sweeps
from gan_core.sweep.sweep_map import sweep_map

RATES = tuple(float(f"{rate:.2g}") for rate in np.geomspace(1e-5, 1.0, 20))
PLAN = SweepPlan(Experiment(steps=300), {"lr_g": RATES, "lr_d": RATES}, (0, 1, 2))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--scheduler")
    given = parser.parse_args()
    kept = CellFolder.of_this_machine()
    sweeps = Sweeps(lambda: machines(given.scheduler), kept)
    begun = time.perf_counter()
    sweeps.begin("", PLAN)
    state = first = sweeps.seen("")
    while state is not None and state.open:
        state = sweeps.wait("", 60.0)
        if state is not None:
            print(f"{state.done} of {state.total}", file=sys.stderr, flush=True)
    sweeps.close()
    found = sweep_map(PLAN, [kept], state.failed if state else {})
    given.out.write_bytes(map_png(found))
    squares = [square for row in found.rows for square in row]
    json.dump(
        {
            "trained now": found.trained - (first.done if first else 0),
            "seconds": round(time.perf_counter() - begun, 1),
            "trouble": state.trouble if state else "",
            "squares": Counter(square.label or square.kind for square in squares),
            "all seeds agree": sum(square.agree == len(PLAN.seeds) for square in squares),
            "page": f"/sweep?{urlencode(link.to_query(PLAN))}",
        },
        sys.stdout,
        indent=2,
    )
    print()


if __name__ == "__main__":
    main()
