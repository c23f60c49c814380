"""The real images of a script: read, broken on purpose, and dealt out in batches."""

from __future__ import annotations

from pathlib import Path

from gan_core.data import SOURCES
from gan_core.data.dirac import COUNT
from gan_core.files.code_text import in_words
from gan_core.outputs.script import points
from gan_core.outputs.script.constants import ENDS
from gan_core.outputs.script.text import Block, indented
from gan_core.settings.experiment import Experiment


def needed(e: Experiment) -> bool:
    """Whether the script looks at any real image: an untrained generator needs them only for the data's range, and
    for the picture of the plane."""
    if points.of_points(e):
        return not points.of_numbers(e) or (e.steps > 0 and e.n_dis > 0)
    return (e.steps > 0 and e.n_dis > 0) or e.data_range == "standardised"


def described(e: Experiment) -> str:
    """What is in the file, in words for a docstring."""
    source = SOURCES[e.dataset]
    if source.own:
        return f"from '{in_words(Path(e.folder).name)}'"
    return source.named


def blocks(e: Experiment) -> list[Block]:
    """Reading, and what gives the batches."""
    if not needed(e):
        return []
    if points.of_points(e):
        return [points.read(), *([_batches(e)] if e.steps and e.n_dis else [])]
    read = ['images = np.load("images.npy").transpose(0, 3, 1, 2)  # (N, CHANNELS, IMAGE_SIZE, IMAGE_SIZE)']
    if e.outliers:
        read += _outliers()
    if e.data_range not in ENDS:
        ends = "-images.mean() / images.std(), (255 - images.mean()) / images.std()"
        read.append(f"LOW, HIGH = {ends}  # what black and white become")
    return [read, *([_batches(e)] if e.steps and e.n_dis else [])]


def _outliers() -> Block:
    return [
        "rng = np.random.default_rng(SEED)",
        "broken = rng.choice(len(images), round(OUTLIERS * len(images)), replace=False)",
        "images[broken[0::4]] = rng.integers(0, 256, images[broken[0::4]].shape, np.uint8)",
        "images[broken[1::4]], images[broken[2::4]] = 0, 255",
        "images[broken[3::4]] = 255 - images[broken[3::4]]",
    ]


def sources(e: Experiment) -> dict[str, str]:
    """The random numbers that the batches are drawn from: their names in the script, and what they are."""
    augmented = e.augment and not points.of_points(e)
    return {"order_source": "source(1)"} | ({"augmenting": "source(7)"} if augmented else {})


def _batches(e: Experiment) -> Block:
    data = "points" if points.of_points(e) else "images"
    order = f"torch.randperm(len({data}), generator=order_source)"
    lines = []
    if SOURCES[e.dataset].own or (points.of_numbers(e) and e.batch_size > COUNT):
        lines += [
            f"rounds = -(-BATCH_SIZE // len({data}))  # a set smaller than a batch repeats within it",
            f"order = torch.cat([{order} for _ in range(rounds)])",
        ]
    else:
        lines.append(f"order = {order}")
    lines.append("for first in range(0, len(order) - BATCH_SIZE + 1, BATCH_SIZE):")
    moved = "batch" if e.device == "cpu" else "batch.to(DEVICE)"
    if points.of_points(e):
        batch = [f"yield {moved.replace('batch', 'points[order[first : first + BATCH_SIZE]]')}"]
    else:
        batch = [*_augmented(e), f"yield {moved}.float() * ((HIGH - LOW) / 255) + LOW"]
    where = "" if points.of_points(e) else " in the data range"
    return [
        f"def batches({', '.join(sources(e))}):",
        f'    """Endless batches of real {points.noun(e)}{where}, in a new order each epoch; its rest is left out."""',
        "    while True:",
        *indented(lines, 2),
        *indented(batch, 3),
    ]


def _augmented(e: Experiment) -> Block:
    batch = ["batch = torch.from_numpy(images[order[first : first + BATCH_SIZE]])"]
    if "flip" in e.augment:
        batch += [
            "mirrored = torch.rand(BATCH_SIZE, generator=augmenting) < 0.5",
            "batch = torch.where(mirrored[:, None, None, None], batch.flip(3), batch)",
        ]
    if "crop" in e.augment:
        batch += [
            "shifts = torch.randint(0, 5, (2, BATCH_SIZE), generator=augmenting)  # 2 is no shift",
            "padded = zip(pad(batch, [2, 2, 2, 2]), *shifts.tolist(), strict=True)",
            "batch = torch.stack([image[:, y : y + IMAGE_SIZE, x : x + IMAGE_SIZE] for image, y, x in padded])",
        ]
    return batch
