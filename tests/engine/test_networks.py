from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from tiny import tiny
from torch import Tensor, nn

from gan_core.engine.networks import Dropout, Enlarge, build, with_minibatch_std
from gan_core.settings.experiment import Experiment


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(e: Experiment, count: int = 4, seed: int = 1) -> Tensor:
    return torch.randn(count, e.latent_dim, generator=source(seed))


def check_shapes(e: Experiment) -> None:
    g, d = build(e)
    images = g(noise(e, 6))
    assert images.shape == (6, e.channels, e.image_size, e.image_size)
    assert d(images).shape == (6 // max(e.pack, 1), 1)
    assert torch.isfinite(images).all()
    # Every weight of both networks has a part in the logit: nothing is built and then left out.
    d(images).sum().backward()
    assert all(p.grad is not None for net in (g, d) for p in net.parameters())


@pytest.mark.parametrize("architecture", ["mlp", "mlp-plain", "dcgan-light", "dcgan"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("image_size", [8, 9, 28, 30, 31, 64])
def test_shapes(architecture: str, channels: int, image_size: int) -> None:
    check_shapes(tiny(architecture=architecture, channels=channels, image_size=image_size))


@pytest.mark.parametrize(
    ("norm_g", "norm_d", "upsample"),
    list(
        itertools.product(
            ["batch", "none", "layer", "instance"],
            ["none", "batch", "layer", "instance", "spectral"],
            ["resize", "transpose4", "transpose3"],
        )
    ),
)
def test_shapes_of_every_norm_and_upsampling(norm_g: str, norm_d: str, upsample: str) -> None:
    given: dict[str, Any] = {"norm_g": norm_g, "norm_d": norm_d, "upsample": upsample}
    for channels, image_size in ((1, 8), (3, 13)):
        for architecture in ("dcgan-light", "dcgan"):
            check_shapes(tiny(architecture=architecture, channels=channels, image_size=image_size, **given))
    if "instance" not in (norm_g, norm_d):
        check_shapes(tiny(architecture="mlp", **given))
        check_shapes(tiny(architecture="mlp-plain", **given))


@pytest.mark.parametrize("latent_dim", [1, 128, 256, 512])
def test_shapes_of_the_documents_networks(latent_dim: int) -> None:
    """At latent sizes that are also sizes of their layers, too."""
    check_shapes(Experiment(architecture="document-mlp", latent_dim=latent_dim))
    check_shapes(Experiment(architecture="document-dcgan", latent_dim=latent_dim))


def test_pack_and_minibatch_std_in_every_architecture() -> None:
    for architecture in ("mlp", "mlp-plain", "dcgan-light", "dcgan", "document-mlp", "document-dcgan"):
        check_shapes(tiny(architecture=architecture, pack=2, minibatch_std=True))


def test_document_mlp_is_004s() -> None:
    g, d = build(Experiment(architecture="document-mlp"))
    linears = [m for m in g.modules() if isinstance(m, nn.Linear)]
    assert [(m.in_features, m.out_features) for m in linears] == [
        (100, 128), (128, 256), (256, 512), (512, 1024), (1024, 784),
    ]  # fmt: skip
    layers = [m for m in g.modules() if not list(m.children())]
    block = [nn.Linear, nn.BatchNorm1d, nn.LeakyReLU]
    kinds = [nn.Linear, nn.LeakyReLU, *block * 3, nn.Linear, nn.Tanh]
    assert all(isinstance(layer, kind) for layer, kind in zip(layers, kinds, strict=True))
    norms = [m for m in g.modules() if isinstance(m, nn.BatchNorm1d)]
    assert {(m.eps, m.momentum) for m in norms} == {(0.8, 0.9)}
    assert [(m.in_features, m.out_features) for m in d.modules() if isinstance(m, nn.Linear)] == [
        (784, 512), (512, 256), (256, 1),
    ]  # fmt: skip


def test_document_dcgan_is_002s() -> None:
    g, d = build(Experiment(architecture="document-dcgan"))
    ups = [m for m in g.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert [(m.in_channels, m.out_channels) for m in ups] == [(100, 512), (512, 256), (256, 128), (128, 3)]
    assert [(m.kernel_size, m.stride, m.padding) for m in ups] == [
        ((4, 4), (1, 1), (0, 0)), *[((4, 4), (2, 2), (1, 1))] * 3,
    ]  # fmt: skip
    assert all(m.bias is None for m in ups)
    assert sum(isinstance(m, nn.ReLU) for m in g.modules()) == 3
    downs = [m for m in d.modules() if isinstance(m, nn.Conv2d)]
    assert [(m.in_channels, m.out_channels) for m in downs] == [(3, 128), (128, 256), (256, 512)]
    sizes = []
    for up in ups:
        up.register_forward_hook(lambda _m, _i, out: sizes.append(out.shape[-1]))
    g(torch.zeros(2, 100))
    assert sizes == [4, 8, 16, 32]


def test_width_multiplies_hidden_layers_only() -> None:
    g, d = build(Experiment(architecture="mlp-plain", width=0.25))
    assert [m.out_features for m in g.modules() if isinstance(m, nn.Linear)] == [32, 64, 784]
    assert [m.out_features for m in d.modules() if isinstance(m, nn.Linear)] == [64, 32, 1]
    g, d = build(Experiment(width=0.25))
    assert [m.out_features for m in g.modules() if isinstance(m, nn.Linear)] == [16, 32, 14 * 14]
    assert [m.out_features for m in d.modules() if isinstance(m, nn.Linear)] == [16, 16, 1]


def test_bn_settings_reach_both_networks() -> None:
    g, d = build(tiny(architecture="dcgan", norm_d="batch", bn_eps=0.1, bn_momentum=0.5))
    norms = [m for net in (g, d) for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    assert len(norms) == 3
    assert {(m.eps, m.momentum) for m in norms} == {(0.1, 0.5)}


HIDDEN = {
    "leaky_relu": lambda x: torch.where(x > 0, x, 0.2 * x),
    "relu": lambda x: x.clamp_min(0),
    "elu": lambda x: torch.where(x > 0, x, x.exp() - 1),
    "tanh": torch.tanh,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
}
OUTPUT = {
    "tanh": torch.tanh,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "linear": lambda x: x,
    "hardtanh": lambda x: x.clamp(-1, 1),
    "relu": lambda x: x.clamp_min(0),
}


@pytest.mark.parametrize("architecture", ["mlp", "mlp-plain"])
@pytest.mark.parametrize(("hidden", "output"), [*zip(HIDDEN, OUTPUT, strict=True), ("relu", "hardtanh")])
def test_mlp_by_hand(hidden: str, output: str, architecture: str) -> None:
    """Both networks again from their weights alone: the activations are in place, and nothing else is."""
    e = tiny(
        architecture=architecture, norm_g="none", hidden_activation=hidden, output_activation=output,
        init="normal", init_std=1.0,
    )  # fmt: skip
    g, d = build(e)

    def by_hand(network: nn.Module, x: Tensor) -> Tensor:
        weights = list(network.parameters())
        for i in range(0, len(weights), 2):
            x = x @ weights[i].T + weights[i + 1]
            if i < len(weights) - 2:
                x = HIDDEN[hidden](x)
        return x

    z = noise(e)
    fake = g(z)
    drawn = by_hand(g, z)
    if architecture == "mlp":  # a sketch of 4 x 4, enlarged before the output activation
        drawn = nn.Upsample(size=8, mode="bilinear")(drawn.unflatten(1, (1, 4, 4))).flatten(1)
    torch.testing.assert_close(fake.flatten(1), OUTPUT[output](drawn))
    torch.testing.assert_close(d(fake), by_hand(d, fake.flatten(1)))


@pytest.mark.parametrize("architecture", ["dcgan", "document-dcgan"])
def test_activations_of_convolutional_networks(architecture: str) -> None:
    kinds = {
        "leaky_relu": nn.LeakyReLU, "relu": nn.ReLU, "elu": nn.ELU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid,
    }  # fmt: skip
    for hidden, kind in kinds.items():
        e = tiny(architecture=architecture, hidden_activation=hidden, output_activation="linear")
        for network in build(e):
            found = sum(type(m) is kind for m in network.modules())
            assert found == (3 if "document" in architecture else 2)
            assert not any(type(m) in set(kinds.values()) - {kind} for m in network.modules())


def test_resize_doubles_by_nearest_neighbour_and_transpose3_overlaps_unevenly() -> None:
    """With weights of one, each output of a transposed convolution counts the inputs that reach it: at
    kernel 3 and stride 2 these counts alternate (the checkerboard), at kernel 4 they do not."""
    counts: dict[str, set[float]] = {}
    for upsample in ("transpose3", "transpose4", "resize"):
        e = tiny(architecture="dcgan", image_size=16, upsample=upsample, norm_g="none", width=0.125)
        g, _ = build(e)
        last = [m for m in g.modules() if isinstance(m, nn.ConvTranspose2d | nn.Conv2d)][-1]
        nn.init.ones_(last.weight)
        assert last.bias is not None
        nn.init.zeros_(last.bias)
        size = 16 if upsample == "resize" else 8
        maps = torch.ones(1, last.in_channels, size, size)
        inner = last(maps)[0, 0, 3:-3, 3:-3] / last.in_channels
        counts[upsample] = set(inner.detach().round().unique().tolist())
    assert counts == {"transpose3": {1.0, 2.0, 4.0}, "transpose4": {4.0}, "resize": {9.0}}


def test_discriminators_first_layer_is_not_normalised() -> None:
    for architecture in ("mlp", "mlp-plain", "dcgan-light", "dcgan", "document-mlp", "document-dcgan"):
        _, d = build(tiny(architecture=architecture, norm_d="batch"))
        kinds = [type(m) for m in d.modules() if isinstance(m, nn.Linear | nn.Conv2d | nn.modules.batchnorm._BatchNorm)]
        assert not issubclass(kinds[1], nn.modules.batchnorm._BatchNorm)
        assert sum(issubclass(k, nn.modules.batchnorm._BatchNorm) for k in kinds) == (
            2 if architecture == "document-dcgan" else 1
        )


@pytest.mark.parametrize("architecture", ["mlp", "mlp-plain", "dcgan-light", "dcgan"])
def test_packed_images_are_judged_together(architecture: str) -> None:
    e = tiny(architecture=architecture, pack=2, channels=3)
    _, d = build(e)
    images = torch.randn(8, 3, 8, 8, generator=source(3))
    judged = d(images)
    assert judged.shape == (4, 1)
    changed = images.clone()
    changed[3] = 0
    # Image 3 is in pack 1 (images 2 and 3), and in no other.
    assert (d(changed) != judged).flatten().tolist() == [False, True, False, False]


def test_pack_of_one_is_no_pack() -> None:
    first, second = (build(tiny(pack=pack))[1] for pack in (0, 1))
    images = torch.randn(4, 1, 8, 8, generator=source(3))
    assert torch.equal(first(images), second(images))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 2, 3)])
def test_minibatch_std_by_its_definition(shape: tuple[int, ...]) -> None:
    features = torch.randn(shape, generator=source())
    out = with_minibatch_std(features)
    assert out.shape == (5, 8, *shape[2:])
    assert torch.equal(out[:, :7], features)
    expected = features.double().numpy().std(axis=0).mean()
    torch.testing.assert_close(out[:, 7:].double(), torch.full((5, 1, *shape[2:]), float(expected), dtype=torch.double))


def test_minibatch_std_of_identical_images_has_a_finite_slope() -> None:
    features = torch.ones(4, 3, requires_grad=True)
    with_minibatch_std(features).sum().backward()
    assert features.grad is not None
    assert torch.isfinite(features.grad).all()


def test_dropout_keeps_the_mean_and_draws_from_its_own_source() -> None:
    dropout = Dropout(0.3)
    dropout.generator = source(4)
    x = torch.full((200, 200), 2.0)
    before = torch.get_rng_state()
    out = dropout(x)
    assert torch.equal(before, torch.get_rng_state())
    assert out.mean().item() == pytest.approx(2.0, abs=5 * 2 * (0.3 / 0.7) ** 0.5 / 200)
    assert out.unique().tolist() == [0.0, pytest.approx(2 / 0.7)]
    assert (out == 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert not torch.equal(dropout(x), out)
    dropout.generator = source(4)
    assert torch.equal(dropout(x), out)
    assert torch.equal(dropout.eval()(x), x)


@pytest.mark.parametrize(("small", "large"), [(14, 28), (4, 8), (6, 11), (5, 9), (32, 64)])
def test_enlarging_is_bilinear_upsampling(small: int, large: int) -> None:
    """Output and gradient are those of nn.Upsample, but for rounding."""
    x = torch.randn(3, 2, small, small, generator=torch.Generator().manual_seed(1))
    given, torchs = x.clone().requires_grad_(), x.clone().requires_grad_()
    ours, theirs = Enlarge(small, large)(given), nn.Upsample(size=large, mode="bilinear")(torchs)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    weights = torch.randn(ours.shape, generator=torch.Generator().manual_seed(2))
    (ours * weights).sum().backward()
    (theirs * weights).sum().backward()
    torch.testing.assert_close(given.grad, torchs.grad, rtol=1e-5, atol=1e-5)
