"""The Dirac-GAN in closed form (Mescheder 2018, section 3): one number theta plays against one slope psi.

The data are the number 0, the generator makes theta, the discriminator's logit is psi times x; where both are 0, the
game is in equilibrium. What one step of gradient descent does near there is a product with a matrix, and its
eigenvalues say whether the game converges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS

Word = Literal["converges", "circles", "diverges"]
Floats = NDArray[np.float64]

NEAR = 1e-3  # how far from the equilibrium the linear game is compared
STEPS = 2000  # after which a game has come closer, or gone further, by so much:
TWICE = 2.0


@dataclass(frozen=True)
class Game:
    """The settings of an Experiment that the game depends on; plain gradient descent."""

    loss: str
    penalty: str
    weight: float
    update: str
    lr_g: float = 0.1
    lr_d: float = 0.1

    @classmethod
    def of(cls, e: Experiment) -> Game:
        """The game of an experiment on `dirac`."""
        return cls(e.loss, e.penalty, e.penalty_weight, e.update, e.lr_g, e.lr_d)

    def gradients(self, theta: float, psi: float) -> tuple[float, float]:
        """Of the generator's loss by theta, and of the discriminator's by psi, with its penalty."""
        logit = theta * psi
        if self.loss in ("non_saturating", "minimax"):
            of_d = theta * _sigmoid(logit)
            of_g = -psi * (_sigmoid(-logit) if self.loss == "non_saturating" else _sigmoid(logit))
        elif self.loss == "least_squares":
            of_d, of_g = theta * logit, psi * (logit - 1)
        else:
            of_d = theta if self.loss == "wasserstein" or logit > -1 else 0.0  # the hinge
            of_g = -psi
        if self.penalty in ("r1", "r2"):
            of_d += self.weight * psi
        elif self.penalty == "gradient_penalty":
            of_d += 2 * self.weight * (abs(psi) - 1) * np.sign(psi)
        return of_g, float(of_d)

    def step(self, theta: float, psi: float) -> tuple[float, float]:
        """Both numbers after one step."""
        of_g, of_d = self.gradients(theta, psi)
        after = psi - self.lr_d * of_d
        if self.penalty == "clip":
            after = min(max(after, -self.weight), self.weight)
        if self.update == "alternating":
            of_g, _ = self.gradients(theta, after)
        return theta - self.lr_g * of_g, after

    def path(self, steps: int, theta: float = 1.0, psi: float = 1.0) -> Floats:
        """(steps + 1, 2): theta and psi from the start on."""
        found = np.empty((steps + 1, 2))
        found[0] = theta, psi
        for step in range(steps):
            theta, psi = self.step(theta, psi)
            if not abs(theta) + abs(psi) < 1e6:  # it has diverged: the rest stays there
                found[step + 1 :] = found[step]
                break
            found[step + 1] = theta, psi
        return found

    def jacobian(self) -> Floats | None:
        """(2, 2), of minus both gradients at the equilibrium; None where they have a kink there."""
        if self.penalty == "gradient_penalty":
            return None
        half = 0.5 if self.loss in ("non_saturating", "minimax") else 1.0
        damping = self.weight if self.penalty in ("r1", "r2") else 0.0
        return np.array([[0.0, half], [0.0 if self.loss == "least_squares" else -half, -damping]])

    def rate(self) -> float | None:
        """By how much the distance from the equilibrium is multiplied in each step, near it: the greatest absolute
        eigenvalue of one step. None where there is no such matrix."""
        jacobian = self.jacobian()
        if jacobian is None:
            return None
        (_, by_psi), (by_theta, own) = jacobian
        d = np.array([[1.0, 0.0], [self.lr_d * by_theta, 1.0 + self.lr_d * own]])
        g = np.array([[1.0, self.lr_g * by_psi], [0.0, 1.0]])
        whole = g @ d if self.update == "alternating" else d + g - np.eye(2)
        return float(np.abs(np.linalg.eigvals(whole)).max())

    def word(self) -> Word:
        """What becomes of a game that begins near the equilibrium, or where that is none at (1, 1)."""
        start = (NEAR, NEAR) if self.jacobian() is not None else (1.0, 1.0)
        distance = np.hypot(*self.path(STEPS, *start).T)
        turned = distance[-STEPS // 4 :].max() / distance[: STEPS // 4].max()
        return "converges" if turned < 1 / TWICE else "diverges" if turned > TWICE else "circles"


def games(lr: float = 0.1, weight: float = 0.5) -> Iterator[Game]:
    """Every loss with every penalty and update rule."""
    for loss in SETTINGS["loss"].choices:
        for penalty in SETTINGS["penalty"].choices:
            for update in SETTINGS["update"].choices:
                yield Game(str(loss), str(penalty), weight, str(update), lr, lr)


def _sigmoid(x: float) -> float:
    return float(np.exp(-np.logaddexp(0.0, -x)))
