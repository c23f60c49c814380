"""The generator and the discriminator, built from an Experiment."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from gan_core.engine.initialise import initialise
from gan_core.engine.layers import Conv2d, ConvTranspose2d, Linear
from gan_core.engine.network_parts import Dropout, ending, hidden, norm, scaled, spectral, with_minibatch_std
from gan_core.engine.point_networks import UNITS, DiracDiscriminator, DiracGenerator, FourierFeatures, PointGenerator
from gan_core.engine.random_sources import WAVES, source
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import ARCHITECTURE


def build(e: Experiment) -> tuple[nn.Module, nn.Module]:
    """(generator, discriminator) on the CPU with their first weights."""
    networks = build_generator(e), build_discriminator(e)
    for player, network in enumerate(networks):
        initialise(network, e.init, e.init_std, e.seed, player)
        if isinstance(network, PointGenerator):
            network.begin_small()
    return networks


def build_generator(e: Experiment) -> nn.Module:
    """(N, latent_dim) noise -> (N, channels, image_size, image_size), in the output activation's range; of points
    (N, 2), of the Dirac-GAN (N, 1)."""
    if e.architecture == ARCHITECTURE:
        return DiracGenerator() if e.dataset == "dirac" else PointGenerator(e)
    if e.architecture == "dcgan":
        return DCGANGenerator(e)
    if e.architecture == "dcgan-light":
        return LightDCGANGenerator(e)
    if e.architecture == "document-dcgan":
        return DocumentDCGANGenerator(e)
    return MLPGenerator(e) if e.architecture == "mlp" else PlainMLPGenerator(e)


def memory_layout(e: Experiment) -> torch.memory_format:
    """How the weights and images of an experiment's networks lie in memory: convolutions on a CPU are fastest with
    the channels innermost."""
    return torch.channels_last if "dcgan" in e.architecture else torch.contiguous_format


def build_discriminator(e: Experiment) -> nn.Module:
    """(N, channels, image_size, image_size) images, or points as `build_generator` makes them ->
    (N / max(pack, 1), 1) logits."""
    if e.dataset == "dirac":
        return DiracDiscriminator()
    return MLPDiscriminator(e) if e.architecture in MLPDiscriminator.UNITS else ConvDiscriminator(e)


class MLPGenerator(nn.Module):
    """Fully connected, 64-128, to a sketch of half the height and width, which is enlarged smoothly: neighbouring
    pixels are alike from the start, so that no step is spent on teaching that."""

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        layers, before = _fully_connected(e, e.latent_dim, (scaled(64, e), scaled(128, e)))
        sketch = -(-e.image_size // 2)
        self.layers = nn.Sequential(
            *layers,
            Linear(before, e.channels * sketch**2),
            nn.Unflatten(1, (e.channels, sketch, sketch)),
            Enlarge(sketch, e.image_size),
            *ending(e, e.channels),
        )

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent_dim) noise to (N, C, H, W) images."""
        return self.layers(z)


class Enlarge(nn.Module):
    """(N, C, small, small) to (N, C, large, large) by bilinear interpolation, as nn.Upsample gives it.

    Two products with a small matrix, one for the rows and one for the columns, take a fraction of its time on a CPU.
    """

    weights: Tensor

    def __init__(self, small: int, large: int) -> None:
        super().__init__()
        weights = interpolate(torch.eye(small)[:, None], size=large, mode="linear")[:, 0]  # (small, large)
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return self.weights.t() @ (x @ self.weights)


class PlainMLPGenerator(nn.Module):
    """Fully connected to every pixel: 128-256-pixels, or document 004's 128-256-512-1024-784."""

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        document = e.architecture == "document-mlp"
        units = (128, 256, 512, 1024) if document else (scaled(128, e), scaled(256, e))
        layers, before = _fully_connected(e, e.latent_dim, units, first_plain=document)
        pixels = e.channels * e.image_size**2
        layers += [Linear(before, pixels), *ending(e, pixels, images=False)]
        self.layers = nn.Sequential(*layers)
        self.shape = (e.channels, e.image_size, e.image_size)

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent_dim) noise to (N, C, H, W) images."""
        return self.layers(z).unflatten(1, self.shape)


def _fully_connected(
    e: Experiment, before: int, units: tuple[int, ...], first_plain: bool = False
) -> tuple[list[nn.Module], int]:
    """The generator's hidden layers from `before` inputs on, and the units of the last one; `first_plain` leaves the
    first one without normalisation."""
    layers: list[nn.Module] = []
    for index, after in enumerate(units):
        layers.append(Linear(before, after))
        if not (first_plain and index == 0) and e.norm_g != "instance":  # which needs pixels
            layers += norm(e.norm_g, after, e, images=False)
        layers.append(hidden(e))
        before = after
    return layers, before


class DCGANGenerator(nn.Module):
    """A quarter of the resolution with 64 maps, doubled twice (Radford 2016, made small)."""

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        first, second = scaled(64, e), scaled(32, e)
        self.size = e.image_size
        base = -(-e.image_size // 4)
        self.layers = nn.Sequential(
            Linear(e.latent_dim, first * base * base),
            Maps(first, base),
            *norm(e.norm_g, first, e),
            hidden(e),
            *_doubled(e, first, second),
            *norm(e.norm_g, second, e),
            hidden(e),
            *_doubled(e, second, e.channels),
            *ending(e, e.channels),
        )

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent_dim) noise to (N, C, H, W) images."""
        return self.layers(z)[:, :, : self.size, : self.size]


