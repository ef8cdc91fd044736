"""The files of the house, beside the order of its wings that lint-imports checks."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
FEW_LINES = 30
ONE_METRIC_FILES_ARE_IMPORTED_BY = "amgan.metrics.registry"


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def test_no_small_file_has_only_one_importer():
    files = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in (ROOT / "amgan").rglob("*.py")}
    sources = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
    imports = {name: set(imported(source)) for name, source in sources.items()}
    small = [
        name
        for name, source in sources.items()
        if len(source.splitlines()) < FEW_LINES and not name.endswith(("__init__", "__main__"))
    ]
    importers = {name: [other for other, names in imports.items() if name in names] for name in small}
    assert any(len(others) > 1 for others in importers.values())
    alone = {name: others for name, others in importers.items() if len(others) < 2}
    assert not {name for name, others in alone.items() if others != [ONE_METRIC_FILES_ARE_IMPORTED_BY]}
