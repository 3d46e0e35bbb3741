"""The words `run` understands."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from config.launcher import archives, packages, places, service, trials
from config.launcher.homes import Home
from config.launcher.processes import STOPPER, foreground
from config.launcher.speech import Refusal, Stopped, interactive, say, step

HELP = """\
Concord: CRM, ERP and SCM in one program on one database.

  ./run demo                 a working company to look at, on http://127.0.0.1:8000/ (PORT=8080 changes it)
  ./run serve [--lan]        your own company; --lan: for the other machines of this network too, with TLS
  ./run backup [DIR]         database and attachments into one file
  ./run restore FILE         ... and back into an empty place (--replace: moves aside what is there)
  ./run reset                begin the demo company anew
  ./run manage COMMAND ...   a command of manage.py, for example: ./run manage createsuperuser
  ./run test [pytest ...]    checks and tests; with arguments only those tests
  ./run check                format, lint, types, import contracts, templates, migrations, translations, architecture
  ./run bench [DIR]          benchmarks, with a folder of real data if given
  ./run soak                 long runs

With both a demo and a company here, manage and backup want to know which: ./run --demo manage ..., ./run --company ...
Data lie in the user's data folder (the demo's in var/); CONCORD_DATA=FOLDER overrides it. With DATABASE_URL set no
database server is started. docs/deployment.md tells the rest."""


def main(arguments: list[str]) -> int:
    """Do what the arguments say; the exit code."""
    STOPPER.install()
    kind = None
    if arguments and arguments[0] in ("--demo", "--company"):
        kind, arguments = arguments[0].removeprefix("--"), arguments[1:]
    try:
        return _dispatch(arguments[0] if arguments else "help", arguments[1:], kind)
    except Refusal as reason:
        print(f"\n{reason}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        say("\nStopped.")
        return 130


def _dispatch(word: str, rest: list[str], kind: str | None) -> int:
    if word in ("help", "-h", "--help"):
        say(HELP)
        return 0
    commands: dict[str, Callable[[], int]] = {
        "demo": lambda: service.run(places.DEMO, lan=_only(word, rest)),
        "serve": lambda: service.run(places.COMPANY, lan=_only(word, rest, "--lan")),
        "manage": lambda: manage(rest, kind),
        "backup": lambda: backup(rest, kind),
        "restore": lambda: restore(rest),
        "reset": lambda: reset(rest),
        "test": lambda: trials.test(rest),
        "check": lambda: trials.check(rest),
        "bench": lambda: trials.measure(word, rest),
        "soak": lambda: trials.measure(word, rest),
    }
    if word not in commands:
        raise Refusal(f"{word!r} is not a command. ./run help lists them.")
    return commands[word]()


def _only(word: str, given: list[str], option: str = "") -> bool:
    """Is the one option this command knows given? Anything else is refused."""
    unknown = [argument for argument in given if argument != option]
    if unknown:
        raise Refusal(f"./run {word} does not know {' '.join(unknown)}. ./run help lists the commands.")
    return option in given


def which(kind: str | None) -> Home:
    """The books a command is about: those named, those running, or the only ones there are."""
    if kind:
        return Home(kind)
    if os.environ.get("CONCORD_DATA"):
        return Home(places.kind_of(places.data_folder(places.COMPANY)) or places.COMPANY)
    homes = [Home(places.COMPANY), Home(places.DEMO)]
    made = [home for home in homes if places.kind_of(home.data)]
    running = [home for home in made if home.running()]
    found = running if len(running) == 1 else made
    if len(found) > 1:
        raise Refusal("There are a company and a demo here. Say which: ./run --company … or ./run --demo …")
    return found[0] if found else homes[0]


def manage(arguments: list[str], kind: str | None) -> int:
    """A command of manage.py in the prepared environment, on a database that is up to date."""
    if not arguments:
        raise Refusal("./run manage COMMAND: ./run manage help lists the commands.")
    home = which(kind)
    if not packages.up_to_date(dev=False):
        service.prepare()
    as_owner = arguments[0] in ("migrate", "upgrade")
    if home.running():
        with home.database():
            return _manage(home, arguments, as_owner=as_owner)
    with home.locked():
        places.claim(home.data, home.kind)
        with home.database():
            if not as_owner and not home.has_tables():
                home.migrate()
            home.compile_catalogues()
            return _manage(home, arguments, as_owner=as_owner)


def _manage(home: Home, arguments: list[str], *, as_owner: bool) -> int:
    command = [str(packages.python()), "manage.py", *arguments]
    code = foreground(command, env=home.environment(as_owner=as_owner), cwd=places.ROOT)
    return code if code >= 0 else 128 - code


def backup(arguments: list[str], kind: str | None) -> int:
    if len(arguments) > 1:
        raise Refusal("./run backup [DIR]: one folder, or none.")
    home = which(kind)
    if not places.kind_of(home.data):
        raise Refusal(f"There is nothing to back up in {home.data}.")
    target = Path(arguments[0]).expanduser().absolute() if arguments else home.data / "backups"
    service.prepare()
    say(f"Backing up {home.data}:")
    if home.running():
        with home.database():
            archives.backup(home, target)
    else:
        with home.locked(), home.database():
            archives.backup(home, target)
    if not arguments:
        say("Keep a copy on another machine.")
    return 0


def restore(arguments: list[str]) -> int:
    files = [argument for argument in arguments if argument != "--replace"]
    if len(files) != 1:
        raise Refusal("./run restore FILE [--replace]")
    archive = Path(files[0]).expanduser().absolute()
    if not archive.is_file():
        raise Refusal(f"There is no file {archive}.")
    service.prepare()
    say(f"Restoring {archive}:")
    with step("checksums"):
        manifest = archives.manifest_of(archive)
    archives.require_known_migrations(manifest)
    home = Home(manifest["kind"])
    with home.locked():
        archives.restore(home, archive, manifest, replace="--replace" in arguments)
    return 0


def reset(arguments: list[str]) -> int:
    """Delete the demo's database and attachments; a company's books are never touched."""
    agreed = _only("reset", arguments, "--yes")
    home = Home(places.DEMO)
    holds = places.kind_of(home.data)
    if holds is None:
        raise Refusal(f"There is no demo company in {home.data}.")
    if holds != places.DEMO:
        raise Refusal(f"{home.data} holds a {holds} database. Only a demo can be reset.")
    if home.foreign:
        raise Refusal("The demo lies on a server of your own: drop its database there and create it again.")
    with home.locked():
        if interactive() and not agreed and not _agreed(home):
            return 1
        for entry in list(home.data.iterdir()):
            if entry.name not in ("run.lock", "backups", ".env") and not entry.name.startswith("before-"):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    say("The demo company is gone; ./run demo makes a new one.")
    return 0


def _agreed(home: Home) -> bool:
    say(f"Everything entered into the demo company in {home.data} will be deleted.")
    return input("Type yes to go on: ").strip().lower() == "yes"
