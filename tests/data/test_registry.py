from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gan_core.data import SOURCES, DataError, digits, load, registry
from gan_core.settings.fields import SETTINGS


@pytest.fixture(autouse=True)
def few_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path))
    monkeypatch.setattr(digits, "COUNT", 20)
    monkeypatch.setattr(registry, "_loaded", type(registry._loaded)())


def test_kept_in_memory_per_size_and_colour() -> None:
    first = load("digits", 8, 1)
    assert load("digits", 8, 1, folder="ignored") is first
    assert load("digits", 9, 1) is not first
    assert load("digits", 8, 3) is not first


def test_only_the_last_few_stay() -> None:
    first = load("digits", 8, 1)
    for size in range(9, 9 + registry.KEPT):
        load("digits", size, 1)
    assert len(registry._loaded) == registry.KEPT
    assert load("digits", 8, 1) is not first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cats", 28, 1), "dataset 'cats' is unknown: choose one of digits"),
        (("digits", 7, 1), "image_size"),
        (("digits", 28, 4), "channels"),
    ],
)
def test_refused_in_words(arguments: tuple[str, int, int], words: str) -> None:
    with pytest.raises(DataError, match=words):
        load(*arguments)


def test_every_source_has_words_and_one_is_a_persons_own() -> None:
    assert tuple(SOURCES) == SETTINGS["dataset"].choices
    for source in SOURCES.values():
        assert source.label and source.named
        assert source.words.endswith(".")
    assert [name for name, source in SOURCES.items() if source.own] == ["folder"]  # as the table of settings says


def test_imports_neither_torch_nor_streamlit() -> None:
    code = "import sys, gan_core.data, gan_core.pixels.range_map; print({'torch', 'streamlit'} & set(sys.modules))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "set()"
