"""Labels to stick on things: the papers there are, and what stands on one label."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.barcodes import barcode_picture, qr_picture

BARCODE, QR = "barcode", "qr"
CODES = ((BARCODE, _("Barcode (Code 128)")), (QR, _("QR code")))
MOST = 500
"""Labels of one print: a page of the browser, or a PDF of a few seconds."""


@dataclass(frozen=True)
class LabelSize:
    """A paper for labels: a roll has one on a page, a sheet many; ``code`` names it in static/css/labels.css too."""

    code: str
    label: Any
    on_a_page: int = 1


SIZES = {
    one.code: one
    for one in (
        LabelSize("roll-60x40", _("Roll, 60 × 40 mm")),
        LabelSize("roll-40x30", _("Roll, 40 × 30 mm")),
        LabelSize("roll-100x70", _("Roll, 100 × 70 mm")),
        LabelSize("sheet-70x37", _("A4 sheet, 24 of 70 × 37 mm"), 24),
        LabelSize("sheet-99x38", _("A4 sheet, 14 of 99 × 38 mm"), 14),
    )
}


@dataclass(frozen=True)
class Label:
    """What stands on one label: ``code`` is what a scanner reads, ``head`` what a person reads first."""

    head: str
    code: str
    name: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A label with the picture of its code."""

    label: Label
    picture: str


def label_pages(labels: Sequence[Label], size: LabelSize, code: str, copies: int = 1) -> Iterator[list[Drawn]]:
    """Yield the labels page by page, each ``copies`` times one after the other."""
    draw = qr_picture if code == QR else barcode_picture
    drawn = [Drawn(one, picture) for one in labels for picture in [draw(one.code)] for _copy in range(copies)]
    for start in range(0, len(drawn), size.on_a_page):
        yield drawn[start : start + size.on_a_page]
