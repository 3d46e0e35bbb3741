"""The `.env` of a data folder: keys and passwords made at random, and settings of the administrator's own."""

import os
import secrets
from pathlib import Path

# key in the file: bytes of randomness
GENERATED = {"SECRET_KEY": 50, "SUPERUSER_PASSWORD": 24, "OWNER_PASSWORD": 24, "APP_PASSWORD": 24}
FOR_THE_LAUNCHER_ALONE = {"SUPERUSER_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"}
HEADING = (
    "# Made at the first start. Keep it secret; settings of your own may be added (docs/deployment.md lists them).\n"
)


def read(path: Path) -> dict[str, str]:
    """The assignments of an env file; blank lines and comments left out, quotes around a value removed."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        key, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not key.startswith("#"):
            found[key.strip()] = value.strip().strip("'\"")
    return found


def ensure(data: Path) -> dict[str, str]:
    """Read the data folder's `.env`, adding what is missing."""
    path = data / ".env"
    found = read(path)
    missing = {key: secrets.token_urlsafe(size) for key, size in GENERATED.items() if key not in found}
    if missing:
        text = path.read_text(encoding="utf-8") if path.exists() else HEADING
        text += "".join(f"{key}={value}\n" for key, value in missing.items())
        fresh = path.with_name(".env.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return found | missing


def settings(found: dict[str, str]) -> dict[str, str]:
    """What of the file the programs may see; what stands in the environment already wins."""
    return {key: value for key, value in found.items() if key not in FOR_THE_LAUNCHER_ALONE and key not in os.environ}
