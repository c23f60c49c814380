"""Live runs whose worker, or whose server, is killed while they train and are saved; says as JSON what came of each.

    python tests/killing_app.py FOLDER SEED WORKERS SERVERS

Every run goes on, in the same server or in another that opens what was saved, and has to end with the very bytes of
the run that nobody killed. `python tests/killing_app.py serve FOLDER VARIANT MOMENT` is a server that kills itself.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from killing import SETTINGS, VARIANTS  # noqa: E402
from live_runs import PATIENCE_S, reach  # noqa: E402
from tiny import tiny  # noqa: E402

from gan_core.live.limits import Limits  # noqa: E402
from gan_core.live.registry import Registry  # noqa: E402
from gan_core.saved_runs.run_folder import SavedRun  # noqa: E402
from gan_core.saved_runs.store import Damaged, Store  # noqa: E402

STEPS = int(SETTINGS["steps"])
MOST = 10_000  # changes, which no run here has


def begin(registry: Registry, variant: str, moment: int) -> tuple[str, int]:
    """A run that is saved at each step, until something has changed so many times or it has ended; its id, and how
    many times something changed."""
    run_id = registry.start(tiny(**SETTINGS, **VARIANTS[variant]), go=False)
    registry.save_thread.save_as(run_id, variant)
    for _ in range(STEPS - 1):
        registry.step(run_id)
        registry.pause(run_id)  # which makes a checkpoint, and the saved run follows
    registry.go(run_id)
    return run_id, after(registry, run_id, moment)


def after(registry: Registry, run_id: str, moment: int) -> int:
    """Wait until something has changed so many times, or until the run has ended and is saved."""
    count = 0

    def reached() -> bool:
        nonlocal count
        count += 1
        return count >= moment or ended(registry, run_id)

    assert registry.wait_until(reached, PATIENCE_S), _stands(registry, run_id)
    return count


def _stands(registry: Registry, run_id: str) -> str:
    seen = registry.snapshot(run_id)
    return f"{seen.state} at step {seen.step}, {seen.trouble}, {seen.save_state}" if seen else "no run"


def ended(registry: Registry, run_id: str) -> bool:
    seen = registry.snapshot(run_id)
    saved = seen and seen.save_state
    return bool(seen and saved and seen.state == "finished" and not saved.busy and saved.step == STEPS)


def finish(registry: Registry, run_id: str) -> SavedRun:
    """Have it go on to its end; what is saved of it."""
    seen = reach(registry, run_id, lambda seen: seen.save_state is None or not seen.save_state.busy)
    if seen.save_state is None or not seen.save_state.run_id:  # killed before its first checkpoint, as was told
        assert seen.save_state is None or "no checkpoint yet" in seen.save_state.trouble, seen.save_state
        registry.save_thread.save_as(run_id, "again")
    registry.save_thread.follow(run_id, True)
    registry.go(run_id)
    after(registry, run_id, MOST)
    seen = reach(registry, run_id, lambda seen: seen.save_state and seen.save_state.step == STEPS)
    assert seen.save_state is not None
    return Store.from_environment().read(seen.save_state.run_id)


def told(found: SavedRun, wanted: SavedRun) -> dict[str, Any]:
    assert found.checkpoint is not None and wanted.checkpoint is not None
    return {
        "same": found.checkpoint.read_bytes() == wanted.checkpoint.read_bytes(),
        "rows": found.rows == wanted.rows,
        "frame": found.frames[-1] == wanted.frames[-1],
        "left": [path.name for path in found.folder.rglob(".*")],
    }


def main(place: Path, seed: int, workers: int, servers: int) -> None:
    os.environ["GAN_HOME"] = str(place / "home")
    store = Store.from_environment()
    registry = Registry(Limits(max_workers=1))
    registry.warm()
    wanted, most = {}, {}
    for variant in VARIANTS:
        run_id, most[variant] = begin(registry, variant, MOST)
        wanted[variant] = finish(registry, run_id)
        registry.forget(run_id)
    draw = random.Random(seed)
    for number in range(workers + servers):
        variant = draw.choice([*VARIANTS])
        moment = draw.randint(1, most[variant])
        saw: dict[str, Any] = {"variant": variant, "killed": "worker" if number < workers else "server"}
        if number < workers:
            run_id, _ = begin(registry, variant, moment)
            worker = registry._scheduler.runs[run_id].worker
            saw["step"] = registry.snapshot(run_id).step
            if worker is not None:
                os.kill(worker.pid, signal.SIGKILL)
                reach(registry, run_id, lambda seen: seen.state == "crashed")
                registry.resume(run_id, go=False)
                reach(registry, run_id, lambda seen: seen.state in ("paused", "finished"))
        else:
            before = {entry.run_id for entry in store.headings()}
            call = [sys.executable, __file__, "serve", str(place), variant, str(moment)]
            code = subprocess.run(call, check=False, timeout=PATIENCE_S).returncode
            assert code == -signal.SIGKILL, code
            left = [entry for entry in store.headings() if entry.run_id not in before]
            saw["unread"] = [entry.words for entry in left if isinstance(entry, Damaged)]
            whole = [entry for entry in left if not isinstance(entry, Damaged)]
            saw["step"] = whole[0].step if whole else None
            if whole:
                run_id = registry.reopen(store.read(whole[0].run_id))
                reach(registry, run_id, lambda seen: seen.state in ("paused", "finished"))
            else:
                run_id, _ = begin(registry, variant, 1)
        print(json.dumps(saw | told(finish(registry, run_id), wanted[variant])), flush=True)
        registry.forget(run_id)
    registry.close()


def serve(place: Path, variant: str, moment: int) -> None:
    """Killed, whatever it does at that moment; what it has started must end by itself."""
    os.environ["GAN_HOME"] = str(place / "home")
    begin(Registry(Limits(max_workers=1)), variant, moment)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
