"""A tree of pegging larger than the screen is opened at its root, on a phone too; a picture that is missing is told."""

import datetime as dt

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import core, crm, erp, erp_make, masterdata

PARTS = 40  # leaves enough for a picture several times as high as a phone


def test_a_large_tree_begins_at_its_root_and_a_missing_picture_is_told(desk):
    erp.place()
    top = erp_make.made("TOP")
    erp_make.bom(top, *((masterdata.item(f"PART-{number}"), "1") for number in range(PARTS)))
    order = crm.confirmed_order(None, crm.line(top, "5", ship_date=erp.TODAY + dt.timedelta(days=20)))
    erp_make.plan()
    line = order.lines.get()
    page = desk.open(f"{reverse('erp:pegging', args=[line.pk])}?view=tree", user=core.superuser("boss"), width=390)
    root = page.locator("[data-chart=pegs] svg text", has_text=order.number).first
    root.evaluate("text => text.closest('.card').scrollIntoView()")
    frame = page.locator(".card", has=page.locator("[data-chart=pegs]"))
    height, seen, kind = frame.evaluate(
        "box => [box.scrollHeight, box.clientHeight, box.querySelector('[data-chart]').className]"
    )
    assert height > 2 * seen, (height, seen, kind)
    expect(root).to_be_in_viewport()

    page.context.route("**/echarts*", lambda route: route.abort())  # the picture's program does not arrive
    page.reload()
    expect(page.locator(".app-toast")).to_contain_text("could not be loaded")
