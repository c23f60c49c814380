"""Why each fault of brought pictures happens, and the lines of numpy and Pillow that mend exactly it.

The lines begin with what was brought as `x` (an array) or `pixels` (a picture, uint8), and end with `pixels` or `x`
mended. Where the file has lost what is needed, or training is at fault, they are a function to use in its place.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from gan_core.files.code_text import literal
from gan_core.files.contents import KINDS
from gan_core.uploads.as_pictures import BroughtPictures
from gan_core.uploads.faults import Fault

WHY: dict[str, str] = {
    "non-finite": "Some values are NaN or infinite, which no picture can show: a number overflowed before.",
    "wrong-range-map: divided by 255 twice": "Values in [0, 1] were divided by 255 once more, so all is black.",
    "wrong-range-map: times 255 twice": "Values of 0 to 255 were multiplied by 255 once more, or have 16 bits: as "
    "bytes, all is white.",
    "wrong-range-map: [-1,1] times 255": "Values in [-1, 1] were multiplied by 255 without (x + 1) / 2 before.",
    "wrong-range-map: bytes of 0 and 1": "Values in [0, 1] were made bytes without times 255, so all is black.",
    "wrong-range-map: [-1,1] times 255, wrapped": "Values in [-1, 1] were multiplied by 255 without (x + 1) / 2 "
    "before, and the negative ones wrapped round to bright ones: -1 became 1.",
    "wrong-range-map: only the bright half": "Nothing is darker than mid-grey: (x + 1) / 2 was taken of values that "
    "were in [0, 1] already.",
    "wrapped-pixels": "Values below 0 or above 255 were made bytes without clipping, so they wrapped round: just "
    "below black became white.",
    "out-of-range": "Some values lie outside the range: nothing bounds what the generator gives, or it was trained "
    "on another range.",
    "blank-grey": "Every picture is nearly one grey: the values lie in the middle of their range.",
    "blank-black": "Every picture is nearly black: the values lie at the lower end of their range.",
    "blank-white": "Every picture is nearly white: the values lie at the upper end of their range.",
    "identical-samples": "All pictures are nearly the same: the noise was the same, or the generator ignores it.",
    "mode-collapse": "Most pictures have another that is almost the same: the generator makes only a few.",
    "checkerboard": "Every second row or column is brighter: an upsampling whose kernel is no multiple of its stride "
    "gives neighbouring pixels unequal shares.",
    "channel-order: reshaped": "The channels' axis was moved by reshape, which keeps the values in their order, so "
    "colours became places: it takes transpose.",
    "channel-order: transposed": "Rows and columns are exchanged: the pictures are far more like the real ones when "
    "turned over.",
    "jpeg-loss: format": "JPEG rounded the picture's frequencies, so its values are not those that were saved.",
    "jpeg-loss": "The fine details are rounded in blocks of 8×8 pixels, as JPEG does it: the values are not those "
    "that were first saved.",
    "pil-error": "Pillow takes no array of this shape and type.",
}

_ROUND = "pixels = np.rint({}.clip(0, 255)).astype(np.uint8)"

_FROM_SIGNED = "((x + 1) / 2 * 255)"


def why(fault: Fault, pillow: str) -> str:
    """One sentence; for pil-error, with the exception that Pillow really raised."""
    words = WHY[fault.kind]
    return f"{words[:-1]}, it says: {pillow}" if fault.kind == "pil-error" else words


def code(fault: Fault, of: BroughtPictures, name: str) -> str:
    """The lines, to be run in the folder where the file `name` lies."""
    mending = _mend(fault, of)
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
            return f"np.asarray(Image.open({file}){mode})"


def _save_again(values: str, told: str) -> list[str]:
    """A function for the floats, where the file has lost what was there before."""
    return [
        f"# The file has lost what was there before: save the generator's floats x, in {told}, anew.",
        "def to_pixels(x):",
        f"    return np.rint({values}.clip(0, 255)).astype(np.uint8)",
    ]


def _mend(fault: Fault, of: BroughtPictures) -> list[str]:
    match fault.kind:
        case "non-finite":
            return [
                "finite = np.isfinite(x)",
                "print(f'{1 - finite.mean():.1%} of the values are broken')",
                *(
                    ["x = x[finite.reshape(len(x), -1).all(axis=1)]  # the whole pictures alone"]
                    if of.layout in ("NHW", "NCHW", "NHWC", "N(HW)", "N(CHW)")
                    else ["x = np.where(finite, x, np.nan)  # nothing can stand for the broken ones: draw it anew"]
                ),
            ]
        case "wrong-range-map: divided by 255 twice":
            return [_ROUND.format("(x * 255 * 255)")]
        case "wrong-range-map: times 255 twice":
            return [_ROUND.format("(x / 255)" if of.dtype.startswith("float") else "(x / 257)")]
        case "wrong-range-map: [-1,1] times 255":
            return [_ROUND.format("((x / 255 + 1) / 2 * 255)")]
        case "wrong-range-map: only the bright half":
            if of.range == "[0,1]":
                return [_ROUND.format("((x * 2 - 1) * 255)")]
            return [_ROUND.format(f"({_array(of)}.astype(np.float32) * 2 - 255)")]
        case "wrong-range-map: bytes of 0 and 1":
            return _save_again("(x * 255)", "[0, 1]")
        case "wrong-range-map: [-1,1] times 255, wrapped" | "wrapped-pixels":
            return _save_again(_FROM_SIGNED, "[-1, 1]")
        case "out-of-range":
            return [*_decode(of), "# In training: bound the output, with tanh for [-1, 1] or sigmoid for [0, 1]."]
        case "blank-grey" | "blank-black" | "blank-white":
            return [
                f"print({_array(of)}.min(), {_array(of)}.max(), {_array(of)}.std())",
                "# No way of saving mends this. Real pictures must fill the range that the generator's output reaches.",
                "def encode(real):  # uint8, for tanh; for sigmoid, real / 255",
                "    return (real.astype(np.float32) - 127.5) / 127.5",
            ]
        case "identical-samples" | "mode-collapse":
            return [
                "# No way of saving mends this. Each picture needs noise of its own, about 1 wide:",
                "latent_dim = 64  # as your generator has it",
                "z = np.random.default_rng().standard_normal((64, latent_dim)).astype(np.float32)",
            ]
        case "checkerboard":
            return [
                "# No way of saving mends this. In the generator, in place of nn.ConvTranspose2d(a, b, 3, stride=2):",
                "def upsampling(a, b):",
                "    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1))",
            ]
        case "channel-order: reshaped":
            return _unreshape(of)
        case "channel-order: transposed":
            rows = {"HW": 0, "HWC": 0, "CHW": 1, "NHW": 1, "NHWC": 1, "NCHW": 2}.get(of.layout)
            if rows is None:
                channels, (height, width) = of.squares.shape[1], of.size
                return [
                    f"x = x.reshape(-1, {channels}, {height}, {width}).swapaxes(2, 3)",
                ]
            return [f"{_array(of)} = {_array(of)}.swapaxes({rows}, {rows + 1})"]
        case "jpeg-loss: format" | "jpeg-loss":
            return [
                *_save_again(_FROM_SIGNED, "[-1, 1]"),
                "",
                "def save(x):  # PNG keeps every value",
                "    Image.fromarray(to_pixels(x)).save('sample.png')  # one picture, (H, W) or (H, W, 3)",
            ]
        case _:
            return _for_pillow(of)


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


def _unreshape(of: BroughtPictures) -> list[str]:
    name, (height, width) = _array(of), of.size
    if of.whole:
        height, width = of.raw.shape[1:] if of.layout in ("CHW", "NCHW") else of.raw.shape[:2]
    lines = {
        "HWC": f"{name} = {name}.reshape(3, {height}, {width}).transpose(1, 2, 0)",
        "NHWC": f"{name} = {name}.reshape(-1, 3, {height}, {width}).transpose(0, 2, 3, 1)",
        "CHW": f"{name} = {name}.reshape({height}, {width}, 3).transpose(2, 0, 1)",
    }
    return [lines.get(of.layout, f"{name} = {name}.reshape(-1, {height}, {width}, 3).transpose(0, 3, 1, 2)")]


def _for_pillow(of: BroughtPictures) -> list[str]:
    """One picture as Pillow takes it: bytes (H, W) or (H, W, 3)."""
    lines = [] if of.layout in ("HW", "CHW", "HWC") else ["x = x[0]  # one picture at a time"]
    channels = of.raw.shape[0] if of.layout == "CHW" else of.raw.shape[-1]
    if of.layout == "CHW":
        lines.append("x = x[0]  # (H, W)" if channels == 1 else "x = x.transpose(1, 2, 0)  # (H, W, C)")
    elif of.layout in ("HWC", "NHWC") and channels == 1:
        lines.append("x = x[..., 0]  # (H, W)")
    return [*lines, *_decode(of), "Image.fromarray(pixels).save('sample.png')"]
