"""A real web server on a database of its own, and pages of a real Chromium that look at it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.databases import ROOT, Database

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
READY_WITHIN = 120.0
PATIENCE = 30_000
"""Milliseconds after which something is not going to appear any more: every wait ends when it does."""
ANSWERED_REFUSALS = "Failed to load resource"  # Chromium's note on a 403, 404, 409 or 422 that a test asks for


@dataclass(frozen=True)
class Live:
    """A running web server: its address, its database, its log, the number of its process."""

    url: str
    database: Database
    log: Path
    pid: int


class Host:
    """The program imported once in a process of its own, which forks a web server for each test (`tests/web.py`)."""

    def __init__(self, data: Path) -> None:
        self.data = data
        environment = os.environ | {"CONCORD_DATA": str(data), "LOCK_ORDER_STRICT": "1"}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.web"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    @contextmanager
    def serving(self, database: Database) -> Iterator[Live]:
        """The program's own web server as a process, on the database."""
        port = _free_port()
        log = self.data / f"web-{port}.log"
        task = {"database": database.name, "url": database.url, "port": port, "log": str(log)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        live = Live(f"http://127.0.0.1:{port}", database, log, int(self.process.stdout.readline()))
        try:
            _wait_until_ready(live)
            yield live
        finally:
            _end(live.pid)

    def close(self) -> None:
        self.process.communicate()


def _alive(pid: int) -> bool:
    """Return whether the process is there; ended ones are fetched at once."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _end(pid: int) -> None:
    """Ask the server to end, and wait until it has; by force when it does not hear."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + PATIENCE / 1000
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
            while time.monotonic() < until and _alive(pid):
                time.sleep(0.01)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(live: Live) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and _alive(live.pid):
        with suppress(OSError):
            urllib.request.urlopen(f"{live.url}/health/", timeout=5).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"the web server does not answer:\n{live.log.read_text(errors='replace')[-4000:]}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium; a test that cannot have one fails."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise RuntimeError("these tests need Chromium: ./run test installs it as root or with sudo")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Desk:
    """Opens pages as different users, and remembers what went wrong in them."""

    def __init__(self, browser: Browser, live: Live) -> None:
        self.browser, self.live = browser, live
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(
        self,
        path: str = "/",
        *,
        user: Any = None,
        width: int = 1440,
        height: int = 900,
        locale: str = "en",
        **options: Any,
    ) -> Page:
        """A page in a browser profile of its own; with `user`, signed in. Its language is `locale` until the user's."""
        context = self.browser.new_context(
            base_url=self.live.url, viewport={"width": width, "height": height}, locale=locale, **options
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": _cookie_name(), "value": session_of(user), "url": self.live.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on(
            "response", lambda answer: answer.status >= 500 and self.errors.append(f"{answer.url}: {answer.status}")
        )
        page.on("console", lambda message: self._listen(page, message))
        page.goto(path)
        return page

    def _listen(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and ANSWERED_REFUSALS not in message.text:
            self.errors.append(f"{page.url}: {message.text}")

    def photograph(self, folder: Path) -> list[Path]:
        """A picture of every open page."""
        taken = []
        for number, page in enumerate(page for context in self.contexts for page in context.pages):
            taken.append(folder / f"page-{number}.png")
            page.screenshot(path=taken[-1], full_page=True)
        return taken

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def _cookie_name() -> str:
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME


def session_of(user: Any) -> str:
    """The session key of a user who is signed in; sign-in itself has its own test."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[_cookie_name()].value
