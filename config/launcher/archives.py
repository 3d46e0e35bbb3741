"""Backups: one file with the database, the attachments and a manifest that says what must be in them."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.launcher import places
from config.launcher.homes import Home
from config.launcher.processes import call
from config.launcher.server import APP, OWNER, binaries, libpq
from config.launcher.speech import Refusal, say, step

FORMAT = 1
DUMP, MANIFEST, MEDIA = "database.dump", "manifest.json", "media/"
BLOCK = 1 << 20
EVERY_TABLE = (
    "SELECT format('SELECT %L, count(*) FROM public.%I', relname, relname) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
    " ORDER BY relname \\gexec\n"
)
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1;\n"


class Session:
    """A psql that stays open: its transaction's snapshot is shared with pg_dump, so counts and dump agree."""

    def __init__(self, url: str) -> None:
        self.child = subprocess.Popen(
            [str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"PATH": os.defpath} | libpq(url),
        )  # fmt: skip

    def rows(self, statements: str) -> list[list[str]]:
        assert self.child.stdin
        assert self.child.stdout
        with suppress(BrokenPipeError):
            self.child.stdin.write(statements + "\\echo =end=\n")
            self.child.stdin.flush()
        found: list[list[str]] = []
        for line in self.child.stdout:
            if line == "=end=\n":
                return found
            found.append(line.rstrip("\n").split("\t"))
        raise Refusal(f"The database refused: {self.child.stderr.read().strip() if self.child.stderr else ''}")

    def close(self) -> None:
        self.child.communicate()


def counts(session: Session) -> dict[str, int]:
    return {table: int(rows) for table, rows in session.rows(EVERY_TABLE)}


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


# --- backup ----------------------------------------------------------------------------------------------------------


def backup(home: Home, target: Path) -> Path:
    """Write a backup into a folder; the program may run meanwhile."""
    places.make_folder(target, 0o700)
    moment = datetime.now(UTC).astimezone()
    final = target / f"concord-{home.kind}-{moment:%Y%m%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory(prefix=".concord-", dir=target) as folder:
        dump, partial = Path(folder) / DUMP, Path(folder) / "archive"
        manifest: dict[str, Any] = {"format": FORMAT, "kind": home.kind, "made_at": moment.isoformat()}
        with step("database"):
            manifest |= _dump(home, dump)
        with step("attachments"):
            manifest["files"] = _pack(partial, dump, home.data / "media", manifest)
        partial.replace(final)
    _settle(final.parent)
    say(f"\n{final}  ({final.stat().st_size / 1e6:.1f} MB, {sum(manifest['rows'].values())} rows)")
    return final


def _dump(home: Home, dump: Path) -> dict[str, Any]:
    session = Session(home.owner_url())
    try:
        opening = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT pg_export_snapshot();\n"
        snapshot = session.rows(opening)[0][0]
        rows = counts(session)
        if "django_migrations" not in rows:
            raise Refusal("There is nothing to back up yet: the database has no tables.")
        migrations = [row[0] for row in session.rows(MIGRATIONS)]
        version = session.rows("SHOW server_version;\n")[0][0]
        call(
            [str(binaries() / "pg_dump"), "-Fc", "--no-owner", f"--snapshot={snapshot}", "-f", str(dump)],
            log=home.data / "log/backup.log", env={"PATH": os.defpath} | libpq(home.owner_url()), cwd=dump.parent,
            what="pg_dump",
        )  # fmt: skip
    finally:
        session.close()
    return {"postgresql": version, "rows": rows, "migrations": migrations}


def _pack(partial: Path, dump: Path, media: Path, manifest: dict[str, Any]) -> dict[str, str]:
    """The dump and the attachments first, the manifest with their checksums last."""
    files = {DUMP: dump}
    files |= {MEDIA + str(path.relative_to(media)): path for path in sorted(media.rglob("*")) if path.is_file()}
    sums: dict[str, str] = {}
    with partial.open("xb") as raw:
        partial.chmod(0o600)
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, path in files.items():
                archive.add(path, name, recursive=False, filter=_anonymous)
                sums[name] = sha256(path)
            note = partial.with_name(MANIFEST)
            note.write_text(json.dumps(manifest | {"files": sums}, indent=1, ensure_ascii=False), encoding="utf-8")
            archive.add(note, MANIFEST, filter=_anonymous)
        raw.flush()
        os.fsync(raw.fileno())
    return sums


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- restore ---------------------------------------------------------------------------------------------------------


def manifest_of(archive: Path) -> dict[str, Any]:
    """Read the whole archive and compare every checksum before anything is touched."""
    sums: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                file = tar.extractfile(entry)
                if not file:
                    raise Refusal(f"{archive} is not one of our backups: it holds {entry.name}, which is no file.")
                if entry.name == MANIFEST:
                    manifest = json.load(file)
                    continue
                digest = hashlib.sha256()
                while block := file.read(BLOCK):
                    digest.update(block)
                sums[entry.name] = digest.hexdigest()
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise Refusal(f"{archive} cannot be read as a backup: {error}") from error
    if manifest.get("format") != FORMAT:
        raise Refusal(f"{archive} is damaged or not one of our backups: its manifest is missing or of another format.")
    wrong = sorted(
        name for name in sums.keys() | manifest["files"].keys() if sums.get(name) != manifest["files"].get(name)
    )
    if wrong:
        raise Refusal(f"{archive} is damaged: {', '.join(wrong[:5])} differ from what was written.")
    return manifest


