"""Backup and restore of a small database on real embedded servers."""

import json
import os
import shutil
import tarfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from config.launcher import archives, places
from config.launcher.archives import DUMP, MANIFEST, manifest_of
from config.launcher.homes import Home
from config.launcher.server import APP, psql
from config.launcher.speech import Refusal
from tests.run.conftest import folder, point

TABLES = """
CREATE TABLE django_migrations (app text, name text);
INSERT INTO django_migrations VALUES ('core', '0001_initial');
CREATE TABLE partner (id int PRIMARY KEY, name text);
INSERT INTO partner SELECT n, '客户 ' || n FROM generate_series(1, 500) n;
CREATE TABLE move (id int, happened date) PARTITION BY RANGE (happened);
CREATE TABLE move_2026 PARTITION OF move FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO move VALUES (1, '2026-05-01'), (2, '2026-06-01');
GRANT SELECT, INSERT ON move TO concord_app;
"""


@contextmanager
def company():
    """A company with a few rows and two attachments, its server running."""
    with folder() as place, ExitStack() as running:
        with pytest.MonkeyPatch.context() as patch:
            point(patch, place)
            patch.setenv("CONCORD_DATA", str(place / "books"))
            made = Home(places.COMPANY)
            running.enter_context(made.locked())
            places.claim(made.data, places.COMPANY)
            running.enter_context(made.database())
            psql(made.owner_url(), TABLES)
            (made.data / "media/orders").mkdir()
            (made.data / "media/orders/图纸.pdf").write_bytes(b"%PDF drawing")
            (made.data / "media/logo.png").write_bytes(os.urandom(5000))
        yield made


@pytest.fixture(autouse=True)
def _migrated(monkeypatch):
    """The migrations are up to date by definition."""
    monkeypatch.setattr(Home, "migrate", lambda self: None)


@pytest.fixture(scope="module")
def home():
    """One company for all tests that leave it as it is."""
    with company() as made:
        yield made


@pytest.fixture(scope="module")
def kept(home):
    """Its backup, written once."""
    with folder() as place:
        with pytest.MonkeyPatch.context() as patch:
            point(patch, place)
            made = archives.backup(home, place / "backups")
        yield made


@pytest.fixture
def archive(launcher, kept):
    """A copy of the backup that a test may spoil."""
    return Path(shutil.copy2(kept, launcher / kept.name))


def restored(launcher, monkeypatch, archive, **options):
    monkeypatch.setenv("CONCORD_DATA", str(launcher / "elsewhere"))
    target = Home(places.COMPANY)
    with target.locked():
        archives.restore(target, archive, manifest_of(archive), replace=options.get("replace", False))
    return target


def test_a_restored_company_has_the_same_rows_files_and_rights(home, archive, launcher, monkeypatch):
    target = restored(launcher, monkeypatch, archive)

    assert places.kind_of(target.data) == places.COMPANY
    with target.locked(), target.database():
        same = "SELECT md5(string_agg(name, ',' ORDER BY id)) FROM partner; SELECT sum(id) FROM move;"
        assert psql(target.owner_url(), same) == psql(home.owner_url(), same)
        assert psql(target.server.url(APP), "SELECT count(*) FROM move") == "2\n"
        with pytest.raises(Refusal, match="permission denied"):
            psql(target.server.url(APP), "DELETE FROM move")
    for name in ("orders/图纸.pdf", "logo.png"):
        assert (target.data / "media" / name).read_bytes() == (home.data / "media" / name).read_bytes()


def test_the_manifest_counts_every_table_and_partitions_once(archive):
    manifest = manifest_of(archive)

    assert manifest["rows"] == {"django_migrations": 1, "partner": 500, "move": 2}
    assert set(manifest["files"]) == {DUMP, "media/logo.png", "media/orders/图纸.pdf"}
    assert archive.stat().st_mode & 0o077 == 0


def test_counts_and_dump_are_of_one_moment(launcher, monkeypatch):
    """Rows written between the counting and the dump are in neither."""
    with company() as home:
        archive = backup_while_writing(home, launcher, monkeypatch)

    restored(launcher, monkeypatch, archive)  # compares counts, refuses when they differ


def backup_while_writing(home, launcher, monkeypatch):
    counting = archives.counts

    def busy(session):
        found = counting(session)
        psql(home.owner_url(), "INSERT INTO partner VALUES (501, 'late')")
        return found

    monkeypatch.setattr(archives, "counts", busy)
    archive = archives.backup(home, launcher / "backups")
    monkeypatch.setattr(archives, "counts", counting)
    return archive


def test_changed_bytes_are_noticed_before_anything_is_touched(archive):
    with tarfile.open(archive) as tar:
        dump = tar.getmember(DUMP)
    whole = archive.read_bytes()
    for share in range(5, 100, 10):
        content = bytearray(whole)
        content[dump.offset_data + dump.size * share // 100] ^= 0x01
        archive.write_bytes(content)
        with pytest.raises(Refusal, match="damaged"):
            manifest_of(archive)


def test_a_cut_off_file_is_noticed(archive):
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
    whole = archive.read_bytes()
    for member in members:
        archive.write_bytes(whole[: member.offset_data + member.size // 2])
        with pytest.raises(Refusal, match=r"damaged|cannot be read"):
            manifest_of(archive)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(os.urandom(3000))

    with pytest.raises(Refusal, match="cannot be read as a backup"):
        manifest_of(tmp_path / "photo.jpg")


def test_books_are_never_overwritten(home, archive, launcher, monkeypatch):
    with pytest.raises(Refusal, match="holds a company database already"):
        archives.restore(home, archive, manifest_of(archive), replace=False)

    assert psql(home.owner_url(), "SELECT count(*) FROM partner") == "500\n"


def test_replace_moves_the_books_aside(home, archive, launcher, monkeypatch):
    first = restored(launcher, monkeypatch, archive)
    (first.data / "media/logo.png").write_bytes(b"changed since")

    restored(launcher, monkeypatch, archive, replace=True)

    aside = next(first.data.glob("before-*"))
    assert (aside / "media/logo.png").read_bytes() == b"changed since"
    assert (aside / "pg/PG_VERSION").exists()
    assert (first.data / "media/logo.png").read_bytes() == (home.data / "media/logo.png").read_bytes()


def test_a_backup_of_a_newer_program_is_refused(archive):
    manifest = manifest_of(archive) | {"migrations": ["core.9999_from_the_future"]}

    with pytest.raises(Refusal, match="newer version"):
        archives.require_known_migrations(manifest)


def test_a_file_name_that_leads_outside_is_refused(archive, launcher, tmp_path):
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        tar.add(archive, "media/../../outside")

    with pytest.raises(Refusal, match="would write to"):
        archives._unpack_media(evil, tmp_path / "media")
    assert not (tmp_path.parent / "outside").exists()


def test_an_empty_database_has_nothing_to_back_up(launcher, monkeypatch):
    monkeypatch.setenv("CONCORD_DATA", str(launcher / "books"))
    home = Home(places.COMPANY)
    with home.locked():
        places.claim(home.data, places.COMPANY)
        with home.database(), pytest.raises(Refusal, match="nothing to back up"):
            archives.backup(home, launcher / "backups")

    assert list((launcher / "backups").iterdir()) == []


def test_the_manifest_is_readable_by_people(archive):
    with tarfile.open(archive) as tar:
        text = tar.extractfile(MANIFEST).read().decode()

    assert "图纸.pdf" in text
    assert json.loads(text)["format"] == archives.FORMAT
