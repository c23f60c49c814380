"""What `pip install .` brings: every import of gan_core, and every file that it reads beside its code."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MODULES = {  # by what brings them
    "PIL": "pillow", "markupsafe": "jinja2", "annotated_types": "pydantic", "pydantic_core": "pydantic",
}  # fmt: skip
NOT_NEEDED = {"distributed", "tensorboard", "triton"}  # where they are installed


def named(lines: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def imported() -> set[str]:
    found = set()
    for path in (ROOT / "gan_core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"gan_core"} - NOT_NEEDED


def test_what_gan_core_imports_is_installed_with_it() -> None:
    declared = named(PROJECT["project"]["dependencies"])
    assert {canonicalize_name(MODULES.get(name, name)) for name in imported()} == set(declared)


def test_the_app_has_the_same_versions() -> None:
    app = named((ROOT / "requirements.txt").read_text().split())
    for name, core in named(PROJECT["project"]["dependencies"]).items():
        if name == "torch":  # pinned for the app alone: the same bytes
            assert core.specifier.contains(next(iter(app[name].specifier)).version)
        else:
            assert core.specifier == app[name].specifier


def test_the_files_beside_the_code_go_with_it() -> None:
    brought = PROJECT["tool"]["setuptools"]["package-data"]
    files = {
        path
        for package, patterns in brought.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    there = {path for path in (ROOT / "gan_core").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert files == there
