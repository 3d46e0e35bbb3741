"""Printed documents: one HTML template, shown as a page or rendered to PDF where Pango is at hand."""

import functools
import hashlib
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

log = structlog.get_logger(__name__)
CACHE_SECONDS = 3600
PRINT_BASE = "https://print.invalid/"
"""What addresses in a print template are relative to; never asked over the network."""


class PdfNotAvailable(DomainError):
    code = "pdf_not_available"
    sentence = _("PDF is not available on this machine (Pango is missing). Open the printable page and print it.")


@functools.cache
def pdf_available() -> bool:
    """Return whether WeasyPrint finds its native libraries; without them printable pages are offered instead."""
    try:
        import weasyprint  # noqa: F401, PLC0415 - needs native libraries that may be missing
    except OSError as error:
        log.warning("pdf_not_available", reason=str(error))
        return False
    return True


def render_document(template: str, context: dict[str, Any], language: str) -> str:
    """Render a print template in ``language`` (``zh-hans`` or ``en``), whatever the reader's own is."""
    with translation.override(language):
        return render_to_string(template, context | {"print_language": language})


def render_pdf(html: str) -> bytes:
    """Render ``html`` to PDF; nothing is fetched but the program's own static files and stored images.

    Raises:
        PdfNotAvailable: the native libraries are missing.
    """
    if not pdf_available():
        raise PdfNotAvailable()
    key = "pdf:" + hashlib.sha256(html.encode()).hexdigest()
    found = cache.get(key)
    if found is None:
        found = _write_pdf(html)
        cache.set(key, found, CACHE_SECONDS)
    return found


def _write_pdf(html: str) -> bytes:
    import weasyprint  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OwnFiles(URLFetcher):
        """Serves the program's static files and stored images, and inline data; nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = own_file(url)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.open("rb"), {"Content-Type": kind}, status=200)

    return weasyprint.HTML(
        string=html, base_url=PRINT_BASE, url_fetcher=OwnFiles(allowed_protocols={"data"})
    ).write_pdf(font_config=FontConfiguration())


def own_file(url: str) -> Path:
    """Return the file behind ``/static/…`` or ``/media/…`` of PRINT_BASE.

    Raises:
        ValueError: any other address, or a path that leads out of those folders.
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    static = "/" + settings.STATIC_URL.strip("/") + "/"
    roots = ((static, settings.STATICFILES_DIRS[0]), (static, settings.STATIC_ROOT), ("/media/", settings.MEDIA_ROOT))
    if url.startswith(PRINT_BASE):
        for prefix, root in roots:
            target = (Path(root) / path.removeprefix(prefix)).resolve()
            if path.startswith(prefix) and target.is_relative_to(Path(root).resolve()) and target.is_file():
                return target
    log.warning("print_resource_refused", url=url[:200])
    raise ValueError("only the program's own files are printed")
