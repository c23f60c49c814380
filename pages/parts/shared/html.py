"""The longer pieces of a page's own HTML: templates beside the part that draws them, escaping what is put in."""

from __future__ import annotations

import functools
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

PARTS = Path(__file__).parents[1]


def render(name: str, /, **values: object) -> Markup:
    """The template `name` (its room and its file without ending, "compare/final_measurements") with the values put in.

    Markup among the values is put in as it is, all else escaped. Raises UndefinedError where a value is missing.
    """
    return Markup(_environment().get_template(f"{name}.html").render(values))


@functools.cache
def _environment() -> Environment:
    # It keeps the templates compiled.
    return Environment(loader=FileSystemLoader(PARTS), autoescape=True, undefined=StrictUndefined)
