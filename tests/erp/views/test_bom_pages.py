"""Bills of material on the screen: outputs, substitutes, comparison, file and back, cost by element."""

import csv
import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.contributions import ImportTarget, contributions
from core.exchange.reading import guess_mapping, parse_row, read_table
from core.operations import perform
from erp.models import Bom, StockRevaluation
from erp.services import boms
from masterdata.models import Item
from tests.erp.views.test_engineering_pages import grids
from tests.erp.views.test_make_pages import text
from tests.factories import core, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def browser(signed_in):
    """A browser of somebody who may do everything."""
    return signed_in(user=core.superuser())


@pytest.fixture
def rich(factory) -> Bom:
    """A draft with everything a line can say."""
    sub = erp_make.made("SUB", is_phantom=True)
    part, other, chip, waste = (masterdata.item(code) for code in ("PART", "OTHER", "CHIP", "WASTE"))
    until = factory + dt.timedelta(days=60)
    substitute = {"item_id": other.pk, "ratio": D("1.5"), "valid_from": factory, "valid_to": until}
    part_fields = {"scrap_percent": D(5), "fixed_scrap_quantity": D(2), "issue_method": "backflush", "operation_no": 20}
    return erp_make.bom(
        erp_make.made("TOP"),
        (part, "2", part_fields | {"substitutes": [substitute], "note": "=1+1"}),
        (sub, "1", {"is_level_skipped": True, "valid_from": factory, "valid_to": until}),
        (chip, "0.5", {"line_kind": "co_product", "material_weight": D("0.5"), "conversion_weight": D(0)}),
        (waste, "0.25", {"line_kind": "by_product", "fixed_amount": D("7.77")}),
        release=False,
    )


def test_outputs_and_substitutes_are_typed_shown_and_kept_by_an_edit(browser, factory) -> None:
    top, part, other, waste = erp_make.made("TOP"), *(masterdata.item(code) for code in ("PART", "OTHER", "WASTE"))
    rows = {
        "lines": [{"component": part.pk, "quantity": "2", "material_kind": "main", "issue_method": "pick"}],
        "substitutes": [{"component": part.pk, "item": other.pk, "ratio": "1.5"}],
        "outputs": [{"component": waste.pk, "quantity": "1", "line_kind": "by_product", "fixed_amount": "3"}],
    }
    header = {"item": top.pk, "quantity": "1", "valid_from": "2026-01-01"}

    browser.post(reverse("erp:bom-create"), grids(header, **rows))
    bom = Bom.objects.get()
    edit = reverse("erp:bom-edit", args=[bom.pk])
    form = browser.get(edit).content.decode()
    stranger = [{"component": waste.pk, "item": other.pk}]
    refused = browser.post(edit, grids(header | {"version": "0"}, **rows | {"substitutes": stranger}))
    browser.post(edit, grids(header | {"version": "0", "note": "again"}, **rows))
    page = text(browser.get(bom.get_absolute_url()))
    bom.refresh_from_db()

    assert 'value="OTHER' in form
    assert "It is no component of this bill" in text(refused)
    component, output = bom.lines.all()
    assert (bom.note, component.substitutes.get().item, output.fixed_amount) == ("again", other, D(3))
    assert "or 1. OTHER" in page
    assert "By-product" in page


def test_who_may_not_see_costs_edits_outputs_without_their_amounts(signed_in, rich) -> None:
    browser = signed_in("erp.view_bom", "erp.change_bom")
    part, waste = Item.objects.get(code="PART"), Item.objects.get(code="WASTE")
    rows = {
        "lines": [{"component": part.pk, "quantity": "3", "material_kind": "main", "issue_method": "pick"}],
        "outputs": [{"component": waste.pk, "quantity": "1", "line_kind": "by_product", "fixed_amount": "9"}],
    }

    page = browser.get(rich.get_absolute_url())
    browser.post(
        reverse("erp:bom-edit", args=[rich.pk]),
        grids({"quantity": "1", "valid_from": "2026-01-01", "version": "0"}, **rows),
    )

    assert "7.77" not in text(page)
    assert rich.lines.get(component=waste).fixed_amount == D("7.77")


def test_a_file_of_a_bill_is_imported_as_the_same_bill(browser, rich) -> None:
    perform(boms.release_bom, actor=None, bom_id=rich.pk)
    target = next(one for one in contributions(ImportTarget) if one.key == "erp.bom")

    answer = browser.get(reverse("erp:bom-export-one", args=[rich.pk]))
    headings, body = read_table(b"".join(answer.streaming_content), "bom.xlsx")
    mapping = guess_mapping(headings, target.columns)
    rows = [parse_row(row, mapping, target.columns) for row in body]
    again = perform(target.service, actor=None, **target.arguments(rows[0] | {"rows": rows}, core.superuser()))

    assert len(rows) == 4
    assert again == rich
    rows[0]["quantity"] = D(3)
    rows[0]["revision"] = ""
    rows[0]["bom_from"] = dt.date(2026, 6, 1)
    changed = perform(target.service, actor=None, **target.arguments(rows[0] | {"rows": rows}, core.superuser()))
    assert (changed.revision, changed.valid_from) == ("2", dt.date(2026, 6, 1))


