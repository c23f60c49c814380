"""Why each fault of brought pictures happens, and the lines of numpy and Pillow that mend exactly it.

The lines begin with what was brought as `x` (an array) or `pixels` (a picture, uint8), and end with `pixels` or `x`
mended. Where the file has lost what is needed, they show how to save it again from the floats `x`.
"""

from __future__ import annotations

from pathlib import Path

from gan_core.brought.faults import Fault
from gan_core.brought.samples import Samples
from gan_core.reading.errors import shown
from gan_core.reading.files import KINDS

WHY: dict[str, str] = {
    "non-finite": "Some values are NaN or infinite, which no picture can show: a number overflowed before.",
    "wrong-range-map: divided by 255 twice": "Values in [0, 1] were divided by 255 once more, so all is black.",
    "wrong-range-map: times 255 twice": "Values of 0 to 255 were multiplied by 255 once more, so all is white.",
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

_SAVE_AGAIN = "# The file has lost what was there before: save again, x being the generator's floats."
_ROUND = "pixels = np.rint({}.clip(0, 255)).astype(np.uint8)"


def why(fault: Fault, pillow: str) -> str:
    """One sentence; for pil-error, with the exception that Pillow really raised."""
    words = WHY[fault.kind]
    return f"{words[:-1]}, it says: {pillow}" if fault.kind == "pil-error" else words


def code(fault: Fault, of: Samples, name: str) -> str:
    """The lines; `name` is the file's."""
    lines = [_load(of, name), *_mend(fault, of)]
    used = {"import torch": "torch.", "from PIL import Image": "Image."}
    imports = [line for line, sign in used.items() if any(sign in other.partition("#")[0] for other in lines)]
    return "\n".join(["import numpy as np", *imports, "", *lines])


def _load(of: Samples, name: str) -> str:
    """The line that loads `x` or `pixels`, by how the name of the file, zip or folder ends."""
    ending, file, place = Path(name).suffix.lower(), repr(shown(Path(name).name)), repr(shown(of.place))
    kind = next((kind for kind, endings in KINDS.items() if ending in endings), "a folder")
    if not of.values:
        inside = f"  # in {shown(Path(name).name)}; and so each of them" if kind != "a picture" else ""
        return f"pixels = np.asarray(Image.open({place if inside else file})){inside}"
    match kind:
        case "an array":
            return f"x = np.load({file})"
        case "a picture":
            return f"x = np.asarray(Image.open({file}))"
        case "tensors":
            at = "".join(f"[{part if part.isdigit() else repr(part)}]" for part in of.place.split(".") if part)
            half = ".float()" if of.dtype in ("bfloat16", "float16") else ""
            return f"x = torch.load({file}, weights_only=True){at}{half}.numpy()"
        case "a zip file":
            return f"x = np.load({file})[{place}]"
    return f"x = np.load({shown(of.place + '.npy')!r})  # in {shown(Path(name).name)}"


def _mend(fault: Fault, of: Samples) -> list[str]:
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
            return [_ROUND.format("(x / 255)")]
        case "wrong-range-map: [-1,1] times 255":
            return [_ROUND.format("((x / 255 + 1) / 2 * 255)")]
        case "wrong-range-map: only the bright half":
            if of.range == "[0,1]":
                return [_ROUND.format("((x * 2 - 1) * 255)")]
            return [_ROUND.format(f"({_array(of)}.astype(np.float32) * 2 - 255)")]
        case "wrong-range-map: bytes of 0 and 1":
            return [_SAVE_AGAIN, _ROUND.format("(x * 255)") + "  # x in [0, 1]"]
        case "wrong-range-map: [-1,1] times 255, wrapped" | "wrapped-pixels":
            return [_SAVE_AGAIN, _ROUND.format("((x + 1) / 2 * 255)") + "  # x in [-1, 1]; clip before the cast"]
        case "out-of-range":
            return [*_decode(of), "# In training: bound the output, with tanh for [-1, 1] or sigmoid for [0, 1]."]
        case "blank-grey" | "blank-black" | "blank-white":
            return [
                "# No way of saving mends this: look at what the generator gives, x, and what it was trained on.",
                f"print({_array(of)}.min(), {_array(of)}.max(), {_array(of)}.std())",
                "# Real pictures must fill the range that the output reaches: [-1, 1] with tanh, [0, 1] with sigmoid.",
                "real = (real_bytes.astype(np.float32) - 127.5) / 127.5",
            ]
        case "identical-samples" | "mode-collapse":
            return [
                "# No way of saving mends this. Each picture needs noise of its own, about 1 wide:",
                "z = np.random.default_rng().standard_normal((64, latent_dim)).astype(np.float32)",
            ]
        case "checkerboard":
            return [
                "# No way of saving mends this. In the generator, in place of nn.ConvTranspose2d(a, b, 3, stride=2):",
                "layers = [nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1)]",
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
                _SAVE_AGAIN,
                _ROUND.format("((x + 1) / 2 * 255)") + "  # x in [-1, 1], one picture (H, W) or (H, W, 3)",
                "Image.fromarray(pixels).save('sample.png')  # PNG keeps every value"
                if not of.values
                else "np.save('samples.npy', pixels)  # or as PNG: both keep every value",
            ]
        case _:
            return _for_pillow(of)


def _array(of: Samples) -> str:
    return "x" if of.values else "pixels"


def _decode(of: Samples, x: str = "x") -> list[str]:
    """The line that turns values of the seeming range into bytes."""
    line = of.real.standardised
    scaled = {
        "[-1,1]": f"(({x} + 1) / 2 * 255)",
        "[0,1]": f"({x} * 255)",
        "0..255": x,
        "standardised": f"({x} * {line.std:.2f} + {line.mean:.2f})",
    }.get(of.range, f"(({x} + 1) / 2 * 255)")
    return [_ROUND.format(scaled)]


def _unreshape(of: Samples) -> list[str]:
    name, (height, width) = _array(of), of.size
    if of.whole:
        height, width = of.raw.shape[1:] if of.layout in ("CHW", "NCHW") else of.raw.shape[:2]
    lines = {
        "HWC": f"{name} = {name}.reshape(3, {height}, {width}).transpose(1, 2, 0)",
        "NHWC": f"{name} = {name}.reshape(-1, 3, {height}, {width}).transpose(0, 2, 3, 1)",
        "CHW": f"{name} = {name}.reshape({height}, {width}, 3).transpose(2, 0, 1)",
    }
    return [lines.get(of.layout, f"{name} = {name}.reshape(-1, {height}, {width}, 3).transpose(0, 3, 1, 2)")]


def _for_pillow(of: Samples) -> list[str]:
    """One picture as Pillow takes it: bytes (H, W) or (H, W, 3)."""
    lines = [] if of.layout in ("HW", "CHW", "HWC") else ["x = x[0]  # one picture at a time"]
    channels = of.raw.shape[0] if of.layout == "CHW" else of.raw.shape[-1]
    if of.layout == "CHW":
        lines.append("x = x[0]  # (H, W)" if channels == 1 else "x = x.transpose(1, 2, 0)  # (H, W, C)")
    elif of.layout in ("HWC", "NHWC") and channels == 1:
        lines.append("x = x[..., 0]  # (H, W)")
    return [*lines, *_decode(of), "Image.fromarray(pixels).save('sample.png')"]
