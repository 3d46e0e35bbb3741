"""Labels of ticked rows: the paper is asked for, then they are printed."""

import datetime as dt
import re
import zlib

import pytest
from django.urls import reverse

from core.labels import BARCODE, QR, SIZES, Label, label_pages
from core.printing import pdf_available, render_document, render_pdf
from erp.models import Lot
from masterdata.models import ItemBarcode
from masterdata.views.labels import ItemLabels
from tests.factories import core, erp, masterdata

pytestmark = pytest.mark.django_db


def test_sheets_are_filled_and_rolls_have_one_on_a_page():
    labels = [Label("A", "A"), Label("螺栓", "螺栓")]
    sheet, roll = SIZES["sheet-70x37"], SIZES["roll-60x40"]
    assert [len(page) for page in label_pages(labels, sheet, BARCODE, 13)] == [24, 2]
    pages = list(label_pages(labels, roll, BARCODE, 2))
    assert [[one.label.head for one in page] for page in pages] == [["A"], ["A"], ["螺栓"], ["螺栓"]]
    [[barcode], [qr]] = [next(label_pages(labels[:1], roll, code)) for code in (BARCODE, QR)]
    assert barcode.picture.startswith("data:image/svg+xml;base64,")
    assert qr.picture.startswith("data:image/svg+xml")
    assert qr.picture != barcode.picture


def objects_of(pdf: bytes) -> bytes:
    """The descriptions of a PDF's pages, which are stored compressed."""
    start = pdf.index(b"stream\n", pdf.index(b"/ObjStm")) + len(b"stream\n")
    return zlib.decompressobj().decompress(pdf[start:])


@pytest.mark.skipif(not pdf_available(), reason="papers are measured in the PDF")
@pytest.mark.parametrize("code", SIZES)
def test_a_paper_is_as_large_as_its_name_says_and_holds_its_labels(code):
    size = SIZES[code]
    labels = [Label(f"A-{number}", f"A-{number}", "Bearing", ("6204-2RS",)) for number in range(size.on_a_page + 1)]
    context = {"pages": list(label_pages(labels, size, BARCODE)), "size": size, "code": BARCODE, "pdf": True}
    pdf = render_pdf(render_document("print/labels.html", context, "en"))
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", objects_of(pdf))
    kind, _dash, measures = code.partition("-")
    wanted = [210, 297] if kind == "sheet" else [int(one) for one in measures.split("x")]
    assert [[round(float(one) / 72 * 25.4) for one in box] for box in boxes] == [wanted, wanted]


def test_ticked_items_are_printed(client):
    masterdata.basics()
    bolt, nut = masterdata.item("BOLT", specification="M8"), masterdata.item("NUT")
    ItemBarcode.objects.create(item=bolt, barcode="6901")
    ItemBarcode.objects.create(item=nut, barcode="BOX-1", uom=masterdata.uom("BOX"))
    client.force_login(core.make_user("clerk", rights=["masterdata.view_item"]))
    url = reverse("masterdata:item-labels")
    listed = client.get(reverse("masterdata:item-list")).content.decode()
    assert url in listed
    assert "data-row-select" in listed
    asked = client.post(url, {"ids": [bolt.pk, nut.pk]}).content.decode()
    assert f'name="ids" value="{nut.pk}"' in asked
    chosen = {"ids": [bolt.pk, nut.pk], "size": "roll-60x40", "code": "qr", "copies": "2"}
    printed = client.post(url, chosen)
    if pdf_available():
        assert printed.content.startswith(b"%PDF")
    view = ItemLabels()
    assert [(one.head, one.code) for one in view.labels(view.rows())] == [("BOLT", "6901"), ("NUT", "NUT")]
    assert client.post(url, chosen | {"copies": "251"}).status_code == 422
    assert client.post(url, {"ids": "x"}).status_code == 404
    every = client.post(f"{url}?q=bolt", {"all": "1"}).content.decode()
    assert f'name="ids" value="{bolt.pk}"' in every
    assert f'name="ids" value="{nut.pk}"' not in every
    client.force_login(core.make_user("other"))
    assert client.post(url, {"ids": [bolt.pk]}).status_code == 403


def test_lots_and_places_have_labels_too(client):
    erp.place()
    milk = masterdata.item("MILK", tracking="lot")
    erp.opening(milk, "5", lot_code="L-1", expiry_date=dt.date(2026, 5, 1))
    client.force_login(core.make_user("boss", superuser=True))
    lot = Lot.objects.get()
    for name, key in (("erp:lot-label", lot.pk), ("masterdata:item-label", milk.pk)):
        assert client.get(reverse(name, args=[key])).status_code == 200
    assert reverse("erp:lot-label", args=[lot.pk]) in client.get(lot.get_absolute_url()).content.decode()
    chosen = {"size": "sheet-70x37", "code": "barcode", "copies": "1"}
    for name, key in (("erp:lot-labels", lot.pk), ("masterdata:place-labels", erp.shelf().pk)):
        assert client.post(reverse(name), chosen | {"ids": [key]}).status_code == 200
