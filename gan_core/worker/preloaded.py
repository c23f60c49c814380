"""Importing this imports all that a worker needs, which takes seconds: PyTorch above all."""

from functools import cache

from gan_core.engine.light_torch import defer_compiler

defer_compiler()

import torch  # noqa: E402

from gan_core.engine import take_frame  # noqa: E402
from gan_core.engine.drive import row_of  # noqa: E402
from gan_core.engine.trainer import Trainer  # noqa: E402
from gan_core.settings.experiment import Experiment  # noqa: E402
from gan_core.worker.loop import WorkerLoop  # noqa: E402

__all__ = ["WorkerLoop", "warm_up"]


@cache
def warm_up() -> None:
    """Pay for what a process pays for once: the default images, the classifier, and the machine code that is made for
    the default networks at their first steps.

    A process that is forked after this shares all of it, and has nothing left to pay for. No thread is started, and no
    random number is drawn that a run would draw.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    trainer = Trainer(Experiment(steps=Experiment().penalty_every))  # the last step has all a row's measurements
    while trainer.step < trainer.experiment.steps:
        trainer.train_step()
    take_frame.take(trainer)
    row_of(trainer)
    torch.set_num_threads(threads)
