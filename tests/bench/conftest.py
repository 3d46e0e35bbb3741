"""The folder of the bicycle maker's files, and a clock that remembers no other test's company."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def files() -> Path:
    folder = os.environ.get("ADVENTUREWORKS")
    if not folder:
        pytest.fail("name the folder of the files: ./run bench DIR")
    return Path(folder)


@pytest.fixture
def own_clock() -> Iterator[None]:
    from core.clock import forget_company

    forget_company()
    yield
    forget_company()
