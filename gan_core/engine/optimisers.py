"""How gradients become changes of the weights, and how the average of a generator follows them."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer, RMSprop
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from gan_core.settings.experiment import Experiment


def optimiser_of(e: Experiment, parameters: list[nn.Parameter], lr: float) -> Optimizer:
    """The experiment's optimiser for one network."""
    settings = optimiser_settings(e, lr)
    if e.optimiser == "adam":
        return Adam(parameters, fused=True, **settings)  # type: ignore[arg-type]
    if e.optimiser == "sgd":
        return SGD(parameters, fused=True, **settings)  # type: ignore[arg-type]
    return RMSprop(parameters, foreach=True, **settings)  # type: ignore[arg-type]


def optimiser_settings(e: Experiment, lr: float) -> dict[str, object]:
    """What a running optimiser can be told anew."""
    if e.optimiser == "adam":
        return {"lr": lr, "betas": (e.beta1, e.beta2)}
    return {"lr": lr, "alpha": e.beta2} if e.optimiser == "rmsprop" else {"lr": lr, "momentum": e.beta1}


def average_of(e: Experiment, generator: nn.Module) -> AveragedModel | None:
    """The running average of a generator's weights and statistics; None where the experiment has none."""
    return AveragedModel(generator, multi_avg_fn=_averaging(e), use_buffers=True) if e.ema else None


def _averaging(e: Experiment) -> Callable[..., None]:
    if not e.ema_warm_up:
        return get_ema_multi_avg_fn(e.ema)

    def average(averages: list[Tensor], weights: list[Tensor], count: Tensor) -> None:
        decay = min(e.ema, (1 + count.item()) / (10 + count.item()))
        get_ema_multi_avg_fn(decay)(averages, weights, count)

    return average
