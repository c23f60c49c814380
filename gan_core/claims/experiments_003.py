"""The experiments on the claims of document 003."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gan_core.claims.outcome import Outcome, raised, verdict, verdict_if
from gan_core.data import digits
from gan_core.engine.networks import build
from gan_core.pixels.range_map import RangeMap, channels_last, grid
from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES
from gan_core.saving_mistakes.sample_tensors import SOURCES
from gan_core.saving_mistakes.stage_choices import STAGES
from gan_core.settings.experiment import Experiment


def example_1(x: np.ndarray) -> Image.Image:
    """What example 1 makes of a tensor before it saves it."""
    return Image.fromarray((x * 255).astype("uint8").transpose(1, 2, 0))


def example_3(x: np.ndarray) -> Image.Image:
    """What example 3 makes of it, for three axes and for two."""
    turned = x.transpose(1, 2, 0) if x.ndim == 3 else x[..., None].transpose(1, 2, 0)
    return Image.fromarray((turned * 255).astype("uint8"))


def saved_as_in_example_3(x: np.ndarray, path: Path) -> None:
    """The same with its handling of errors."""
    try:
        if x.ndim not in (2, 3):
            raise ValueError("two or three axes expected")
        example_3(x).save(path)
    except ValueError as error:
        print(f"not saved: {error}")  # noqa: T201 - as it stands there


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


def saved_as_in_example_2(images: np.ndarray, latents: np.ndarray, folder: Path) -> None:
    """What example 2 does: numbered pictures, and a JSON file beside each."""
    os.makedirs(folder, exist_ok=True)
    for i, (image, latent) in enumerate(zip(images, latents)):  # noqa: B905 - as it stands there
        example_1(image).save(folder / f"image_{i}.png")
        (folder / f"image_{i}_metadata.json").write_text(json.dumps({"latent_vector": latent.tolist()}))


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
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()) as printed:
        one_channel = raised(saved_as_in_example_3, np.zeros((1, 28, 28)), Path(name) / "grey.png")
        batch = raised(saved_as_in_example_3, np.zeros((4, 3, 28, 28)), Path(name) / "batch.png")
        files = len(list(Path(name).iterdir()))
    return Outcome(
        verdict(not one_channel and not batch and files == 2),
        {"one_channel": one_channel, "batch": batch or printed.getvalue().strip(), "files_written_of_2": files},
    )


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
        return build(Experiment(seed=seed))[0]

    random, g = torch.Generator().manual_seed(0), generator(0)
    z, others = torch.randn(8, 32, generator=random), torch.randn(8, 32, generator=random)
    read = torch.tensor(json.loads(json.dumps(z.tolist())))
    other_batch = torch.cat([read[:1], others[1:]])
    levels = {}
    for mode in ("train", "eval"):
        first = g.train(mode == "train")(z)[0]
        levels[f"mean_change_levels_in_other_batch_{mode}"] = (g(other_batch)[0] - first).abs().mean().item() * 127.5
    other_weights = (generator(1).eval()(read)[0] - g(z)[0]).abs().mean().item() * 127.5
    exact = bool((read == z).all())
    return Outcome(
        verdict_if(
            exact and levels["mean_change_levels_in_other_batch_eval"] < 0.5,
            levels["mean_change_levels_in_other_batch_train"] < 0.5 and other_weights < 0.5,
        ),
        {"latents_exact_after_json": int(exact), **levels, "mean_change_levels_other_weights": other_weights},
    )


def latents_inside_the_png() -> Outcome:
    picture, latents = drawn_digits(), np.random.default_rng(0).normal(size=64).astype(np.float32)
    text = PngInfo()
    text.add_text("latents", json.dumps(latents.tolist()))
    plain, carrying = stored(picture, "PNG"), stored(picture, "PNG", pnginfo=text)
    read = Image.open(io.BytesIO(carrying))
    same_latents = bool((np.array(json.loads(read.info["latents"]), np.float32) == latents).all())
    differing = int((np.asarray(read) != picture).sum())
    return Outcome(
        verdict(not (same_latents and differing == 0)),
        {"latents_exact": int(same_latents), "pixels_differing": differing, "bytes_more": len(carrying) - len(plain)},
    )


def second_run_writes_over_the_first() -> Outcome:
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        first: dict[str, bytes] = {}
        for _ in range(2):
            saved_as_in_example_2(random.random((3, 3, 8, 8)), random.normal(size=(3, 64)), Path(name))
            files = {file.name: file.read_bytes() for file in Path(name).glob("*.png")}
            first = first or files
        kept = sum(files[name] == content for name, content in first.items())
    return Outcome(verdict(kept == 3), {"saved_in_two_runs": 6, "left": len(files), "left_of_first_run": kept})


def zip_drops_what_has_no_partner() -> Outcome:
    left = {}
    for latents in (5, 3):
        with tempfile.TemporaryDirectory() as name:
            message = raised(saved_as_in_example_2, np.zeros((5, 3, 8, 8)), np.zeros((latents, 64)), Path(name))
            left[latents] = len(list(Path(name).glob("*.png")))
    return Outcome(
        verdict_if(left[5] == 5, left[3] == 5),
        {
            "pictures": 5,
            "saved_with_5_latents": left[5],
            "saved_with_3_latents": left[3],
            "raised": message or "nothing",
        },
    )


def what_numpy_takes() -> Outcome:
    kinds = (torch.float16, torch.float32, torch.float64, torch.bfloat16)
    messages = {
        str(kind).removeprefix("torch."): raised(torch.zeros(3, dtype=kind, requires_grad=True).detach().cpu().numpy)
        for kind in kinds
    }
    not_detached = raised(torch.zeros(3, requires_grad=True).cpu().numpy)
    others = not any(message for kind, message in messages.items() if kind != "bfloat16")
    return Outcome(
        verdict_if(others, not messages["bfloat16"]),
        {**{kind: message or "an array" for kind, message in messages.items()}, "float32_not_detached": not_detached},
    )


def timestamps_collide() -> Outcome:
    picture = drawn_digits()[:28, :28]
    names = set()
    for _ in range(64):
        names.add(time.strftime("%Y%m%d-%H%M%S.png"))
        stored(picture, "PNG")
    return Outcome(verdict(len(names) == 64), {"pictures": 64, "all_have_a_name_of_their_own": int(len(names) == 64)})


def how_much_jpeg_loses() -> Outcome:
    noise = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    pictures = {"photograph": photograph(224), "digits": drawn_digits(), "colour_noise": noise}
    errors = {}
    for name, picture in pictures.items():
        read = np.asarray(Image.open(io.BytesIO(stored(picture, "JPEG", quality=75))))
        errors[name] = float(np.abs(read.astype(int) - picture).mean())
    return Outcome(
        verdict_if(max(errors["photograph"], errors["digits"]) < 5, errors["colour_noise"] < 5),
        {f"mean_error_levels_{name}": error for name, error in errors.items()},
    )


def jpeg_by_resolution() -> Outcome:
    times = {}
    for size in (32, 128, 512):
        picture = photograph(size)
        times[size] = len(stored(picture, "PNG")) / len(stored(picture, "JPEG", quality=75))
    return Outcome(
        verdict(times[512] > times[128] > times[32]),
        {f"png_bytes_over_jpeg_bytes_{size}_px": value for size, value in times.items()},
    )


def example_3_by_channels() -> Outcome:
    messages = {channels: raised(example_3, np.zeros((channels, 28, 28))) for channels in range(1, 6)}
    return Outcome(
        verdict(not any(messages.values())),
        {f"channels_{channels}": message or "no exception" for channels, message in messages.items()},
    )


def each_range_needs_its_own_map() -> Outcome:
    pixels, _ = digits.draw(64, 28, 1, seed=0)
    maps = {name: RangeMap.of(name, pixels) for name in ("[-1,1]", "[0,1]", "standardised")}
    wrong = {
        (of, by): float((by_map.to_uint8(of_map.encode(pixels)) != pixels).mean())
        for of, of_map in maps.items()
        for by, by_map in maps.items()
    }
    own = max(share for (of, by), share in wrong.items() if of == by)
    others = min(share for (of, by), share in wrong.items() if of != by)
    return Outcome(
        verdict(own == 0 and others > 0.1), {"share_wrong_by_its_own_map": own, "least_share_wrong_by_another": others}
    )


def where_the_traps_lie() -> Outcome:
    counted = dict.fromkeys(STAGES, 0)
    for mistake in [mistake for mistakes in KNOWN_MISTAKES.values() for mistake in mistakes.values()]:
        tensor = SOURCES[mistake.source].make()
        for finding in judge(tensor.values[mistake.image], tensor.range_map, mistake.choices).findings[:1]:
            for stage in finding.fix:
                counted[stage] += 1
    before = counted["map"] + counted["clip"] + counted["cast"] + counted["order"]
    while_saving = counted["pil"] + counted["file"]
    return Outcome(
        verdict(before > 2 * while_saving), {f"mistakes_of_this_project_at_{stage}": n for stage, n in counted.items()}
    )
