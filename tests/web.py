"""The program's web server for tests with a browser: imported once, forked for each test with the test's database.

Reads one line of JSON for each server, {"database", "url", "port", "log"}, and answers with the number of its process.
What the fork runs is granian's own command, as in production.
"""

import json
import os
import signal
import sys
from typing import Any


def main() -> None:
    from django.urls import get_resolver

    import config.wsgi  # noqa: F401  imported before the forks, which find it there

    assert get_resolver().url_patterns
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for the servers: the tests do
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            serve(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def serve(task: dict[str, Any]) -> None:
    """Never comes back."""
    from django.db import connections
    from granian.cli import entrypoint

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    output = os.open(task["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ["DATABASE_URL"] = task["url"]
    connections.settings["default"]["NAME"] = task["database"]
    sys.argv = ["granian", "--interface", "wsgi", "config.wsgi:application", "--no-ws"]
    sys.argv += ["--host", "127.0.0.1", "--port", str(task["port"]), "--workers", "1", "--blocking-threads", "4"]
    code = 1
    try:
        entrypoint()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
