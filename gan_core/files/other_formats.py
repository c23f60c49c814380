"""Files of formats that are not read here, told by how they begin or are named; each with what to bring instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PICTURES = "save it as PNG"
_ARRAYS = "np.save('samples.npy', array)"


@dataclass(frozen=True)
class OtherFormat:
    """One such format."""

    what: str  # "a MATLAB file"
    remedy: str  # one clause
    begins: re.Pattern[bytes] | None = None
    endings: tuple[str, ...] = ()


_OTHERS = (
    OtherFormat(
        "a HEIC or AVIF picture",
        f"open it and {_PICTURES}",
        re.compile(rb"....ftyp(?:hei[cfmsx]|hev[cx]|mif1|msf1|avi[fs])", re.DOTALL),
        (".heic", ".heif", ".avif"),
    ),
    OtherFormat(
        "a film",
        "save single frames of it as PNG and bring them as a .zip",
        re.compile(rb"....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI ", re.DOTALL),
        (".mp4", ".mov", ".webm", ".mkv", ".avi"),
    ),
    OtherFormat("a PDF file", f"export the figure again, and {_PICTURES}", re.compile(rb"%PDF-"), (".pdf",)),
    OtherFormat(
        "an SVG drawing",
        f"export the figure again, and {_PICTURES}",
        re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg\b"),
        (".svg",),
    ),
    OtherFormat(
        "a web page",
        "save what it shows as text (.txt), its pictures as PNG",
        re.compile(rb"\s*<(?:!DOCTYPE html|html)\b", re.IGNORECASE),
        (".html", ".htm"),
    ),
    OtherFormat(
        "a MATLAB file", f"scipy.io.loadmat reads it; then {_ARRAYS}", re.compile(rb"MATLAB \d\.\d MAT-file"), (".mat",)
    ),
    OtherFormat("an HDF5 file", f"h5py reads it; then {_ARRAYS}", re.compile(rb"\x89HDF\r\n\x1a\n"), (".h5", ".hdf5")),
    OtherFormat("a program", "bring what it prints, as .txt, or the samples that it saves", None, (".py",)),
    OtherFormat("an Excel workbook", "save its sheet as CSV", None, (".xlsx", ".xls", ".ods")),
    OtherFormat("a Keras model", "bring its training log or samples, not the model", None, (".keras",)),
    OtherFormat(
        "a Parquet table", "pandas.read_parquet reads it; then .to_csv('log.csv')", re.compile(rb"PAR1"), (".parquet",)
    ),
    OtherFormat(
        "an archive other than .zip",
        "unpack it, and bring what is inside as it is or as a .zip",
        re.compile(rb"\x1f\x8b|BZh\d|\xfd7zXZ\0|\x28\xb5\x2f\xfd|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c"),
        (".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".rar", ".7z"),
    ),
    OtherFormat(
        "a compiled model",
        "bring the weights as torch.save or safetensors writes them, samples or the training log",
        None,
        (".onnx", ".tflite", ".pb"),
    ),
)


def told(name: str, content: bytes) -> OtherFormat | None:
    """Which of these formats a file has; None where it has none of them."""
    beginning, lower = content[:256], name.lower()
    for one in _OTHERS:
        if one.begins and one.begins.match(beginning):
            return one
    return next((one for one in _OTHERS if lower.endswith(one.endings)), None)
