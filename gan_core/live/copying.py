"""A copy of a live run, as it was at its newest checkpoint."""

from __future__ import annotations

import shutil

from gan_core.live.errors import RunError
from gan_core.live.run import Run, Snapshot
from gan_core.live.scheduler import Scheduler
from gan_core.live.scratch_folders import ScratchFolder
from gan_core.messages.commands_and_reports import Checkpoint
from gan_core.saved_runs.checkpoint_header import CheckpointError, changes_of, read_state
from gan_core.saved_runs.run_folder import History

CHECKPOINT_S = 5.0


def have_checkpoint(scheduler: Scheduler, run: Run) -> None:
    """Have a run write where it stands, and wait for that, a few seconds at most. To be called under the lock."""
    if run.worker is None or run.opens:
        return
    step = run.step
    run.send(Checkpoint())
    scheduler.changed.wait_for(lambda: run.saving.checkpointed >= step or run.worker is None, CHECKPOINT_S)


def copied(there: Snapshot, run_id: str, owner: str) -> Run:
    """A run of this id and owner that stands where another one's newest checkpoint does, with its history until then;
    at step 0 where there is none yet. Raises OSError, and RunError where the checkpoint cannot be read."""
    run = Run(run_id, there.experiment, ScratchFolder(), go=False, owner=owner)
    try:
        if there.checkpoint.exists():
            shutil.copyfile(there.checkpoint, run.checkpoint)
            state, run.experiment = read_state(run.checkpoint)
            step = state["step"]
            run.remember(
                History(
                    tuple(row for row in there.rows if row.step <= step),
                    tuple(frame for frame in there.frames if frame.step <= step),
                    there.opening,
                    changes_of(state),
                )
            )
    except (OSError, CheckpointError) as error:
        run.folder.remove()
        raise RunError(f"The run could not be copied ({error}): try again.") from None
    return run
