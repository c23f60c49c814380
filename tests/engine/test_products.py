"""What multiplies matrices: both libraries do it right, one is chosen for a machine, and each run keeps its own."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
import torch
from tiny import state_of, tiny, tiny_images

from gan_core.engine import products
from gan_core.engine.checkpoint import load_checkpoint, load_generator, save_checkpoint
from gan_core.engine.layers import Linear
from gan_core.engine.products import ONEDNN_IS_HERE, UNRECORDED, Library, faster_library, try_out
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

LIBRARIES: tuple[Library, ...] = ("blas", "onednn")


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def as_fast_as(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """How fast each library is said to be: milliseconds can be measured, but not asserted."""
    seconds = {"blas": 1.0, "onednn": 1.0}
    monkeypatch.setattr(products, "try_out", lambda library: seconds[library])
    products._kept.cache_clear()
    return seconds


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_product_is_what_float64_says(library: Library) -> None:
    source = torch.Generator().manual_seed(3)
    x, weight, bias = (torch.randn(shape, generator=source) for shape in ((9, 31), (17, 31), (17,)))
    exact = x.double() @ weight.double().T + bias.double()
    torch.testing.assert_close(products.product(x, weight, bias, library).double(), exact, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("settings", [{}, {"architecture": "dcgan"}, {"penalty_every": 1}, {"norm_d": "spectral"}])
def test_a_run_is_the_same_to_rounding_with_either(settings: dict[str, object]) -> None:
    e = tiny(steps=5, **settings)
    runs = [Trainer(e, tiny_images(), library) for library in LIBRARIES]
    for trainer in runs:
        for layer in trainer.g.modules():
            if isinstance(layer, Linear):
                assert layer.product_library == trainer.product_library
        for _ in range(3):
            trainer.train_step()
    for name, value in runs[0].last.items():
        assert runs[1].last[name] == pytest.approx(value, rel=1e-2), name


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_run_that_is_resumed_keeps_its_own(library: Library, tmp_path: Path) -> None:
    """Whatever would be chosen now: else the bytes after it would be others."""
    e = tiny(steps=20)
    whole = Trainer(e, tiny_images(), library)
    for _ in range(4):
        whole.train_step()
    save_checkpoint(whole, tmp_path / "c.safetensors")
    resumed = load_checkpoint(tmp_path / "c.safetensors", tiny_images())
    assert resumed.product_library == library
    for trainer in (whole, resumed):
        for _ in range(4):
            trainer.train_step()
    assert state_of(resumed) == state_of(whole)
    _, _, generator = load_generator(tmp_path / "c.safetensors")
    assert {layer.product_library for layer in generator.modules() if isinstance(layer, Linear)} == {library}


def test_a_checkpoint_that_names_none_is_of_a_version_that_knew_one(tmp_path: Path) -> None:
    trainer = Trainer(tiny(), tiny_images())
    trainer.product_library = None  # type: ignore[assignment]
    save_checkpoint(trainer, tmp_path / "c.safetensors")
    assert load_checkpoint(tmp_path / "c.safetensors", tiny_images()).product_library == "blas"
    assert ("onednn" if ONEDNN_IS_HERE else "blas") == UNRECORDED


@pytest.mark.skipif(not ONEDNN_IS_HERE, reason="there is no choice here")
@pytest.mark.parametrize(
    ("onednn", "chosen"), [(0.4, "onednn"), (0.86, "onednn"), (0.9, "blas"), (1.0, "blas"), (2.0, "blas")]
)
def test_onednn_is_taken_where_it_is_clearly_faster(
    empty_cache: Path, as_fast_as: dict[str, float], onednn: float, chosen: Library
) -> None:
    as_fast_as["onednn"] = onednn
    assert faster_library() == chosen
    assert Trainer(tiny(), tiny_images()).product_library == chosen


def test_a_new_run_on_points_takes_blas_whatever_is_faster_for_images(
    empty_cache: Path, as_fast_as: dict[str, float], tmp_path: Path
) -> None:
    """One that began with the other keeps it."""
    as_fast_as["onednn"] = 0.1
    assert Trainer(Experiment(dataset="ring")).product_library == "blas"
    save_checkpoint(Trainer(Experiment(dataset="ring"), library="onednn"), tmp_path / "c.safetensors")
    assert load_checkpoint(tmp_path / "c.safetensors").product_library == "onednn"


@pytest.mark.skipif(not ONEDNN_IS_HERE, reason="there is no choice here")
def test_the_choice_is_made_once_for_a_machine(empty_cache: Path, as_fast_as: dict[str, float]) -> None:
    as_fast_as["onednn"] = 0.5
    assert faster_library() == "onednn"
    (file,) = empty_cache.iterdir()
    assert json.loads(file.read_text())["faster"] == "onednn"
    as_fast_as["onednn"] = 2.0
    products._kept.cache_clear()  # as another process
    assert faster_library() == "onednn"
    file.write_text("{")
    products._kept.cache_clear()
    assert faster_library() == "blas"  # what cannot be read is tried again, and mended
    assert json.loads(file.read_text())["faster"] == "blas"


@pytest.mark.skipif(not ONEDNN_IS_HERE, reason="there is no choice here")
def test_of_two_that_try_at_once_the_first_decides(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch, as_fast_as: dict[str, float]
) -> None:
    def slowly(library: Library) -> float:
        """Meanwhile another process has decided."""
        if not list(empty_cache.glob("products-*")):
            monkeypatch.setattr(products, "try_out", lambda library: {"blas": 1.0, "onednn": 0.1}[library])
            products._kept.cache_clear()
            assert faster_library() == "onednn"
        return {"blas": 1.0, "onednn": 2.0}[library]

    monkeypatch.setattr(products, "try_out", slowly)
    assert faster_library() == "onednn"
    assert len(list(empty_cache.iterdir())) == 1


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="whoever may do everything may write")
def test_a_folder_that_cannot_be_written_does_no_harm(empty_cache: Path, as_fast_as: dict[str, float]) -> None:
    empty_cache.mkdir()
    empty_cache.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert faster_library() == "blas"


def test_trying_changes_no_random_state_and_no_thread() -> None:
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    assert all(try_out(library) > 0 for library in LIBRARIES)
    assert torch.equal(torch.random.get_rng_state(), before) and torch.get_num_threads() == threads