def require_known_migrations(manifest: dict[str, Any]) -> None:
    """Books of a newer program cannot be read by an older one."""
    for name in manifest["migrations"]:
        app, _, migration = name.partition(".")
        folders = [places.ROOT / app / "migrations", places.ROOT / "core" / app / "migrations"]
        folder = next((folder for folder in folders if folder.is_dir()), None)
        if folder and not (folder / f"{migration}.py").exists():
            raise Refusal(f"The backup was made by a newer version of the program ({name}): update the program first.")


def restore(home: Home, archive: Path, manifest: dict[str, Any], *, replace: bool) -> None:
    """Put a checked backup into an empty place; what was there before is moved aside, never deleted."""
    data, staged = home.data, home.data / "restoring"
    shutil.rmtree(staged, ignore_errors=True)
    if not home.foreign and replace:
        _move_aside(data)
    elif not home.foreign and places.kind_of(data) is not None:
        raise Refusal(
            f"{data} holds a {places.kind_of(data)} database already. Restore into another folder "
            f"(CONCORD_DATA=FOLDER ./run restore {archive}), or add --replace: what is there is then moved aside."
        )
    if any((data / "media").glob("*")):
        raise Refusal(f"{data / 'media'} is not empty: move its files away first.")
    places.make_folder(staged / "log", 0o711 if places.is_root() else 0o700)
    staged.chmod(0o711 if places.is_root() else 0o700)
    places.make_folder(data / "log", 0o700)
    with home.database(folder=staged):
        with step("database"):
            _load(home, archive, staged, manifest)
        with step("attachments"):
            _unpack_media(archive, staged / "media")
        with step("tables"):
            home.migrate()
    _take_over(staged, data, manifest["kind"])
    say(f"\n{sum(manifest['rows'].values())} rows and {len(manifest['files']) - 1} attachments are in {data}.")


def _move_aside(data: Path) -> None:
    aside = data / f"before-{time.strftime('%Y%m%d-%H%M%S')}"
    found = [entry for entry in data.iterdir() if entry.name != "run.lock" and not entry.name.startswith("before-")]
    if not found:
        return
    aside.mkdir(mode=0o711 if places.is_root() else 0o700)
    for entry in found:
        if entry.name == ".env":
            shutil.copy2(entry, aside / entry.name)
        else:
            entry.rename(aside / entry.name)
    say(f"What was in {data} is now in {aside}.")


def _load(home: Home, archive: Path, staged: Path, manifest: dict[str, Any]) -> None:
    environment = {"PATH": os.defpath} | libpq(home.owner_url())
    session = Session(home.owner_url())
    try:
        if counts(session):
            raise Refusal("The database holds tables already: restore into an empty one.")
        roles = f"SELECT count(*) FROM pg_roles WHERE rolname IN ('{OWNER}', '{APP}');\n"
        with_rights = session.rows(roles)[0][0] == "2"
    finally:
        session.close()
    with tarfile.open(archive) as tar:
        file = tar.extractfile(DUMP)
        assert file
        with (staged / DUMP).open("wb") as target:
            (staged / DUMP).chmod(0o600)
            shutil.copyfileobj(file, target, BLOCK)
    command = [str(binaries() / "pg_restore"), "--no-owner", "--exit-on-error", "-j2", "-d", environment["PGDATABASE"]]
    call(
        [*command, *([] if with_rights else ["--no-privileges"]), str(staged / DUMP)],
        log=home.data / "log/backup.log", env=environment, cwd=staged, what="pg_restore",
    )  # fmt: skip
    (staged / DUMP).unlink()
    session = Session(home.owner_url())
    try:
        found = counts(session)
    finally:
        session.close()
    differ = [name for name in found.keys() | manifest["rows"].keys() if found.get(name) != manifest["rows"].get(name)]
    if differ:
        raise Refusal(f"The restored tables differ from the backup's manifest: {', '.join(sorted(differ)[:5])}")


def _unpack_media(archive: Path, media: Path) -> None:
    with tarfile.open(archive) as tar:
        for entry in tar:
            if not entry.name.startswith(MEDIA):
                continue
            target = (media / entry.name.removeprefix(MEDIA)).resolve()
            if not target.is_relative_to(media.resolve()):
                raise Refusal(f"{archive} is not one of our backups: it would write to {target}.")
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = tar.extractfile(entry)
            assert file
            with target.open("wb") as out:
                target.chmod(0o600)
                shutil.copyfileobj(file, out, BLOCK)


def _take_over(staged: Path, data: Path, kind: str) -> None:
    """What was restored becomes the folder's content; the note of its kind comes last and makes it so."""
    for name in ("pg", "media"):
        if (staged / name).exists():
            if (data / name).exists():
                (data / name).rmdir()
            (staged / name).rename(data / name)
    shutil.rmtree(staged)
    (data / "kind").write_text(kind + "\n", encoding="utf-8")
