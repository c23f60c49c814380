"""The lines of numpy and Pillow that mend exactly one fault of brought pictures.

The lines begin with what was brought as `x` (an array) or `pixels` (a picture, uint8), and end with `pixels` or `x`
mended. Where the file has lost what is needed, or training is at fault, they are a function to use in its place.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from gan_core.files.code_text import literal
from gan_core.files.contents import KINDS
from gan_core.uploads.as_pictures import BroughtPictures

_ROUND = "pixels = np.rint({}.clip(0, 255)).astype(np.uint8)"

_FROM_SIGNED = "((x + 1) / 2 * 255)"


def code(mending: list[str], of: BroughtPictures, name: str) -> str:
    """The lines of a repair with what they need before them, to be run in the folder where the file `name` lies."""
    loaded = any(_array(of) in re.findall(r"\w+", line.partition("#")[0]) for line in mending)
    made = any(line.startswith("def to_pixels") for line in mending)
    lines = [*(_load(of, name) if loaded and not made else []), *mending]
    imports = [line for line, sign in _IMPORTS.items() if any(sign in other.partition("#")[0] for other in lines)]
    return "\n".join([*imports, "", *lines])


# What is imported -> what shows that it is needed.
_IMPORTS = {
    "import zipfile": "zipfile.",
    "import numpy as np": "np.",
    "import torch": "torch.load",
    "from PIL import Image": "Image.",
    "from PIL import ImageSequence": "ImageSequence.",
    "from torch import nn": "nn.",
}


def _load(of: BroughtPictures, name: str) -> list[str]:
    """The lines that load `x` or `pixels`, the first where there are several files."""
    place, title = of.place, Path(name).name
    kind = next((kind for kind, endings in KINDS.items() if title.lower().endswith(endings)), "a folder")
    file, lines = literal(title), []
    if kind == "a zip file" and place.reader == "numpy":
        read = f"np.load({file})[{literal(place.member.removesuffix('.npy'))}]"
    else:
        if kind == "a zip file":
            lines, file = [f"archive = zipfile.ZipFile({file})"], f"archive.open({literal(place.member)})"
        elif kind == "a folder":
            file = literal(str(PurePosixPath(title, place.member)))
        read = _read(of, file)
    if of.stacked:
        read += "[None]"
    several = of.stacked or (not of.values and kind != "a picture")
    return [*lines, f"{_array(of)} = {read}{'  # and so each of them' if several else ''}"]


def _read(of: BroughtPictures, file: str) -> str:
    match of.place.reader:
        case "numpy":
            return f"np.load({file})"
        case "torch":
            at = "".join(f"[{literal(key)}]" for key in of.place.keys)
            half = ".float()" if of.dtype in ("bfloat16", "float16") else ""
            return f"torch.load({file}, map_location='cpu', weights_only=True){at}.detach(){half}.numpy()"
        case "Pillow":
            mode = "" if of.values else ".convert('L')" if of.raw.ndim == 2 else ".convert('RGB')"
            if of.place.keys:
                return f"np.asarray(ImageSequence.all_frames(Image.open({file}))[-1]{mode})"
            return f"np.asarray(Image.open({file}){mode})"


def _save_again(values: str, told: str) -> list[str]:
    """A function for the floats, where the file has lost what was there before."""
    return [
        f"# The file has lost what was there before: save the generator's floats x, in {told}, anew.",
        "def to_pixels(x):",
        f"    return np.rint({values}.clip(0, 255)).astype(np.uint8)",
    ]


def finite_alone(of: BroughtPictures) -> list[str]:
    """Leave out the pictures that hold a broken value."""
    return [
        "finite = np.isfinite(x)",
        "print(f'{1 - finite.mean():.1%} of the values are broken')",
        (
            "x = x[finite.reshape(len(x), -1).all(axis=1)]  # the whole pictures alone"
            if of.layout in ("NHW", "NCHW", "NHWC", "N(HW)", "N(CHW)")
            else "x = np.where(finite, x, np.nan)  # nothing can stand for the broken ones: draw it anew"
        ),
    ]


def divided_twice(_: BroughtPictures) -> list[str]:
    """Multiply what was divided once too often."""
    return [_ROUND.format("(x * 255 * 255)")]


def times_twice(of: BroughtPictures) -> list[str]:
    """Divide what was multiplied once too often."""
    return [_ROUND.format("(x / 255)" if of.dtype.startswith("float") else "(x / 257)")]


def signed_times(_: BroughtPictures) -> list[str]:
    """Map the whole of [-1, 1]."""
    return [_ROUND.format("((x / 255 + 1) / 2 * 255)")]


def bright_half(of: BroughtPictures) -> list[str]:
    """Stretch the bright half to the whole range."""
    if of.range == "[0,1]":
        return [_ROUND.format("((x * 2 - 1) * 255)")]
    return _doubled(of, 255)


def _doubled(of: BroughtPictures, less: int) -> list[str]:
    """Bytes times 2; the bit that halving lost is drawn anew, else every second tone would be missing."""
    name = _array(of)
    return [
        f"lost = np.random.default_rng(0).integers(0, 2, {name}.shape)  # the last bit",
        _ROUND.format(f"({name}.astype(np.float32) * 2 - {less} + lost)"),
    ]


def save_unit_again(_: BroughtPictures) -> list[str]:
    """Save floats in [0, 1] anew."""
    return _save_again("(x * 255)", "[0, 1]")


def save_signed_again(_: BroughtPictures) -> list[str]:
    """Save floats in [-1, 1] anew."""
    return _save_again(_FROM_SIGNED, "[-1, 1]")


# What the values reach, by what was added -> what they are in [0, 1].
_LINES = {(0.5, 1.5): "(x - 0.5)", (0.0, 2.0): "(x / 2)", (-1.5, -0.5): "(x + 1.5)", (-2.0, 0.0): "((x + 2) / 2)"}


def shifted(of: BroughtPictures) -> list[str]:
    """Take off what was added."""
    nearest = min(_LINES, key=lambda ends: abs(of.summary.low - ends[0]) + abs(of.summary.high - ends[1]))
    return [_ROUND.format(f"({_LINES[nearest]} * 255)")]


def normalised_twice(_: BroughtPictures) -> list[str]:
    """Turn both normalisations back."""
    return [_ROUND.format("((x + 3) / 4 * 255)")]


def divided_then_normalised(_: BroughtPictures) -> list[str]:
    """Turn the normalisation and both divisions back."""
    return [_ROUND.format("((x.astype(np.float64) + 1) / 2 * 255 * 255)")]


def middle_half(of: BroughtPictures) -> list[str]:
    """Stretch the middle half to the whole range."""
    stretched = {"[-1,1]": "((x * 2 + 1) / 2 * 255)", "[0,1]": "((x * 2 - 0.5) * 255)"}
    return [_ROUND.format(stretched[of.range])] if of.range in stretched else _doubled(of, 128)


def scale_by_the_greatest(of: BroughtPictures) -> list[str]:
    """Scale by the greatest value that so many bits can have."""
    full = int(of.range.removeprefix("0..")) if of.range not in ("0..255", "other") else int(of.summary.high)
    return [
        f"# {full} is the greatest value of {int(full).bit_length()} bits: take it for all of the pictures, in "
        f"training too.",
        _ROUND.format(f"({_array(of)}.astype(np.float32) / {full} * 255)"),
    ]


def round_last(_: BroughtPictures) -> list[str]:
    """Round after scaling."""
    return _save_again(_FROM_SIGNED, "[-1, 1]")


def swap_red_and_blue(of: BroughtPictures) -> list[str]:
    """Turn the order of the channels round."""
    last = of.layout in ("HWC", "NHWC")
    at = "[..., ::-1]" if last else "[::-1]" if of.layout == "CHW" else "[:, ::-1]"
    return [f"{_array(of)} = {_array(of)}{at}"]


def does_it_learn(_: BroughtPictures) -> list[str]:
    """See whether the generator learns at all."""
    return [
        "# No way of saving mends this. Does an update of the generator reach its weights? Both must be True:",
        "def learns(generator, update):  # update(): one of your generator's steps",
        "    before = [p.detach().clone() for p in generator.parameters()]",
        "    update()",
        "    reached = all(p.grad is not None and bool(p.grad.any()) for p in generator.parameters())",
        "    return reached, any(bool((a != b).any()) for a, b in zip(before, generator.parameters()))",
        "# If so, look at the losses: bring the training log too.",
    ]


def save_as_png(of: BroughtPictures) -> list[str]:
    """Save floats in [-1, 1] anew, as PNG."""
    return [
        *save_signed_again(of),
        "",
        "def save(x):  # PNG keeps every value",
        "    Image.fromarray(to_pixels(x)).save('sample.png')  # one picture, (H, W) or (H, W, 3)",
    ]


def bound(of: BroughtPictures) -> list[str]:
    """Clip, and bound the output in training."""
    return [*_decode(of), "# In training: bound the output, with tanh for [-1, 1] or sigmoid for [0, 1]."]


def fill_the_range(of: BroughtPictures) -> list[str]:
    """Scale the real pictures to the range that the generator reaches."""
    return [
        f"print({_array(of)}.min(), {_array(of)}.max(), {_array(of)}.std())",
        "# No way of saving mends this. Real pictures must fill the range that the generator's output reaches.",
        "def encode(real):  # uint8, for tanh; for sigmoid, real / 255",
        "    return (real.astype(np.float32) - 127.5) / 127.5",
    ]


def own_noise(_: BroughtPictures) -> list[str]:
    """Draw noise for each picture."""
    return [
        "# No way of saving mends this. Each picture needs noise of its own, about 1 wide:",
        "latent_dim = 64  # as your generator has it",
        "z = np.random.default_rng().standard_normal((64, latent_dim)).astype(np.float32)",
    ]


def even_upsampling(_: BroughtPictures) -> list[str]:
    """Upsample so that each pixel gets the same share."""
    return [
        "# No way of saving mends this. In the generator, in place of nn.ConvTranspose2d(a, b, 3, stride=2):",
        "def upsampling(a, b):",
        "    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1))",
    ]


def turn_over(of: BroughtPictures) -> list[str]:
    """Exchange rows and columns."""
    rows = {"HW": 0, "HWC": 0, "CHW": 1, "NHW": 1, "NHWC": 1, "NCHW": 2}.get(of.layout)
    if rows is None:
        channels, (height, width) = of.squares.shape[1], of.size
        return [f"x = x.reshape(-1, {channels}, {height}, {width}).swapaxes(2, 3)"]
    return [f"{_array(of)} = {_array(of)}.swapaxes({rows}, {rows + 1})"]


def _array(of: BroughtPictures) -> str:
    return "x" if of.values else "pixels"


def _decode(of: BroughtPictures) -> list[str]:
    """The line that turns values of the seeming range into bytes."""
    line = of.real.standardised
    scaled = {
        "[0,1]": "(x * 255)",
        "0..255": "x",
        "standardised": f"(x * {line.std:.2f} + {line.mean:.2f})",
    }.get(of.range, _FROM_SIGNED)
    return [_ROUND.format(scaled)]


def unreshape(of: BroughtPictures) -> list[str]:
    """Undo the reshape, and transpose."""
    name, (height, width) = _array(of), of.size
    if of.whole:
        height, width = of.raw.shape[1:] if of.layout in ("CHW", "NCHW") else of.raw.shape[:2]
    lines = {
        "HWC": f"{name} = {name}.reshape(3, {height}, {width}).transpose(1, 2, 0)",
        "NHWC": f"{name} = {name}.reshape(-1, 3, {height}, {width}).transpose(0, 2, 3, 1)",
        "CHW": f"{name} = {name}.reshape({height}, {width}, 3).transpose(2, 0, 1)",
    }
    return [lines.get(of.layout, f"{name} = {name}.reshape(-1, {height}, {width}, 3).transpose(0, 3, 1, 2)")]


def for_pillow(of: BroughtPictures) -> list[str]:
    """One picture as Pillow takes it: bytes (H, W) or (H, W, 3)."""
    lines = [] if of.layout in ("HW", "CHW", "HWC") else ["x = x[0]  # one picture at a time"]
    channels = of.raw.shape[0] if of.layout == "CHW" else of.raw.shape[-1]
    if of.layout == "CHW":
        lines.append("x = x[0]  # (H, W)" if channels == 1 else "x = x.transpose(1, 2, 0)  # (H, W, C)")
    elif of.layout in ("HWC", "NHWC") and channels == 1:
        lines.append("x = x[..., 0]  # (H, W)")
    return [*lines, *_decode(of), "Image.fromarray(pixels).save('sample.png')"]
