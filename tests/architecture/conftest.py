"""The program's modules, read once for all rules."""

import ast
from pathlib import Path

import pytest

from tests.architecture.test_rules import sources


@pytest.fixture(scope="package")
def trees() -> list[tuple[Path, ast.Module]]:
    """Every module of ours with its syntax tree."""
    return [(path, ast.parse(path.read_text())) for path in sources()]