def test_the_tree_and_the_uses_are_files(browser, signed_in, rich) -> None:
    perform(boms.release_bom, actor=None, bom_id=rich.pk)
    part = Item.objects.get(code="PART")
    page = browser.get(reverse("erp:item-structure", args=[rich.item_id]), {"quantity": "10"})
    tree, uses = page.context["files"]

    def cells(url, **query) -> list[list[str]]:
        return list(csv.reader(browser.get(url, query).getvalue().decode("utf-8-sig").splitlines()))

    heads, *rows = cells(f"{tree}&export=csv")
    assert heads[:5] == ["Level", "Item", "Name", "Specification", "Quantity"]
    assert [(row[0], row[1], D(row[4])) for row in rows[:2]] == [("0", "TOP", D(10)), ("1", "PART", D(23))]
    heads, *rows = cells(reverse("erp:item-structure-file", args=[part.pk, "uses"]), export="csv")
    assert [(row[0], row[1], D(row[4]), D(row[8])) for row in rows] == [("1", "TOP", D(2), D("2.1"))]
    assert browser.get(f"{uses}&export=xlsx").headers["Content-Type"].endswith("sheet")
    assert browser.get(f"{tree}&export=doc").status_code == 422
    poor = signed_in("erp.view_bom", "core.export_data")
    assert "Unit cost" not in poor.get(f"{tree}&export=csv").getvalue().decode()
    assert signed_in("erp.view_bom").get(tree).status_code == 403


def test_bills_are_imported_by_the_api(signed_in, factory) -> None:
    """Uploaded, checked with the refused row and its cells, confirmed; only the kinds that one may write."""
    for code in ("TOP", "PART"):
        masterdata.item(code)
    client = signed_in("core.import_data", "erp.add_bom")
    keys, here = iter(range(100)), reverse("api:import-list")

    def post(url, body=None, **more):
        content = {"content_type": "application/json"} if body is not None else {}
        return client.post(url, body or more, headers={"Idempotency-Key": f"file-{next(keys)}"}, **content)

    def upload(target, text):
        return post(here, target=target, file=SimpleUploadedFile("rows.csv", text.encode()))

    kinds = {one["key"]: one for one in client.get(reverse("api:import-targets")).json()}
    assert set(kinds) == {"erp.bom"}
    assert [one["name"] for one in kinds["erp.bom"]["columns"] if one["required"]] == [
        "parent",
        "component",
        "quantity",
    ]
    assert upload("erp.routing", "item,name\n").status_code == 404
    run = upload("erp.bom", "parent,piece,quantity\nTOP,PART,2\nPART,NONE,1\n").json()
    at = reverse("api:import-detail", args=[run["id"]])
    assert run["mapping"] == {"parent": 0, "quantity": 2}
    assert post(f"{at}commit/", {}).status_code == 409
    assert post(f"{at}check/", {}).json()["errors"][0]["code"] == "column_not_mapped"
    checked = post(f"{at}check/", {"mapping": run["mapping"] | {"component": 1}}).json()
    assert (checked["state"], checked["good"], checked["refused"]) == ("checked", 1, 1)
    assert not Bom.objects.exists()
    [error] = client.get(f"{at}errors/").json()
    assert (error["row"], error["cells"]["piece"], "NONE" in error["message"]) == (3, "NONE", True)
    assert [post(f"{at}commit/", {}).json()["done"] for _time in range(2)] == [1, 1]
    assert Bom.objects.get().item.code == "TOP"
    assert signed_in("core.import_data").get(at).status_code == 404
    assert signed_in("erp.add_bom").get(here).status_code == 403


def test_two_revisions_are_compared_with_their_values(browser, rich) -> None:
    perform(boms.release_bom, actor=None, bom_id=rich.pk)
    draft = perform(boms.copy_bom, actor=None, bom_id=rich.pk)
    draft.lines.filter(component__code="PART").update(quantity=D("2.5"))
    draft.lines.filter(component__code="WASTE").delete()
    new = masterdata.item("NEW")
    draft.lines.create(line_no=90, component=new, quantity=D(4))

    page = browser.get(reverse("erp:bom-compare", args=[draft.pk]), {"other": rich.pk})
    found = {one.label.split()[0]: one for one in page.context["differences"]}

    assert {code: one.kind for code, one in found.items()} == {"PART": "changed", "WASTE": "dropped", "NEW": "added"}
    assert found["PART"].fields == (("Quantity", "2", "2.5"),)
    assert page.context["same"] == 2
    assert browser.get(reverse("erp:bom-compare", args=[draft.pk]), {"other": "0"}).status_code == 404


