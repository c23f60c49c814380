"""As much of Keras 3's models as GAN loops use, by way of torch, for tests without Keras: NHWC arrays in and out,
`compile`, `trainable`, `train_on_batch`, `predict`, `layers`, and weights with a path, BatchNorm's averages among them.

As in Keras, a model trains the weights that were trainable when it was compiled, and BatchNorm whose layer is not
trainable uses its averages.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

Losses = {
    "binary_crossentropy": lambda y, p: entropy(y, p),
    "from_logits=True": lambda y, x: nn.functional.binary_cross_entropy_with_logits(x, y),
}


def entropy(y: Tensor, p: Tensor) -> Tensor:
    """Keras' binary cross-entropy of probabilities, which takes any label."""
    p = p.clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


class Variable:
    """A weight as Keras lists it."""

    def __init__(self, path: str, value: Tensor) -> None:
        self.path, self.value, self.shape = path, value, tuple(value.shape)

    def numpy(self) -> np.ndarray:
        return self.value.detach().numpy().copy()


class Layer(nn.Module):
    """A layer, trainable or not; `path` names its weights."""

    trainable = True

    def variables(self) -> Iterator[tuple[str, Tensor]]:
        yield from ()

    @property
    def weights(self) -> list[Variable]:
        return [Variable(f"{type(self).__name__.lower()}/{name}", value) for name, value in self.variables()]


class Dense(Layer):
    def __init__(self, fan_in: int, units: int) -> None:
        super().__init__()
        limit = (6 / (fan_in + units)) ** 0.5  # glorot_uniform
        self.kernel = nn.Parameter(torch.empty(fan_in, units).uniform_(-limit, limit))
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.kernel + self.bias

    def variables(self) -> Iterator[tuple[str, Tensor]]:
        yield from (("kernel", self.kernel), ("bias", self.bias))


class BatchNormalization(Layer):
    def __init__(self, units: int, momentum: float = 0.8) -> None:
        super().__init__()
        self.momentum = momentum
        self.gamma, self.beta = nn.Parameter(torch.ones(units)), nn.Parameter(torch.zeros(units))
        # On its backend torch, Keras keeps these as parameters too.
        self.moving_mean = nn.Parameter(torch.zeros(units), requires_grad=False)
        self.moving_variance = nn.Parameter(torch.ones(units), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        mean, variance = self.moving_mean, self.moving_variance
        if self.training and self.trainable:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.moving_mean.lerp_(mean, 1 - self.momentum)
                self.moving_variance.lerp_(variance, 1 - self.momentum)
        return (x - mean) / (variance + 1e-3).sqrt() * self.gamma + self.beta

    def variables(self) -> Iterator[tuple[str, Tensor]]:
        yield from (("gamma", self.gamma), ("beta", self.beta))
        yield from (("moving_mean", self.moving_mean), ("moving_variance", self.moving_variance))


class Activation(Layer):
    def __init__(self, function: nn.Module, shape: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.function, self.shape = function, shape

    def forward(self, x: Tensor) -> Tensor:
        x = self.function(x)
        return x.reshape(len(x), *self.shape) if self.shape else x


class Model(nn.Module):
    """A Sequential of layers or of models."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x

    @property
    def trainable(self) -> bool:
        return all(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = value

    def compile(self, loss: str, learning_rate: float) -> None:
        self.loss = Losses[loss]
        weights = [weight for layer in self.flat() if layer.trainable for weight in layer.parameters()]
        self.trained = [weight for weight in weights if weight.requires_grad]
        self.optimizer = torch.optim.Adam(self.trained or [torch.zeros(1)], lr=learning_rate, betas=(0.5, 0.999))

    def flat(self) -> list[Layer]:
        return [one for layer in self.layers for one in (layer.flat() if isinstance(layer, Model) else [layer])]

    @property
    def weights(self) -> list[Variable]:
        return [weight for layer in self.flat() for weight in layer.weights]

    def get_weights(self) -> list[np.ndarray]:
        return [weight.numpy() for weight in self.weights]

    def train_step(self, x: np.ndarray, y: np.ndarray, *, clears: bool) -> float:
        """One update, as a custom train_step on torch has it; whether it calls zero_grad() first."""
        self.train()
        loss = self.loss(torch.from_numpy(y.astype(np.float32)), self(torch.from_numpy(x)))
        if clears:
            self.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def predict(self, x: np.ndarray) -> np.ndarray:
        self.eval()
        with torch.no_grad():
            return self(torch.from_numpy(x)).numpy()


class OfTensorFlow:
    """A model as on Keras' other backends: no torch module, its weights are only got as arrays."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def layers(self) -> list[Layer]:
        return self._model.flat()

    @property
    def weights(self) -> list[Variable]:
        return self._model.weights

    def get_weights(self) -> list[np.ndarray]:
        return self._model.get_weights()
