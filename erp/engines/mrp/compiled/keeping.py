"""Machine code kept on disk for the next process: safely, with several processes at it, and while source is changed.

numba's own cache compares a function with its own file only, and would go on with code that was made of another layout
or of an older function called from it: so each text of the engine has a folder of its own, which is neither read nor
written by a process whose modules may be of another text. It writes the index of a function and its code one after the
other: of two processes that compile it for different types at a time, one would later run the other's code with its own
arguments. So one writes at a time, nobody reads meanwhile, and code of other types than those asked for is not taken.
"""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from numba import config
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher
from numba.core.sigutils import normalize_signature

from erp.engines.mrp.source_text import SourceText

LOCK = ".lock"

signature_of: Any = normalize_signature


class KeptCode(FunctionCache):
    """The machine code of one function, by the types of its arguments."""

    def __init__(self, function: Callable[..., Any], text: SourceText) -> None:
        parent: Any = super()  # untyped, as all of numba
        parent.__init__(function)
        self._text = text

    def _load_overload(self, sig: Any, target_context: Any) -> Any:
        if not self._text.is_unchanged():
            return None
        parent: Any = super()
        try:
            with self._locked(fcntl.LOCK_SH):
                found = parent._load_overload(sig, target_context)
        except (EOFError, pickle.UnpicklingError):  # cut short when the machine failed: compiled anew
            with self._locked(fcntl.LOCK_EX):
                parent.flush()
            return None
        wanted, _returned = signature_of(sig)
        return found if found is not None and tuple(found.signature.args) == tuple(wanted) else None

    def _save_overload(self, sig: Any, data: Any) -> None:
        if self._text.is_unchanged():
            parent: Any = super()
            with self._locked(fcntl.LOCK_EX):
                parent._save_overload(sig, data)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Hold the folder's lock; it ends with the process at the latest."""
        file = os.open(os.path.join(self.cache_path, LOCK), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, how)
            yield
        finally:
            os.close(file)


def keep(function: Any, folder: str, text: SourceText) -> None:
    """Keep the machine code of a compiled function in a folder."""
    if not isinstance(function, Dispatcher):  # numba was told to compile nothing
        return
    dispatcher: Any = function
    settings: Any = config  # its settings are set from the environment, unknown to the type checker
    before, settings.CACHE_DIR = settings.CACHE_DIR, folder
    try:
        dispatcher._cache = KeptCode(dispatcher.py_func, text)
    finally:
        settings.CACHE_DIR = before
