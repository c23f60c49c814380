"""Makes the map that the page `sweep` opens with again: `python -m tests.make_sweep`.

Its cells are kept in GAN_HOME like any others, so what was stopped goes on; then they are packed, with figures of five
digits and the small pictures that the map shows, into assets/sweep/cells.zip.
"""

import json
import zipfile
from pathlib import Path

from gan_core.live.limits import Limits
from gan_core.sweep.kept_cells import SHIPPED, CellFolder, name_of, seen_cell
from gan_core.sweep.machines import OwnCores
from gan_core.sweep.ready_maps import FIRST, READY
from gan_core.sweep.running import Sweeps
from gan_core.sweep.sweep_map import SIDE, small_picture

DIGITS = 5


def main() -> None:
    plan, kept = READY[FIRST], CellFolder.of_this_machine()
    sweeps = Sweeps(lambda: OwnCores(Limits.from_environment().max_workers), kept)
    sweeps.begin("", plan)
    state = sweeps.seen("")
    while state is not None and state.open:
        state = sweeps.wait("", 60.0)
        print(state.done if state else "", flush=True)
    sweeps.close()
    SHIPPED.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(SHIPPED, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for cell in plan.cells:
            assert cell.experiment is not None
            seen = kept.read(cell.experiment)
            assert seen is not None
            name = name_of(cell.experiment)
            text = shortened((kept.folder / f"{name}.json").read_text())
            assert label(text) == label((kept.folder / f"{name}.json").read_text()), name
            add(archive, f"{name}.json", text.encode())
            add(archive, f"{name}.png", small_picture(seen, SIDE))


def shortened(text: str) -> str:
    told = json.loads(text)
    told["rows"] = [
        [step, {name: float(f"{value:.{DIGITS}g}") for name, value in m.items()}] for step, m in told["rows"]
    ]
    return json.dumps(told, separators=(",", ":"))


def label(text: str) -> tuple[str, list[str]]:
    of = seen_cell(text, Path("none")).verdict
    return of.state, [finding.failure for finding in of.findings]


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """With the same date every time, so that the same cells give the same file."""
    archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main()
