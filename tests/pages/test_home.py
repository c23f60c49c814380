"""home without a browser."""

from __future__ import annotations

import ast
import subprocess
import sys

from live_runs import ROOT
from visiting import Open


def test_home_shows_a_finished_run_without_an_exception(open_page: Open) -> None:
    at = open_page("home")
    assert not at.exception
    assert any("GAN" in text.value for text in at.markdown)


def test_the_button_begins_a_run_on_the_train_page(open_page: Open) -> None:
    at = open_page("home")
    at.button(key="train_live").click().run()
    assert not at.exception
    assert at.session_state["run"]
    assert at.button(key="pause")


def test_what_the_server_imports_is_free_of_torch() -> None:
    """Every import of app.py and the pages, at whatever depth of the file, in an interpreter of its own."""
    imports = [
        ast.unparse(node)
        for file in [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
    ]
    script = "\n".join([*imports, "import sys", "print(sorted({'torch', 'multiprocessing.spawn'} & set(sys.modules)))"])
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
