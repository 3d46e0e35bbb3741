"""`demo` and `serve`: everything the program consists of, started, watched and stopped together."""

import os
import secrets
import socket
import ssl
import subprocess
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

from config.launcher import libraries, packages, places
from config.launcher.homes import Home
from config.launcher.processes import STOPPER, Program, call, watch
from config.launcher.speech import Refusal, say, step, tail

HEALTHY_WITHIN = 90.0
THREADS = 8


def prepare(*, dev: bool = False) -> None:
    """Packages and libraries; seconds when they are there already."""
    if not packages.up_to_date(dev=dev):
        with step("packages (once)"):
            packages.install(dev=dev)
    if not libraries.has_pango() and libraries.worth_trying():
        try:
            with step("Pango, for PDF (once)"):
                libraries.prepare_pango()
        except Refusal as reason:
            say(f"  Without Pango the program offers pages to print instead of PDF files. {reason}")


def run(kind: str, *, lan: bool = False) -> int:
    """Start everything, say where it is, stay until asked to stop."""
    home = Home(kind)
    port = _port()
    with ExitStack() as kept:
        kept.enter_context(home.locked())
        places.claim(home.data, kind)
        _require_free(port, lan=lan)
        say("Concord gets ready:")
        prepare()
        with step("database"):
            kept.enter_context(home.database())
        with step("tables and translations"):
            home.migrate()
            home.compile_catalogues()
        if kind == places.DEMO:
            with step("demo company"):
                home.manage("seed_demo", what="Loading the demo company")
        network = _of_the_network(port) if lan else {}
        programs = _programs(home, port, network)
        try:
            with step("programs"):
                for program in programs:
                    program.start()
                _wait_until_healthy(programs[-1], port, lan=lan)
            _greet(home, port, network)
            watch([home.server, *programs] if home.server else programs)
        finally:
            say("\nStopping …")
            for program in reversed(programs):
                program.stop()
    say("Stopped.")
    return 0


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not (given.isdigit() and 0 < int(given) < 65536):
        raise Refusal(f"PORT={given} is not a port number.")
    return int(given)


def _require_free(port: int, *, lan: bool) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0" if lan else "127.0.0.1", port))
        except OSError as error:
            raise Refusal(
                f"Port {port} cannot be used ({error.strerror}). Take another: PORT={port + 1} ./run …"
            ) from error


def _programs(home: Home, port: int, network: dict[str, str]) -> list[Program]:
    """Planner, worker, web server, in the order of their start; with settings for the network, open to it."""
    environment = home.environment() | network
    binary = packages.venv() / "bin"
    web = [
        str(binary / "granian"), "--interface", "wsgi", "config.wsgi:application", "--port", str(port), "--no-ws",
        "--workers", str(min(2, os.cpu_count() or 1)), "--blocking-threads", str(THREADS),
        "--host", "0.0.0.0" if network else "127.0.0.1", "--log-level", "warning",
        *(_certificate(home) if network else []),
    ]  # fmt: skip
    worker = [
        str(binary / "celery"), "-A", "config", "worker", "-B", "--loglevel", "WARNING", "--concurrency", "2",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    commands = {"planner": [str(packages.python()), "manage.py", "planner"], "worker": worker, "web server": web}
    return [
        Program(name, command, log=home.data / f"log/{name.split()[0]}.log", env=environment, cwd=places.ROOT)
        for name, command in commands.items()
    ]


# --- reachable from other machines -----------------------------------------------------------------------------------


def _addresses() -> list[str]:
    """Addresses of this machine in its networks, its own name last."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which address would be used
        found.append(probe.getsockname()[0])
    name = socket.gethostname()
    with suppress(OSError):
        found += [address for address in socket.gethostbyname_ex(name)[2] if not address.startswith("127.")]
    return [*dict.fromkeys(found), name]


def _of_the_network(port: int) -> dict[str, str]:
    """Settings for TLS with a certificate of one's own: no promise to browsers that would lock them out later."""
    hosts = _addresses()
    return {
        "ALLOWED_HOSTS": ",".join([*hosts, "127.0.0.1", "localhost", *filter(None, [os.environ.get("ALLOWED_HOSTS")])]),
        "CSRF_TRUSTED_ORIGINS": ",".join(f"https://{host}:{port}" for host in [*hosts, "127.0.0.1", "localhost"]),
        "HTTPS": "1",
        "SSL_REDIRECT": "0",
        "HSTS_SECONDS": "0",
        "SETUP_TOKEN": os.environ.get("SETUP_TOKEN") or secrets.token_hex(4),
    }


def _certificate(home: Home) -> list[str]:
    """A certificate for the present addresses, made by the package `cryptography` of the environment."""
    folder = home.data / "tls"
    places.make_folder(folder, 0o700)
    hosts = [*_addresses(), "localhost", "127.0.0.1"]
    call(
        [str(packages.python()), str(Path(__file__).with_name("certificate.py")), str(folder), *hosts],
        log=home.data / "log/prepare.log", env=home.environment(), cwd=places.ROOT, what="Making the certificate",
    )  # fmt: skip
    return ["--ssl-certificate", str(folder / "cert.pem"), "--ssl-keyfile", str(folder / "key.pem")]


# --- ready -----------------------------------------------------------------------------------------------------------


def _wait_until_healthy(web: Program, port: int, *, lan: bool) -> None:
    scheme = "https" if lan else "http"
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # our own certificate, on this machine
    until = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < until:
        STOPPER.check()
        if not web.alive():
            break
        with (
            suppress(OSError),
            urllib.request.urlopen(f"{scheme}://127.0.0.1:{port}/health/", timeout=5, context=context if lan else None),
        ):
            return
        time.sleep(0.1)
    raise Refusal(f"The web server does not answer; the end of {web.log}:\n{tail(web.log)}")


def _greet(home: Home, port: int, network: dict[str, str]) -> None:
    address = f"https://{_addresses()[0]}:{port}/" if network else f"http://127.0.0.1:{port}/"
    home.note(url=address)
    say(f"\nConcord is ready:  {address}")
    if network:
        say(f"A new company is set up at  {address}setup/?token={network['SETUP_TOKEN']}")
        say("The certificate is this machine's own: the browser asks once whether to trust it.")
    if home.kind == places.DEMO:
        shown = subprocess.run(
            [str(packages.python()), "manage.py", "demo_users"],
            check=False, env=home.environment(), cwd=places.ROOT, capture_output=True, text=True,
        )  # fmt: skip
        say(shown.stdout.rstrip() or shown.stderr.rstrip())
    say(f"Data and logs: {home.data}    Ctrl-C stops it.")
