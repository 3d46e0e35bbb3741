"""The forecast grid and the picture of capacity, as a planner uses them."""

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import expect

from core.operations import perform
from erp.models import ForecastBucket, SchedulePlanRow
from erp.selectors.plan import planned_orders
from erp.services import planning, schedules
from tests.factories import core, crm, erp, erp_demand, erp_make, masterdata

D = Decimal


def test_cells_are_typed_by_keyboard_and_only_changed_ones_are_sent(desk):
    erp.place()
    motor, nut = masterdata.item("MOTOR"), masterdata.item("NUT")
    for one in (motor, nut):
        erp_demand.ordered(one, erp_demand.months_before(erp.TODAY, ["10"] * 12))
    made = erp_demand.calculated()
    page = desk.open(reverse("erp:forecast-grid", args=[made.pk]), user=core.superuser("boss"))
    first = page.locator(f"input[name='cell-{motor.pk}-2026-03-01']")
    first.click()
    page.keyboard.type("12")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("14")
    page.keyboard.press("Enter")
    page.keyboard.type("20")
    expect(page.locator("input.is-changed")).to_have_count(3)
    page.locator("#plan-reason").fill("Fair")
    with page.expect_navigation():
        page.get_by_role("button", name="Save changed cells").click()
    expect(first).to_have_value("12")
    typed = ForecastBucket.objects.filter(override__isnull=False).order_by("line__item__code", "start_date")
    assert [(one.line.item.code, one.start_date.month, one.override) for one in typed] == [
        ("MOTOR", 3, 12),
        ("MOTOR", 4, 14),
        ("NUT", 4, 20),
    ]


def test_an_operation_is_moved_with_the_mouse_and_with_the_keyboard(desk):
    erp.place()
    table, saw = erp_make.made("TABLE"), erp_make.work_center("SAW")
    erp_make.routing(table, (saw, "60", {"number": 10}))
    order = erp_make.work_order(table, "4", due_date=erp.TODAY + dt.timedelta(days=9))
    plan = perform(schedules.create_schedule_plan, actor=None)
    page = desk.open(plan.get_absolute_url(), user=core.superuser("boss"))
    operation = order.operations.get()
    before = SchedulePlanRow.objects.get(operation=operation).starts_at
    box = page.locator(".gantt-op.is-movable rect").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 202, box["y"] + 5, steps=4)  # two of fourteen days
    page.mouse.up()
    expect(page.locator(".gantt-op.is-pinned")).to_have_count(1)
    moved = SchedulePlanRow.objects.get(operation=operation)
    assert moved.is_pinned
    assert moved.starts_at >= before + dt.timedelta(days=1)
    page.locator(".gantt-op.is-movable").focus()
    page.keyboard.press("Shift+ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".app-toasts, .toast, .alert").first).to_be_visible()
    assert SchedulePlanRow.objects.get(operation=operation).starts_at > moved.starts_at


def test_a_planned_order_is_moved_in_the_picture_and_gets_its_dates(desk):
    erp.place()
    table, saw = erp_make.made("TABLE"), erp_make.work_center("SAW")
    erp_make.bom(table, (masterdata.item("LEG"), "4"))
    erp_make.routing(table, (saw, "60", {"number": 10}))
    due = erp.TODAY + dt.timedelta(days=12)
    crm.confirmed_order(None, crm.line(table, "4", ship_date=due), warehouse_id=erp.place().pk)
    planning.run_plan()
    plan = perform(schedules.create_schedule_plan, actor=None, with_planned=True, waits_for_material=False)
    page = desk.open(plan.get_absolute_url(), user=core.superuser("boss"))
    before = plan.proposals.get()
    bar = page.locator(".gantt-op.is-planned.is-movable")
    box = bar.locator("rect").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 202, box["y"] + 5, steps=4)  # two of fourteen days
    page.mouse.up()
    expect(page.locator(".gantt-op.is-planned.is-pinned")).to_have_count(1)
    dragged = plan.proposals.get()
    assert dragged.starts_at >= before.starts_at + dt.timedelta(days=1)
    bar.focus()
    page.keyboard.press("Shift+ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    moved = plan.proposals.get()
    assert (moved.identity, moved.is_pinned) == (before.identity, True)
    assert moved.starts_at > dragged.starts_at
    perform(schedules.accept_schedule_plan, actor=None, plan_id=plan.pk)
    page.goto(page.url.split("/erp/")[0] + moved.get_absolute_url())
    expect(page.get_by_role("link", name=plan.number)).to_be_visible()
    assert planned_orders().get(item=table).start_date == moved.starts_at.date()


def test_lines_of_a_change_are_cards_on_a_phone_and_substitutes_of_a_component_are_counted(desk, tmp_path):
    erp.place()
    part = masterdata.item("BOLT")
    page = desk.open(reverse("erp:engineering-change-create"), user=core.superuser("boss"), width=390, height=844)
    frame = page.locator(".lines-grid-frame")
    assert frame.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    quantity = page.locator("[name='lines-0-quantity']")
    box = quantity.bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= 390
    label = page.locator("td[data-field='quantity']").first.evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    )
    assert "Quantity" in label
    page.locator("[name='lines-0-component-text']").fill(part.code)
    page.get_by_role("option", name=part.code).first.click()
    quantity.fill("2")
    cards = page.locator("tbody[data-grid-row]")
    before = cards.count()
    page.locator("[data-grid-add]").click()
    expect(cards).to_have_count(before + 1)
    page.screenshot(path=Path(os.environ.get("PICTURES", tmp_path)) / "change-phone.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator(".lines-grid-table > thead")).to_be_visible()
    masterdata.item("NUT")
    page.on("dialog", lambda question: question.accept())
    page.goto(reverse("erp:bom-create"))
    for place, (code, rank) in enumerate((("BOLT", "1"), ("BOLT", "2"), ("NUT", "1"))):
        if place:
            page.locator("[data-prefix=substitutes] [data-grid-add]").click()
        page.locator(f"[name='substitutes-{place}-component-text']").fill(code)
        page.get_by_role("option", name=code).first.click()
        expect(page.locator(f"[name='substitutes-{place}-rank']")).to_have_value(rank)
        expect(page.locator(f"[name='substitutes-{place}-ratio']")).to_have_value("1")
