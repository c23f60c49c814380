"""The experiments on the claims of document 003."""

from __future__ import annotations

import io
import json

import numpy as np
import torch
from PIL import Image

from gan_core.claims.outcome import Outcome, raised, verdict, verdict_if
from gan_core.data import digits
from gan_core.experiment import Experiment
from gan_core.networks import build
from gan_core.pixels import channels_last, grid
from gan_core.tensors import SOURCES


def example_1(x: np.ndarray) -> Image.Image:
    """What example 1 makes of a tensor before it saves it."""
    return Image.fromarray((x * 255).astype("uint8").transpose(1, 2, 0))


def example_3(x: np.ndarray) -> Image.Image:
    """What example 3 makes of it, for three axes and for two."""
    turned = x.transpose(1, 2, 0) if x.ndim == 3 else x[..., None].transpose(1, 2, 0)
    return Image.fromarray((turned * 255).astype("uint8"))


def photograph(size: int) -> np.ndarray:
    """(size, size, 3) bytes with a photograph's spectrum: the finer, the fainter."""
    random = np.random.default_rng(0)
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    fading = 1 / np.maximum(frequency, 1 / size) ** 1.5
    planes = [np.fft.irfft2(np.fft.rfft2(random.normal(size=(size, size))) * fading) for _ in range(3)]
    light = planes[0][..., None] + 0.3 * np.stack(planes, axis=-1)  # the colours have most in common
    return (128 + 50 * (light - light.mean()) / light.std()).clip(0, 255).astype(np.uint8)


def drawn_digits() -> np.ndarray:
    """(224, 224) bytes: 64 digits side by side."""
    return grid(digits.draw(64, 28, 1, seed=0)[0], 8)


def stored(picture: np.ndarray, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **options)
    return file.getvalue()


def example_1_by_channels() -> Outcome:
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"grey_1_28_28": (1, 28, 28), "grey_28_28": (28, 28)}
    shapes |= {"colour_3_28_28": (3, 28, 28), "colour_3_16_40": (3, 16, 40), "four_4_28_28": (4, 28, 28)}
    messages = {name: raised(example_1, random.random(shape)) for name, shape in shapes.items()}
    colour = not messages["colour_3_28_28"] and not messages["colour_3_16_40"]
    grey = not messages["grey_1_28_28"]
    return Outcome(verdict_if(colour, grey), {name: message or "no exception" for name, message in messages.items()})


def times_255_by_range() -> Outcome:
    made = SOURCES["tanh"].make().values  # from a generator with tanh: -1 to 1
    wrong = []
    for values, right in (((made + 1) / 2, (made + 1) / 2 * 255), (made, (made + 1) / 2 * 255)):
        wrong.append(float((np.abs((values * 255).astype(np.uint8) - right) > 1).mean()))
    cases = {"byte_of_minus_1": -1, "byte_of_minus_0.01": -0.01, "byte_of_plus_1.004": 1.004}
    few = {name: int((np.array([value]) * 255).astype(np.uint8)[0]) for name, value in cases.items()}
    return Outcome(
        verdict_if(wrong[0] < 0.01, wrong[1] < 0.01),
        {"share_wrong_in_0_1": wrong[0], "share_wrong_after_tanh": wrong[1], **few},
    )


def example_3_on_grey() -> Outcome:
    shapes = {"28_28": (28, 28), "1_28_28": (1, 28, 28)}
    messages = {name: raised(example_3, np.zeros(shape)) for name, shape in shapes.items()}
    strip = example_3(np.zeros((3, 28)))
    return Outcome(
        verdict(not any(messages.values())),
        {**messages, "width_of_3_rows": strip.width, "height_of_3_rows": strip.height, "mode_of_3_rows": strip.mode},
    )


def example_3_catches_the_wrong_error() -> Outcome:
    uncaught = raised(example_3, np.zeros((1, 28, 28)))
    return Outcome(verdict(uncaught.startswith("ValueError")), {"raised": uncaught, "caught": "ValueError"})


def example_1_takes_any_size() -> Outcome:
    random = np.random.default_rng(0)
    sizes = ((16, 32), (28, 28), (65, 3), (100, 7))
    same = 0
    for size in sizes:
        x = random.random((3, *size))
        same += example_1(x).tobytes() == example_3(x).tobytes()
    return Outcome(verdict(same < len(sizes)), {"sizes": len(sizes), "same_pixels": same})


def what_formats_lose() -> Outcome:
    picture = channels_last(digits.draw(1, 28, 3, seed=0)[0])[0]

    def greatest_error(kind: str, **options: object) -> int:
        read = np.asarray(Image.open(io.BytesIO(stored(picture, kind, **options))))
        return int(np.abs(read.astype(int) - picture).max())

    errors = {
        "png": greatest_error("PNG"),
        "tiff": greatest_error("TIFF"),
        "webp_lossless": greatest_error("WEBP", lossless=True),
        "jpeg_75": greatest_error("JPEG", quality=75),
        "jpeg_95": greatest_error("JPEG", quality=95),
    }
    held = errors["png"] == 0 and errors["jpeg_95"] > 0
    return Outcome(verdict(held), {f"greatest_error_levels_{name}": error for name, error in errors.items()})


def what_formats_weigh() -> Outcome:
    sizes = {}
    for name, picture in (("photograph", photograph(256)), ("digits", drawn_digits())):
        for kind, options in (("PNG", {"optimize": True}), ("JPEG", {"quality": 75})):
            sizes[f"bytes_{name}_{kind.lower()}"] = len(stored(picture, kind, **options))
    return Outcome(
        verdict_if(
            sizes["bytes_photograph_jpeg"] < sizes["bytes_photograph_png"],
            sizes["bytes_digits_jpeg"] < sizes["bytes_digits_png"],
        ),
        sizes,
    )


@torch.no_grad()
def latents_make_it_again() -> Outcome:
    def generator(seed: int) -> torch.nn.Module:
        return build(Experiment(), torch.Generator().manual_seed(seed))[0]

    random, g = torch.Generator().manual_seed(0), generator(0)
    z, others = torch.randn(8, 64, generator=random), torch.randn(8, 64, generator=random)
    read = torch.tensor(json.loads(json.dumps(z.tolist())))
    company = torch.cat([read[:1], others[1:]])
    levels = {}
    for mode in ("train", "eval"):
        first = g.train(mode == "train")(z)[0]
        levels[f"mean_change_levels_in_other_company_{mode}"] = (g(company)[0] - first).abs().mean().item() * 127.5
    other_weights = (generator(1).eval()(read)[0] - g(z)[0]).abs().mean().item() * 127.5
    exact = bool((read == z).all())
    return Outcome(
        verdict_if(
            exact and levels["mean_change_levels_in_other_company_eval"] < 0.5,
            levels["mean_change_levels_in_other_company_train"] < 0.5 and other_weights < 0.5,
        ),
        {"latents_exact_after_json": int(exact), **levels, "mean_change_levels_other_weights": other_weights},
    )
