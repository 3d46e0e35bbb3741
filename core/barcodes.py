"""Barcodes for labels, as pictures that stand inside the page."""

import base64
import io

import segno
from barcode import Code128, Gs1_128
from barcode.writer import SVGWriter

PLAIN = {"write_text": False, "quiet_zone": 2, "module_height": 12, "module_width": 0.25}


def barcode_picture(text: str) -> str:
    """Return the address (``data:``) of a picture of ``text``: Code 128, or a QR code when Code 128 cannot spell it."""
    if not text:
        return ""
    if text.isascii() and text.isprintable() and len(text) <= 40:
        picture = io.BytesIO()
        Code128(text, writer=SVGWriter()).write(picture, PLAIN)
        return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
    return qr_picture(text)


def qr_picture(text: str) -> str:
    """Return the address (``data:``) of a QR code of ``text``."""
    return str(segno.make(text, micro=False).svg_data_uri(border=1)) if text else ""


def gs1_picture(digits: str) -> str:
    """Return the address (``data:``) of a GS1-128 picture of ``digits``, application identifiers included."""
    picture = io.BytesIO()
    Gs1_128(digits, writer=SVGWriter()).write(picture, PLAIN)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
