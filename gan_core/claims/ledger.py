"""All claims by id, and the code that decides one: read as text, so that whoever shows it needs no torch."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from gan_core.claims import document_000, document_001, document_002, document_003, document_004
from gan_core.claims.claim import Claim

DOCUMENTS = {
    "000": document_000,
    "001": document_001,
    "002": document_002,
    "003": document_003,
    "004": document_004,
}

# The rows of the project's study, by document; the last is about all of them.
STUDY = {
    "000": range(1, 14),
    "001": range(14, 32),
    "002": range(32, 45),
    "003": range(45, 53),
    "004": range(53, 69),
}
STUDY_OF_ALL = 69

CLAIMS: dict[str, Claim] = {claim.id: claim for module in DOCUMENTS.values() for claim in module.CLAIMS}


def find(words: str) -> list[Claim]:
    """The claims that an id, a document's number, "quick" or "all" stands for.

    Raises ValueError that says what there is.
    """
    if words in CLAIMS:
        return [CLAIMS[words]]
    if words in DOCUMENTS:
        return [claim for claim in CLAIMS.values() if claim.document == words]
    if words == "quick":
        return [claim for claim in CLAIMS.values() if claim.speed == "quick"]
    if words == "all":
        return list(CLAIMS.values())
    raise ValueError(
        f"there is no claim {words!r}: give quick, all, a source ({', '.join(DOCUMENTS)}), or an id "
        f"from {next(iter(CLAIMS))} to {list(CLAIMS)[-1]}"
    )


def code_of(claim: Claim) -> str:
    """The experiment as a script that runs when it is copied. Empty for a claim that cannot be tested.

    It is the imports and other top-level names of its file that the function uses, the function, and a line that calls
    it.
    """
    if not claim.testable:
        return ""
    path = Path(__file__).parent / f"experiments_{claim.document}.py"
    text, statements = _parsed(path)
    wanted = _used_by(claim.experiment, statements)
    imports, rest = [], []
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            if kept := [alias for alias in statement.names if _local(alias) in wanted]:
                imports.append(ast.unparse(_narrowed(statement, kept)))
        elif _defined(statement) & wanted:
            above = [decorator.lineno for decorator in getattr(statement, "decorator_list", [])]
            first = min([statement.lineno, *above])
            rest.append("\n".join(text.splitlines()[first - 1 : statement.end_lineno]))
    call = f"{claim.experiment}({'Training()' if claim.speed == 'training' else ''})"
    return "\n".join(imports) + "\n\n\n" + "\n\n\n".join([*rest, f"print({call})"]) + "\n"


@cache
def _parsed(path: Path) -> tuple[str, list[ast.stmt]]:
    text = path.read_text()
    return text, ast.parse(text).body


def _used_by(function: str, statements: Iterable[ast.stmt]) -> set[str]:
    """The names that a top-level name needs, itself among them, through as many others as it takes."""
    defining = {name: statement for statement in statements for name in _defined(statement)}
    wanted: set[str] = set()
    new = {function}
    while new:
        wanted |= new
        used = {
            node.id
            for name in new & set(defining)
            for node in ast.walk(defining[name])
            if isinstance(node, ast.Name)
        }  # fmt: skip
        new = used - wanted
    return wanted


def _defined(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return set()


def _local(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _narrowed(statement: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    if isinstance(statement, ast.Import):
        return ast.Import(names=names)
    return ast.ImportFrom(module=statement.module, names=names, level=statement.level)
