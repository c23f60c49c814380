"""The floor of a step against its products counted by hand."""

from __future__ import annotations

from tiny import tiny_images

from gan_core.commands.floor import Floor, floor_of, products_a_second, seconds_a_call
from gan_core.settings.experiment import Experiment


def test_the_products_of_a_step_are_those_counted_by_hand() -> None:
    e = Experiment(architecture="mlp-plain", image_size=8, width=0.125, latent_dim=4, batch_size=8, device="cpu")
    g = [(4, 16), (16, 32), (32, 64)]  # inputs and outputs of each layer
    d = [(64, 32), (32, 16), (16, 1)]

    def size(layers: list[tuple[int, int]]) -> int:
        return sum(inputs * outputs for inputs, outputs in layers)

    # D looks at real and generated images: forwards, and backwards for its weights and, but for its first layer, for
    # what came in. Then G: forward once for both; through D forwards and backwards to the images, but not for D's
    # weights; and backwards for its weights and, but for its first layer, for what came in.
    of_d = 16 * (size(d) + size(d) + size(d[1:]))
    of_g = 8 * (size(g) + size(d) + size(d) + size(g) + size(g[1:]))
    floor = floor_of(e, tiny_images(8, count=8))
    assert floor.multiply_adds == of_d + of_g
    assert 20 < floor.calls < 500


def test_a_lazy_penalty_is_counted_by_its_share() -> None:
    seldom, often = (
        floor_of(Experiment(image_size=8, width=0.125, batch_size=8, penalty_every=every), tiny_images(8, count=8))
        for every in (4, 1)
    )
    bare = floor_of(Experiment(image_size=8, width=0.125, batch_size=8, penalty="none"), tiny_images(8, count=8))
    assert seldom.multiply_adds - bare.multiply_adds == (often.multiply_adds - bare.multiply_adds) / 4 > 0


def test_the_rates_are_those_of_a_processor() -> None:
    assert 1e8 < products_a_second() < 1e14
    assert 1e-8 < seconds_a_call() < 1e-2
    assert Floor(1, 1, 0.5, 0.25).seconds == 0.75
