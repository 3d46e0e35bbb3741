"""The text of the engine as it was before this process loaded it: only machine code of that text is kept for others."""

import hashlib
import os
from pathlib import Path

Stamp = tuple[int, int, int, int]


class SourceText:
    """The files of a package at one moment; made before its modules are loaded, so that these are of this text, or of
    a later one, and then `is_unchanged` says so.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamps = {str(module): _stamp(str(module)) for module in sorted(folder.rglob("*.py"))}

    def digest(self, *versions: str) -> str:
        """Return a name for the text and the versions of what compiles it."""
        text = hashlib.sha256("\n".join(versions).encode())
        for module in self._stamps:
            text.update(f"\n{os.path.relpath(module, self.folder)}\n".encode())
            text.update(Path(module).read_bytes())
        return text.hexdigest()[:16]

    def is_unchanged(self) -> bool:
        """Return whether no file was changed, replaced or removed since."""
        try:
            return all(_stamp(module) == stamp for module, stamp in self._stamps.items())
        except FileNotFoundError:
            return False


def _stamp(module: str) -> Stamp:
    state = os.stat(module)
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


SOURCE_TEXT = SourceText(Path(__file__).parent)
