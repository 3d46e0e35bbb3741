import os

import pytest

from config.launcher import places
from config.launcher.speech import Refusal


@pytest.fixture
def ordinary_user(monkeypatch):
    monkeypatch.setattr(places, "is_root", lambda: False)


def test_the_demo_lies_in_the_clone_and_a_company_in_the_data_folder_of_the_user(monkeypatch, tmp_path, ordinary_user):
    monkeypatch.delenv("CONCORD_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(places.sys, "platform", "linux")

    assert places.data_folder(places.DEMO) == places.ROOT / "var/demo"
    assert places.data_folder(places.COMPANY) == tmp_path / "concord"


def test_concord_data_overrides_both_but_never_the_tests(monkeypatch, tmp_path, ordinary_user):
    monkeypatch.setenv("CONCORD_DATA", str(tmp_path))

    assert places.data_folder(places.DEMO) == places.data_folder(places.COMPANY) == tmp_path
    assert places.data_folder(places.TEST) == places.ROOT / "var/test"


def test_roots_clone_out_of_reach_keeps_what_is_prepared_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "is_root", lambda: True)
    clone = tmp_path / "private" / "clone"
    clone.mkdir(parents=True)
    (tmp_path / "private").chmod(0o700)
    monkeypatch.setattr(places, "ROOT", clone)

    assert places.var().parent == places.SHARED


def test_a_folder_keeps_the_kind_it_was_made_for(tmp_path):
    places.claim(tmp_path / "books", places.COMPANY)
    places.claim(tmp_path / "books", places.COMPANY)

    with pytest.raises(Refusal, match="holds a company database, not a demo one"):
        places.claim(tmp_path / "books", places.DEMO)


def test_a_folder_with_other_peoples_files_is_refused(tmp_path):
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(Refusal, match="is not empty"):
        places.claim(tmp_path, places.COMPANY)

    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_attachments_are_closed_to_others(tmp_path):
    places.claim(tmp_path / "books", places.COMPANY)

    assert (tmp_path / "books/media").stat().st_mode & 0o077 == 0
