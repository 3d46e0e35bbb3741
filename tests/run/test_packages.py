"""uv and the index it comes from, against a small index on this machine."""

import hashlib
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.launcher import packages
from config.launcher.speech import Refusal

KEY = ("linux", "x86_64", "glibc")
WHEEL = f"uv-{packages.UV}-py3-none-any.whl"


def wheel() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"uv-{packages.UV}.data/scripts/uv", "#!/bin/sh\necho uv 99.0.0\n")
    return content.getvalue()


@pytest.fixture
def index(monkeypatch):
    """An index on this machine with a relative link to the wheel; its pages can be replaced."""
    pages = {
        "/simple/uv/": ("text/html", f'<a href="../../files/{WHEEL}#sha256=0">{WHEEL}</a>'.encode()),
        f"/files/{WHEEL}": ("application/zip", wheel()),
    }
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers)
            kind, body = pages.get(self.path, ("text/plain", None))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://somebody:secret@127.0.0.1:{server.server_port}/simple/")
    monkeypatch.setattr(packages.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(packages.platform, "system", lambda: "Linux")
    monkeypatch.setattr(packages.platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(packages, "UV_WHEELS", {KEY: ("py3-none-any", hashlib.sha256(wheel()).hexdigest())})
    yield pages, asked
    server.shutdown()
    server.server_close()


def test_uv_comes_from_the_configured_index_by_a_relative_link(index, tmp_path):
    path = packages.fetch_uv(tmp_path / "bin/uv")

    assert path == str(tmp_path / "bin/uv")
    assert (tmp_path / "bin/uv").stat().st_mode & 0o111
    _, asked = index
    assert all(headers["Authorization"] == "Basic c29tZWJvZHk6c2VjcmV0" for headers in asked)


def test_uv_comes_from_an_index_that_answers_in_json(index, tmp_path):
    pages, _ = index
    listing = {"files": [{"filename": WHEEL, "url": f"../../files/{WHEEL}"}]}
    pages["/simple/uv/"] = ("application/vnd.pypi.simple.v1+json", json.dumps(listing).encode())

    assert packages.fetch_uv(tmp_path / "bin/uv")


def test_a_wheel_with_another_hash_is_refused_and_not_unpacked(index, tmp_path):
    pages, _ = index
    pages[f"/files/{WHEEL}"] = ("application/zip", wheel() + b" ")

    with pytest.raises(Refusal, match="hash differs"):
        packages.fetch_uv(tmp_path / "bin/uv")

    assert not (tmp_path / "bin").exists()


def test_an_unreachable_index_is_named_without_its_password(index, tmp_path, monkeypatch):
    monkeypatch.setattr(packages.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("PIP_INDEX_URL", "http://somebody:secret@127.0.0.1:1/simple")

    with pytest.raises(Refusal, match="cannot be reached") as refused:
        packages.fetch_uv(tmp_path / "bin/uv")

    assert "secret" not in str(refused.value)


def test_pip_settings_come_from_its_files_and_the_environment_wins(tmp_path, monkeypatch):
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://mirror.example/simple/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))

    assert packages.index() == "https://mirror.example/simple"
    assert packages.uv_environment()["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"

    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple")
    assert packages.index() == "https://other.example/simple"


def test_the_public_index_needs_no_setting(monkeypatch):
    monkeypatch.setattr(packages, "pip_setting", lambda name: None)
    monkeypatch.setenv("UV_DEFAULT_INDEX", packages.PUBLIC_INDEX)

    assert "UV_DEFAULT_INDEX" not in packages.uv_environment()


def test_the_lock_names_the_public_index_alone():
    text = (packages.places.ROOT / "uv.lock").read_text()

    sources = {line.split("=", 1)[1].strip() for line in text.splitlines() if line.startswith("source = ")}
    assert sources == {f'{{ registry = "{packages.PUBLIC_INDEX}" }}', '{ virtual = "." }'}
    assert {part.split("/")[2] for part in text.split('url = "')[1:]} == {"files.pythonhosted.org"}


def test_optional_packages_are_asked_for_once_and_stay(monkeypatch, tmp_path):
    monkeypatch.setattr(packages, "venv", lambda: tmp_path)
    monkeypatch.setattr(packages, "python", lambda: tmp_path)
    monkeypatch.delenv("CONCORD_EXTRAS", raising=False)
    (tmp_path / ".locked").write_text(packages._stamp(dev=True), encoding="utf-8")
    assert (packages.extras(), packages.up_to_date(dev=True)) == ([], True)

    monkeypatch.setenv("CONCORD_EXTRAS", "scheduling, redis")
    assert (packages.extras(), packages.up_to_date(dev=True)) == (["scheduling"], False)
    (tmp_path / ".locked").write_text(packages._stamp(dev=True), encoding="utf-8")
    monkeypatch.delenv("CONCORD_EXTRAS")
    assert (packages.extras(), packages.up_to_date(dev=False)) == (["scheduling"], True)

    monkeypatch.setenv("CONCORD_EXTRAS", "")
    assert (packages.extras(), packages.up_to_date(dev=True)) == ([], False)
    monkeypatch.setenv("CONCORD_EXTRAS", "pictures")
    with pytest.raises(Refusal):
        packages.extras()
