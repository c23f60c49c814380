from __future__ import annotations

import pytest
import torch
from tiny import tiny, trainer

from gan_core.engine.device import DeviceError, name, precision, resolve


def test_auto_is_a_gpu_if_there_is_one() -> None:
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert resolve("auto").type == expected
    assert resolve("cpu") == torch.device("cpu")
    assert name(torch.device("cpu")) == "cpu"


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_missing_device_is_refused_in_words(device: str) -> None:
    if torch.cuda.is_available() if device == "cuda" else torch.backends.mps.is_available():
        pytest.skip(f"this machine has {device}")
    with pytest.raises(DeviceError, match="choose auto or cpu"):
        resolve(device)


def test_precision_of_products() -> None:
    a, b = torch.randn(2, 8, 8, generator=torch.Generator().manual_seed(0))
    for setting, kind in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        with precision(tiny(precision=setting), torch.device("cpu")):
            product = a @ b
        assert product.dtype == kind
        assert (a @ b).dtype == torch.float32


@pytest.mark.gpu
@pytest.mark.parametrize("settings", [{}, {"architecture": "dcgan", "precision": "bfloat16", "dropout_d": 0.3}])
def test_cuda_trains_as_the_cpu_does(settings: dict[str, object]) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    chosen = {"penalty": "r1", "penalty_every": 1, "instance_noise": 0.1, "ema": 0.9}
    on_gpu = trainer(**{**settings, **chosen, "device": "cuda"})
    assert on_gpu.device_name.startswith("cuda: ")
    for _ in range(4):
        on_gpu.train_step()
    assert on_gpu.measure()["finite"] == 1
    assert all(parameter.is_cuda for parameter in (*on_gpu.g_parameters, *on_gpu.d_parameters))
