"""A print finds its style sheets and fonts, and nothing else on the machine or the network."""

import datetime as dt
import re
import zlib
from types import SimpleNamespace

import pytest

from core import printing


def context():
    document = SimpleNamespace(number="SO-1", state="confirmed", get_state_display="confirmed")
    company = SimpleNamespace(address="", phone="", tax_number="", bank_account="", logo=None)
    return {
        "document": document,
        "company": company,
        "printed_at": dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC),
        "pdf": True,
    }


def unpacked(pdf: bytes) -> bytes:
    """The PDF with its streams inflated, so that names of fonts can be read."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return b"".join(zlib.decompressobj().decompress(stream) for stream in streams if stream.startswith(b"x"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pdf_is_written_with_the_fonts_of_the_program(language):
    pdf = printing.render_pdf(printing.render_document("print/base.html", context(), language))
    fonts = set(re.findall(rb"/BaseFont */[A-Z]+\+([\w-]+)", unpacked(pdf)))
    assert fonts
    assert all(name.startswith(b"Noto-Sans-SC") for name in fonts)


def test_own_files_are_served():
    assert printing.own_file(printing.PRINT_BASE + "static/css/print.css").name == "print.css"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "https://example.com/static/css/print.css",
        printing.PRINT_BASE + "static/../config/settings.py",
        printing.PRINT_BASE + "static/%2e%2e/config/settings.py",
        printing.PRINT_BASE + "media/nothing.png",
    ],
)
def test_nothing_else_is_printed(url):
    with pytest.raises(ValueError, match="own files"):
        printing.own_file(url)
