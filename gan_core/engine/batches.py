"""Real images in batches: the whole data set as one tensor, a new order each epoch, augmentation."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from gan_core.pixels.range_map import RangeMap

CROP_SHIFT = 2  # pixels


class Batches:
    """Endless batches of real images in the range of the data.

    `pixels` is (N, C, H, W) uint8, or (N, 2) float32 points.

    Each epoch is a new order drawn from `generator`; what is left over at the
    end of an epoch is not used, unless the set is smaller than a batch, which then repeats within it. Augmentation
    draws from `augmenting`, so that the order is the same with and without it.
    """

    def __init__(
        self,
        pixels: Tensor,
        batch_size: int,
        range_map: RangeMap,
        generator: torch.Generator,
        augmenting: torch.Generator,
        device: torch.device,
    ) -> None:
        self.pixels = pixels.to(device)
        self.batch_size = batch_size
        self.generator, self.augmenting = generator, augmenting
        self.order = torch.empty(0, dtype=torch.int64)
        self.position = 0
        # Every range map is linear: its values at 0 and 255 say all.
        self.low, self.high = range_map.low, range_map.high

    def next(self, augment: tuple[str, ...] = ()) -> Tensor:
        """(batch_size, C, H, W) float32 in the data range, or (batch_size, 2) points."""
        batch = self.pixels[self._indices().to(self.pixels.device)]
        if augment:
            batch = augmented(batch, augment, self.augmenting)
        return self.encode(batch)

    def encode(self, pixels: Tensor) -> Tensor:
        """uint8 pixels -> float32 in the data range; points, which are float32, stay as they are."""
        if pixels.dtype == torch.float32:
            return pixels
        return pixels.to(torch.float32).mul_((self.high - self.low) / 255).add_(self.low)

    def _indices(self) -> Tensor:
        if self.position + self.batch_size > len(self.order):
            rounds = -(-self.batch_size // len(self.pixels))
            orders = [torch.randperm(len(self.pixels), generator=self.generator) for _ in range(rounds)]
            self.order, self.position = torch.cat(orders), 0
        indices = self.order[self.position : self.position + self.batch_size]
        self.position += self.batch_size
        return indices


def augmented(batch: Tensor, augment: tuple[str, ...], generator: torch.Generator) -> Tensor:
    """(N, C, H, W) uint8, each image changed by chance of its own: 'flip' mirrors half of them, 'crop' shifts
    by up to 2 pixels, black coming in at the edge."""
    n, _, height, width = batch.shape
    if "flip" in augment:
        mirrored = (torch.rand(n, generator=generator) < 0.5).to(batch.device)
        batch = torch.where(mirrored[:, None, None, None], batch.flip(3), batch)
    if "crop" in augment:
        shift = torch.randint(0, 2 * CROP_SHIFT + 1, (2, n, 1), generator=generator).to(batch.device)
        rows = shift[0] + torch.arange(height, device=batch.device)
        columns = shift[1] + torch.arange(width, device=batch.device)
        image = torch.arange(n, device=batch.device)[:, None, None]
        # Indices apart from the colour channel bring it to the end: (N, H, W, C).
        batch = pad(batch, [CROP_SHIFT] * 4)[image, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    return batch
