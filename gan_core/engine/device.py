"""Where a run is computed, and in which precision."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager

import torch

from gan_core.settings.experiment import Experiment


class DeviceError(ValueError):
    """The device asked for is not in this machine."""


def resolve(device: str) -> torch.device:
    """The torch device for the setting; 'auto' is CUDA, else MPS, else the CPU. Raises `DeviceError`."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        device = next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        raise DeviceError(f"device={device!r}: this machine has none; choose auto or cpu.")
    if device == "cuda":
        # TF32 keeps float32's range and rounds factors to 10 bits: several times faster, enough for a GAN.
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
    return torch.device(device)


def name(device: torch.device) -> str:
    """For people: 'cpu', 'mps', or 'cuda: ' and the card's name."""
    return f"cuda: {torch.cuda.get_device_name(device)}" if device.type == "cuda" else device.type


def precision(e: Experiment, device: torch.device) -> AbstractContextManager[object]:
    """Autocast for bfloat16, nothing for float32. To be entered anew after each update of the weights, since
    autocast keeps its bfloat16 copies of them until it is left."""
    if e.precision == "bfloat16":
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return contextlib.nullcontext()