def test_the_cost_page_shows_elements_and_proposes_standard_costs(browser, signed_in, factory) -> None:
    standard = masterdata.category("STD", valuation_method="standard")
    top, part = erp_make.made("TOP", category=standard), masterdata.item("PART")
    erp_make.stock(part, "10", "5")
    saw = erp_make.work_center("SAW", rate=("60", "0", "0"))
    erp_make.bom(top, (part, "2"))
    erp_make.routing(top, (saw, "30"))
    url = reverse("erp:item-cost", args=[top.pk])

    sheet = browser.get(url).context["sheet"]
    browser.post(reverse("erp:item-cost-propose", args=[top.pk]))

    assert (sheet.inner.material, sheet.own.labour, sheet.cost.elements.total) == (D(10), D(30), D(40))
    [line] = StockRevaluation.objects.get().lines.all()
    assert (line.item, line.unit_cost) == (top, D(40))
    assert signed_in("erp.view_bom").get(url).status_code == 403


def test_substitutes_are_listed_filtered_and_exported(browser, factory) -> None:
    left, right, new_left, new_right, glue, paste = (
        masterdata.item(code) for code in ("LEFT", "RIGHT", "NEW-LEFT", "NEW-RIGHT", "GLUE", "PASTE")
    )

    def by(item, ratio="1", **fields):
        return {"substitutes": [{"item_id": item.pk, "ratio": D(ratio)}]} | fields

    erp_make.bom(
        erp_make.made("TOP"),
        (left, "1", by(new_left, substitute_group="SIDES")),
        (right, "2", by(new_right, "1.5", substitute_group="SIDES")),
        (glue, "0.1", by(paste)),
    )
    url = reverse("erp:substitute-list")

    def listed(**query) -> list[str]:
        return [row.record.item.code for row in browser.get(url, query).context["table"].rows]

    assert listed() == ["PASTE", "NEW-LEFT", "NEW-RIGHT"]
    assert listed(together="1") == ["NEW-LEFT", "NEW-RIGHT"]
    assert listed(q="sides") == ["NEW-LEFT", "NEW-RIGHT"]
    assert listed(component=glue.pk) == listed(item=paste.pk) == ["PASTE"]
    assert (listed(valid="1"), listed(state="draft")) == (["PASTE", "NEW-LEFT", "NEW-RIGHT"], [])
    page = browser.get(url).content.decode()
    assert reverse("erp:item-structure", args=[new_right.pk]) in page
    file = browser.get(url, {"export": "csv", "together": "1"}).getvalue().decode()
    assert "SIDES" in file
    assert "PASTE" not in file
    rows = browser.get("/api/v1/erp/substitutes/", {"together": "1"}).json()["results"]
    assert sorted((row["substitute_group"], row["component"], row["item"]) for row in rows) == [
        ("SIDES", left.pk, new_left.pk),
        ("SIDES", right.pk, new_right.pk),
    ]


def test_one_for_several_and_several_for_one_by_form_file_and_api(browser, factory) -> None:
    """LEFT and RIGHT are replaced by BOTH; GLUE by three others together: typed, shown, in the file and back."""
    left, right, both, glue, *parts = (
        masterdata.item(code) for code in ("LEFT", "RIGHT", "BOTH", "GLUE", "POWDER", "WATER", "HEAT")
    )
    lines = [
        {
            "component": one.pk,
            "quantity": "2",
            "material_kind": "main",
            "issue_method": "pick",
            "substitute_group": group,
        }
        for one, group in ((left, "SIDES"), (right, "SIDES"), (glue, "GLUES"))
    ]
    instead = [{"component": left.pk, "item": both.pk, "ratio": "0.5", "rank": "1"}]
    instead += [{"component": glue.pk, "item": one.pk, "ratio": "3", "rank": "1"} for one in parts]
    header = {"item": erp_make.made("TOP").pk, "quantity": "1", "valid_from": "2026-01-01"}
    browser.post(reverse("erp:bom-create"), grids(header, lines=lines, substitutes=instead))
    bom = Bom.objects.get()
    shown = browser.get(bom.get_absolute_url()).context["groups"]
    assert [(len(one.of), [(item.code, quantity) for item, quantity, _row in one.by]) for one in shown] == [
        (2, [("BOTH", D(1))]),
        (1, [(one.code, D(6)) for one in parts]),
    ]
    rows = browser.get("/api/v1/erp/substitutes/").json()["results"]
    assert {row["item"]: row["stands_for"] for row in rows} == {both.pk: ["LEFT", "RIGHT"]} | {
        one.pk: ["GLUE"] for one in parts
    }
    assert "LEFT + RIGHT" in text(browser.get(reverse("erp:substitute-list")))

    perform(boms.release_bom, actor=None, bom_id=bom.pk)
    target = next(one for one in contributions(ImportTarget) if one.key == "erp.bom")
    answer = browser.get(reverse("erp:bom-export-one", args=[bom.pk]))
    headings, body = read_table(b"".join(answer.streaming_content), "bom.xlsx")
    mapping = guess_mapping(headings, target.columns)
    found = [parse_row(row, mapping, target.columns) for row in body]
    assert found[2]["substitutes"] == "POWDER*3; WATER*3^1; HEAT*3^1"
    assert perform(target.service, actor=None, **target.arguments(found[0] | {"rows": found}, core.superuser())) == bom
