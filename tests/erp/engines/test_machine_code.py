"""Machine code on disk: never of another text, never of other types, whoever writes it at the same time."""

import fcntl
import importlib.util
import os
import sys
import threading
from pathlib import Path

import pytest
from numba import config, float64, int64, njit
from numba.core.caching import FunctionCache

from erp.engines.mrp.compiled import layout
from erp.engines.mrp.compiled.keeping import LOCK, KeptCode, keep
from erp.engines.mrp.source_text import SOURCE_TEXT, SourceText

SOURCE = "def twice(x):\n    return x + x\n"


@pytest.fixture
def source(tmp_path) -> Path:
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "doubling.py").write_text(SOURCE)
    return folder


@pytest.fixture
def load(source, tmp_path, monkeypatch):
    """Give the function as a process of its own would have it, with its text and the machine code kept so far."""

    def load(text: SourceText | None = None, kept: str = "kept"):
        spec = importlib.util.spec_from_file_location("doubling", source / "doubling.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "doubling", module)  # where numba looks for what the code belongs to
        spec.loader.exec_module(module)
        function = njit(module.twice)
        keep(function, str(tmp_path / kept), text or SourceText(source))
        return function

    return load


def hits(function) -> int:
    return sum(function.stats.cache_hits.values())


def test_each_text_of_the_engine_has_a_folder_of_its_own(source, tmp_path):
    before = SourceText(source)
    name = before.digest("compiler 1")
    assert name != before.digest("compiler 2")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "doubling.py").write_text(SOURCE)
    assert SourceText(tmp_path / "copy").digest("compiler 1") == name
    (source / "doubling.py").write_text(SOURCE.replace("x + x", "2 * x"))
    assert SourceText(source).digest("compiler 1") != name
    assert layout.MACHINE_CODE.rpartition("-")[2] != SOURCE_TEXT.digest("other versions")


def test_the_next_process_takes_what_was_kept(load):
    assert load()(2) == 4
    again = load()
    assert again(2) == 4
    assert hits(again) == 1


@pytest.mark.parametrize("change", ["other text", "replaced by the same text", "removed"])
def test_a_process_of_another_text_neither_reads_nor_writes(load, source, tmp_path, change):
    assert load()(2) == 4
    stale = load(text := SourceText(source))
    kept = sorted((tmp_path / "kept").rglob("*.nb?"))
    (source / "doubling.py").unlink()
    if change != "removed":
        (source / "new").write_text(SOURCE + ("\n" if change == "other text" else ""))
        (source / "new").rename(source / "doubling.py")
    assert not text.is_unchanged()
    assert (stale(2), stale(1.5)) == (4, 3.0)
    assert hits(stale) == 0
    assert sorted((tmp_path / "kept").rglob("*.nb?")) == kept


def test_what_was_cut_short_is_made_anew(load, tmp_path):
    assert load()(2) == 4
    for ending in ("nbi", "nbc"):
        [file] = (tmp_path / "kept").rglob(f"*.{ending}")
        file.write_bytes(file.read_bytes()[:20] if ending == "nbi" else b"")
        again = load()
        assert (again(2), hits(again)) == (4, 0)
    assert hits(again) == 0
    healed = load()
    assert (healed(2), hits(healed)) == (4, 1)


def crossed(function, folder: Path, kind) -> list:
    """Two processes keep the code of a function, for whole and for real numbers: both read the index, the first writes
    it, the second writes index and code, the first its code. Return the types of the code found for either kind.
    """
    function(2), function(1.5)
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
    try:
        first, second, third = (kind(function.py_func) for _process in range(3))
    finally:
        config.CACHE_DIR = before
    overloads, has_read, has_written = function.overloads, threading.Event(), threading.Event()
    other = threading.Thread(target=second.save_overload, args=((float64,), overloads[float64,]))

    def when(event: threading.Event, write):
        return lambda *values: (has_read.set(), event.wait(0.5), write(*values))

    second._cache_file._save_index = when(has_written, second._cache_file._save_index)
    write = first._cache_file._save_data
    first._cache_file._save_data = lambda *values: (has_written.set(), other.join(10), write(*values))
    other.start()
    assert has_read.wait(10)
    first.save_overload((int64,), overloads[int64,])
    found = [third.load_overload((one,), function.targetctx) for one in (int64, float64)]
    return [one and one.signature.args for one in found]


def test_two_processes_may_keep_code_at_the_same_time(load, source, tmp_path):
    """With numba's own cache the code of whole numbers would be run with real ones."""
    text = SourceText(source)
    assert crossed(load(text, "one"), tmp_path / "numba", FunctionCache) == [None, (int64,)]
    assert crossed(load(text, "two"), tmp_path / "ours", lambda one: KeptCode(one, text)) == [(int64,), (float64,)]


def test_code_of_other_types_is_not_taken(load, tmp_path):
    function = load()
    function(2), function(1.5)
    whole, real = sorted((tmp_path / "kept").rglob("*.nbc"))
    contents = whole.read_bytes(), real.read_bytes()
    real.write_bytes(contents[0])
    whole.write_bytes(contents[1])
    again = load()
    assert (again(2), again(1.5), hits(again)) == (4, 3.0, 0)


def test_nobody_reads_while_another_process_writes(load, tmp_path):
    assert load()(2) == 4
    again = load()
    found: list[int] = []
    reader = threading.Thread(target=lambda: found.append(again(2)))
    file = os.open(next((tmp_path / "kept").rglob(LOCK)), os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        reader.start()
        reader.join(0.3)
        assert not found
    finally:
        os.close(file)
    reader.join()
    assert (found, hits(again)) == ([4], 1)
