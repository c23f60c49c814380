"""PyTorch's weighted layers, without its random initialisation and, on a CPU, by faster routes.

Each computes what the layer it inherits from computes, to rounding, and has the same parameters. Weights are drawn
in initialise.py, not from the global random state on the way there. The factors are of one core of an AMD EPYC
(Zen 5).
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, fold, unfold

from gan_core.engine.products import Library, product


class Linear(nn.Linear):
    """Fully connected."""

    product_library: Library = "blas"

    def reset_parameters(self) -> None:
        """Leave the memory as it is."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_features) to (N, out_features)."""
        return product(x, self.weight, self.bias, self.product_library)


class Conv2d(nn.Conv2d):
    """Convolution."""

    product_library: Library = "blas"

    def reset_parameters(self) -> None:
        """Leave the memory as it is."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, maps, H', W')."""
        # The gradient for a picture of one channel fills one lane of a vector of 16: as a matrix product over
        # unfolded patches it takes half the time. Where only the weights' is asked for, unfolding does not pay.
        if not (x.is_cpu and x.requires_grad and self.in_channels == 1 and _halves(self) and _even(x)):
            return super().forward(x)
        n, _, height, width = x.shape
        patches = unfold(x, 4, padding=1, stride=2).transpose(1, 2).flatten(0, 1)
        maps = product(patches, self.weight.flatten(1), self.bias, self.product_library)
        return maps.view(n, height // 2, width // 2, -1).permute(0, 3, 1, 2)


class ConvTranspose2d(nn.ConvTranspose2d):
    """Transposed convolution."""

    product_library: Library = "blas"

    def reset_parameters(self) -> None:
        """Leave the memory as it is."""

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, C, H, W) to (N, maps, H', W')."""
        if not x.is_cpu or output_size is not None:
            return super().forward(x, output_size)
        if self.out_channels == 1 and _halves(self):  # half the time: see Conv2d
            n, _, height, width = x.shape
            patches = product(
                x.permute(0, 2, 3, 1).flatten(0, 2), self.weight.flatten(1).t(), None, self.product_library
            )
            patches = patches.unflatten(0, (n, -1)).transpose(1, 2)
            images = fold(patches, (2 * height, 2 * width), 4, padding=1, stride=2)
        else:
            stride, padding, rest = cast(
                "tuple[tuple[int, int], ...]", (self.stride, self.padding, self.output_padding)
            )
            images = conv_transpose2d(x, self.weight, None, stride, padding, rest)
        # The gradient of a bias given to conv_transpose2d takes as long as the convolution; that of a sum, nothing.
        return images if self.bias is None else images + self.bias.to(images.dtype)[:, None, None]


def multiply_by(library: Library, network: nn.Module) -> None:
    """Have all layers of a network multiply by this library."""
    for layer in network.modules():
        if isinstance(layer, Linear | Conv2d | ConvTranspose2d):
            layer.product_library = library


def _halves(layer: nn.Conv2d | nn.ConvTranspose2d) -> bool:
    """Whether it changes the resolution by two with kernel 4."""
    return layer.kernel_size == (4, 4) and layer.stride == (2, 2) and layer.padding == (1, 1)


def _even(x: Tensor) -> bool:
    return x.shape[2] % 2 == 0 and x.shape[3] % 2 == 0
