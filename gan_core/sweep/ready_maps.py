"""Maps that are worth looking at first: two settings each, with values from too little to too much."""

from __future__ import annotations

from gan_core.settings.experiment import Experiment
from gan_core.sweep.plan import SweepPlan

STEPS = 300  # by which the default network draws digits
RATES = (1e-4, 5e-4, 2e-3, 1e-2, 0.1)

_BASE = Experiment(steps=STEPS)
READY: dict[str, SweepPlan] = {
    "Learning rates of G and D": SweepPlan(_BASE, {"lr_g": RATES, "lr_d": RATES}),
    "Initialisation and activation": SweepPlan(
        _BASE,
        {
            "init": ("pytorch", "dcgan", "xavier_normal", "he_normal", "orthogonal", "zeros"),
            "hidden_activation": ("leaky_relu", "relu", "elu", "tanh", "sigmoid"),
        },
    ),
    "D updates per step and loss": SweepPlan(
        _BASE,
        {
            "n_dis": (0, 1, 2, 5, 10),
            "loss": ("non_saturating", "minimax", "wasserstein", "hinge", "least_squares"),
        },
    ),
    "Noise scale and normalisation": SweepPlan(
        _BASE, {"noise_scale": (0.0, 0.01, 0.1, 1.0, 10.0, 100.0), "norm_g": ("batch", "layer", "none")}
    ),
    "Penalty and its weight": SweepPlan(
        _BASE,
        {"penalty_weight": (0.01, 0.1, 1.0, 10.0, 100.0), "penalty": ("gradient_penalty", "r1", "r2", "clip")},
    ),
    "Latent dimensions and width": SweepPlan(
        _BASE, {"latent_dim": (1, 2, 8, 32, 128), "width": (0.125, 0.25, 0.5, 1.0, 2.0)}
    ),
}
FIRST = next(iter(READY))  # the one that comes with results, made by tests/make_sweep.py