class LightDCGANGenerator(nn.Module):
    """Fully connected, 64-128, to 8 maps of half the height and width, which one convolution doubles: most of a DCGAN's
    time goes into its first convolutions, over many maps."""

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        self.size = e.image_size
        layers, before = _fully_connected(e, e.latent_dim, (scaled(64, e), scaled(128, e)))
        half, maps = -(-e.image_size // 2), scaled(8, e)
        self.layers = nn.Sequential(
            *layers,
            Linear(before, maps * half**2),
            nn.Unflatten(1, (maps, half, half)),
            MapsInnermost(),
            *norm(e.norm_g, maps, e),
            hidden(e),
            *_doubled(e, maps, e.channels),
            *ending(e, e.channels),
        )

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent_dim) noise to (N, C, H, W) images."""
        return self.layers(z)[:, :, : self.size, : self.size]


class Maps(nn.Module):
    """(N, maps * size * size) -> (N, maps, size, size), the maps innermost in memory (channels_last).

    Convolutions on a CPU are fastest so. A mixture of layouts makes them and their activations several times slower.
    """

    def __init__(self, maps: int, size: int) -> None:
        super().__init__()
        self.shape = (size, size, maps)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return x.unflatten(1, self.shape).permute(0, 3, 1, 2)


class MapsInnermost(nn.Module):
    """The same (N, maps, H, W), laid out in memory as `Maps` does."""

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return x.contiguous(memory_format=torch.channels_last)


class DocumentDCGANGenerator(nn.Module):
    """Document 002's generator, 100-512-256-128-c: 4x4 doubled three times gives 32x32."""

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Unflatten(1, (e.latent_dim, 1, 1))]
        before = e.latent_dim
        for index, after in enumerate((512, 256, 128)):
            if index == 0:
                layers.append(ConvTranspose2d(before, after, 4, 1, 0, bias=False))
            else:
                layers += _doubled(e, before, after, bias=False)
            layers += [*norm(e.norm_g, after, e), hidden(e)]
            before = after
        layers += [*_doubled(e, before, e.channels, bias=False), *ending(e, e.channels)]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent_dim) noise to (N, C, H, W) images."""
        return self.layers(z)


class MLPDiscriminator(nn.Module):
    """Fully connected: pixels-64-64-1, mlp-plain's pixels-256-128-1, document 004's 784-512-256-1, or, of
    points, 2-64-64-64-1, with Fourier features of their place before."""

    UNITS: ClassVar = {"mlp": (64, 64), "mlp-plain": (256, 128), "document-mlp": (512, 256), ARCHITECTURE: UNITS}

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        units = tuple(scaled(units, e) for units in self.UNITS[e.architecture])
        self.pack = max(e.pack, 1)
        layers: list[nn.Module] = []
        points = e.architecture == ARCHITECTURE
        before = self.pack * (2 if points else e.channels * e.image_size**2)
        if points and e.fourier_d:
            layers.append(FourierFeatures(before, e.fourier_d, e.fourier_scale, source(e.seed, WAVES, 1)))
            before += 2 * e.fourier_d
        for index, after in enumerate(units):
            layers.append(spectral(Linear(before, after), e))
            # Normalising D's first layer would hide the pixels' own scale (Radford 2016, section 3).
            if index > 0:
                layers += norm(e.norm_d, after, e, images=False)
            layers += [hidden(e), Dropout(e.dropout_d)]
            before = after
        self.layers = nn.Sequential(*layers)
        self.minibatch_std = e.minibatch_std
        self.logit = spectral(Linear(before + int(e.minibatch_std), 1), e)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) images, or (N, 2) points, to (N / pack, 1) logits."""
        features = self.layers(images.reshape(len(images) // self.pack, -1))
        return self.logit(with_minibatch_std(features) if self.minibatch_std else features)


class ConvDiscriminator(nn.Module):
    """Strided convolutions down to a quarter of the size (dcgan, and with half the maps dcgan-light) or to 4x4
    (document-dcgan), then a logit."""

    MAPS: ClassVar = {"dcgan-light": (16, 32), "dcgan": (32, 64)}

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        maps = tuple(scaled(count, e) for count in self.MAPS.get(e.architecture, ())) or (128, 256, 512)
        self.pack = max(e.pack, 1)
        layers: list[nn.Module] = []
        before, size = self.pack * e.channels, e.image_size
        for index, after in enumerate(maps):
            layers.append(spectral(Conv2d(before, after, 4, 2, 1), e))
            if index > 0:
                layers += norm(e.norm_d, after, e)
            layers += [hidden(e), Dropout(e.dropout_d)]
            before, size = after, size // 2
        self.layers = nn.Sequential(*layers)
        self.minibatch_std = e.minibatch_std
        self.logit = spectral(Linear((before + int(e.minibatch_std)) * size**2, 1), e)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) images to (N / pack, 1) logits."""
        packs = images.reshape(len(images) // self.pack, -1, *images.shape[2:])
        features = self.layers(packs)
        features = with_minibatch_std(features) if self.minibatch_std else features
        return self.logit(features.permute(0, 2, 3, 1).flatten(1))  # no copy: see Maps


def _doubled(e: Experiment, before: int, after: int, bias: bool = True) -> list[nn.Module]:
    """Twice the resolution. Kernel 3 at stride 2 overlaps unevenly: the checkerboard (Odena 2016)."""
    if e.upsample == "resize":
        return [nn.Upsample(scale_factor=2, mode="nearest"), Conv2d(before, after, 3, 1, 1, bias=bias)]
    if e.upsample == "transpose4":
        return [ConvTranspose2d(before, after, 4, 2, 1, bias=bias)]
    return [ConvTranspose2d(before, after, 3, 2, 1, output_padding=1, bias=bias)]
