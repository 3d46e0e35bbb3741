"""What a home gives to the programs that work on it."""

import pytest

from config.launcher import places
from config.launcher.homes import Home


@pytest.fixture
def home(launcher, monkeypatch):
    monkeypatch.setenv("CONCORD_DATA", str(launcher / "books"))
    monkeypatch.setenv("DATABASE_URL", "postgres://server/books")
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    places.make_folder(launcher / "books", 0o700)
    return Home(places.COMPANY)


@pytest.mark.parametrize(
    ("given", "lies_in"),
    [
        ({"PYTHONDONTWRITEBYTECODE": "1"}, "{var}/pycache"),
        ({"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/elsewhere"}, "/elsewhere"),
        ({}, None),
    ],
)
def test_where_no_bytecode_may_lie_beside_the_source_it_lies_in_var(home, launcher, monkeypatch, given, lies_in):
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    found = home.environment()

    assert "PYTHONDONTWRITEBYTECODE" not in found
    assert found.get("PYTHONPYCACHEPREFIX") == (lies_in and lies_in.format(var=launcher / "var"))
