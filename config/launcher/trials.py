"""`check`, `test`, `bench` and `soak`: the house rules and the tests, on a server of their own."""

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.launcher import libraries, packages, places
from config.launcher.homes import Home
from config.launcher.processes import foreground
from config.launcher.service import prepare
from config.launcher.speech import Refusal, say, step

WORKERS = 2
MOST_WORKERS = 8
ONE_PROCESS = ("-n", "-s", "--pdb", "--collect-only", "-h", "--help")  # or the number of processes is given

# name: command; the database is needed by the last ones only
CHECKS = {
    "types": ["mypy"],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "contracts": ["lint-imports", "--no-cache", "--no-logo"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "translations": ["python", "manage.py", "messages", "check"],
}
ARCHITECTURE = ["python", "-m", "pytest", "tests/architecture", "-q"]


def check(names: list[str]) -> int:
    """The house rules, or those named; 0 when all hold."""
    with _trial_home(places.TEST) as home:
        checks = CHECKS | ({"architecture": ARCHITECTURE} if (places.ROOT / "tests/architecture").exists() else {})
        unknown = [name for name in names if name not in checks]
        if unknown:
            raise Refusal(f"{', '.join(unknown)}: no such check. There are: {', '.join(checks)}.")
        return 0 if _run_checks(home, {name: checks[name] for name in names or checks}) else 1


def test(arguments: list[str]) -> int:
    """All tests after the checks, or those that the arguments name; the exit code is pytest's."""
    with _trial_home(places.TEST, browser=True) as home:
        held = bool(arguments) or _run_checks(home, CHECKS)  # the architecture tests are among the tests
        code = _pytest(home, arguments)
    return code or (0 if held else 1)


def measure(name: str, arguments: list[str]) -> int:
    """Benchmarks and soak runs: pytest on their folder, the server as careful as in production."""
    folder = places.ROOT / "tests" / name
    if not folder.is_dir():
        raise Refusal(f"There is no tests/{name} yet.")
    if arguments and Path(arguments[0]).is_dir():
        os.environ["ADVENTUREWORKS"] = str(Path(arguments[0]).absolute())
        arguments = arguments[1:]
    with _trial_home(places.BENCH, browser=True, durable=True) as home:
        command = [str(packages.python()), "-m", "pytest", str(folder), "-s", "-p", "no:xdist", *arguments]
        return foreground(command, env=_environment(home), cwd=places.ROOT)


@contextmanager
def _trial_home(kind: str, *, browser: bool = False, durable: bool = False) -> Iterator[Home]:
    """A home for tests: prepared, locked, its server running. The books in it are worth nothing."""
    say("Preparing:")
    prepare(dev=True)
    if browser and libraries.missing_for_browser():
        try:
            with step("Chromium and a Chinese font (once)"):
                libraries.prepare_browser()
        except Refusal as reason:
            say(f"  The browser tests will fail: {reason}")
    home = Home(kind)
    with ExitStack() as kept:
        kept.enter_context(home.locked())
        places.claim(home.data, kind)
        with step("database"):
            kept.enter_context(home.database(durable=durable))
        home.compile_catalogues()
        yield home


def _environment(home: Home) -> dict[str, str]:
    environment = home.environment() | {"DATABASE_OWNER_URL": home.owner_url()}
    environment.pop("DEBUG", None)
    return environment


def _pytest(home: Home, arguments: list[str]) -> int:
    command = [str(packages.python()), "-m", "pytest"]
    if not any(argument.startswith(ONE_PROCESS) for argument in arguments):
        command += ["-n", str(max(WORKERS, min(MOST_WORKERS, os.cpu_count() or 1)))]
    code = foreground([*command, *arguments], env=_environment(home), cwd=places.ROOT)
    return code if code >= 0 else 128 - code


def _run_checks(home: Home, checks: dict[str, list[str]]) -> bool:
    """All checks, two at a time, with what each one found; True when all hold."""
    say("Checks:")
    environment = _environment(home)

    def one(command: list[str]) -> tuple[subprocess.CompletedProcess, float]:
        began = time.monotonic()
        program = packages.venv() / "bin" / command[0]
        done = subprocess.run(
            [str(program), *command[1:]], check=False, env=environment, cwd=places.ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done, time.monotonic() - began

    held = True
    with ThreadPoolExecutor(WORKERS) as pool:
        for name, (done, seconds) in zip(checks, pool.map(one, checks.values()), strict=True):
            held = held and done.returncode == 0
            say(f"  {name} {'holds' if done.returncode == 0 else 'FAILS'}  {seconds:.1f} s")
            if done.returncode:
                say("\n".join("    " + line for line in done.stdout.rstrip().splitlines()[-60:]))
    return held
