"""A valid file of each format that can be brought."""

from __future__ import annotations

import io
import pickle
import struct
from argparse import Namespace

import numpy as np
import torch
from bringing import as_grid, npy, npz, packed, picture, pt
from PIL import Image
from safetensors.torch import save
from study_files import figure

from gan_core.data import load

DIGITS = load("digits", 28, 1).probe(40).pixels
COLOUR = load("digits", 16, 3).probe(6).pixels


def tiff_of_floats() -> bytes:
    file = io.BytesIO()
    Image.fromarray(DIGITS[0, 0].astype(np.float32)).save(file, "TIFF")
    return file.getvalue()


LOG = "step,loss_d,loss_g,d_accuracy\n" + "".join(f"{n},{1.2 + 0.01 * n},0.9,0.8\n" for n in range(12))
LINES = "".join(f'{{"step": {n}, "loss_d": 1.2, "loss_g": NaN, "deep": {{"a": [1]}}}}\n' for n in range(8))
PRINTED = "".join(f"[{n}/9][{n}/32]\tLoss_D: {n / 7}\tLoss_G: nan\tD(x): 0.9\tD(G(z)): 0.1 / 0.0\n" for n in range(9))
# Two records, each with a value "loss_d" of 0.5 at step 3; the checksums are not looked at.
_VALUE = b"\x0a\x06loss_d\x15\x00\x00\x00\x3f"
_EVENT = b"\x10\x03\x2a" + bytes([len(_VALUE) + 2]) + b"\x0a" + bytes([len(_VALUE)]) + _VALUE
_VERSION = b"\x1a\x0dbrain.Event:2"
EVENTS = b"".join(struct.pack("<Q4x", len(record)) + record + bytes(4) for record in (_VERSION, _EVENT, _EVENT))
GENERATOR = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
COLOURED = COLOUR[0].transpose(1, 2, 0)

# name -> a valid file
FILES: dict[str, bytes] = {
    "bytes.npy": npy(DIGITS),
    "floats.npy": npy((DIGITS[:8] / 127.5 - 1).astype(np.float32)),
    "double.npy": npy(np.asfortranarray(COLOUR / 255.0)),
    "half.npy": npy(COLOUR[0].transpose(1, 2, 0).astype(np.float16)),
    "flat.npy": npy(DIGITS[:4].reshape(4, -1).astype(np.int64)),
    "tensor.pt": pt(torch.from_numpy(DIGITS[:6].copy())),
    "bfloat.pt": pt({"fake": torch.from_numpy(COLOUR / 255.0).bfloat16(), "step": 3, "list": [1.5, None, (True,)]}),
    "many.pt": pt([torch.from_numpy(image.copy()).float() for image in COLOUR]),
    "weights.pt": pt(torch.nn.BatchNorm2d(3).state_dict()),
    "gan.pt": pt({"epoch": 2, "netG": GENERATOR.state_dict(), "args": Namespace(lr=0.1)}),
    "gan.ckpt": pt({"netG": GENERATOR.state_dict()}, _use_new_zipfile_serialization=False),
    "netG.safetensors": save(GENERATOR.state_dict()),
    "grey.png": picture(DIGITS[0, 0]),
    "grid.png": picture(as_grid(DIGITS[:36], 6, 2)),
    "colour.png": picture(COLOURED),
    "colour.jpg": picture(COLOURED, "JPEG"),
    "grey.gif": picture(DIGITS[0, 0], "GIF"),
    "colour.bmp": picture(COLOURED, "BMP"),
    "colour.webp": picture(COLOURED, "WEBP", lossless=True),
    "lossy.webp": picture(COLOURED, "WEBP"),
    "colour.tif": picture(COLOURED, "TIFF", compression="tiff_deflate"),
    "floats.tif": tiff_of_floats(),
    "colour.ppm": picture(COLOURED, "PPM"),
    "all.zip": packed({f"step-{n}/{n}.png": picture(image[0]) for n, image in enumerate(DIGITS[:5])}),
    "arrays.npz": npz(fake=DIGITS[:5], labels=np.arange(5)),
    "mixed.zip": packed({"a.npy": npy(DIGITS[:3]), "b.pt": pt(torch.zeros(2, 3, 9, 9)), "c.txt": b"words"}),
    "log.csv": LOG.encode(),
    "printed.log": PRINTED.encode(),
    "history.json": b'{"history": {"d_loss": [0.7, 0.5, 0.2], "g_loss": [0.8, 1.5, 2.0]}, "params": {"a": {"b": 1}}}',
    "events.tfevents": EVENTS,
    "old.pt": pt({"fake": torch.from_numpy(COLOUR.copy()).float(), "l": [0.5]}, _use_new_zipfile_serialization=False),
    "history.pkl": pickle.dumps({"d_loss": [0.5, np.float32(0.25)], "g_loss": [1.5, 2.0]}),
    "d.losses": pt({"d_losses": [0.5, 0.25, float("nan")], "g_losses": [torch.tensor(1.5), torch.tensor(2.0)]}),
    "deep.png": picture(DIGITS[0, 0].astype(np.uint16) * 16),
    "figure.png": picture(figure(DIGITS[:16], 30)),
    "log.jsonl": LINES.encode(),
}
ENDINGS = sorted({name.rpartition(".")[2] for name in FILES} | {"pth", "tsv", "exe"})
