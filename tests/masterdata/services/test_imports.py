import io
from decimal import Decimal

import pytest

from core.contributions import ImportTarget, contributions
from core.exchange.services import check, commit, map_columns, upload_file
from core.operations import perform
from masterdata.models import Item, Partner, PriceList, SupplierItem
from tests.factories import core
from tests.factories import masterdata as make

RIGHTS = (
    "core.import_data",
    "masterdata.add_item",
    "masterdata.change_item",
    "masterdata.add_partner",
    "masterdata.change_partner",
    "masterdata.add_pricelist",
    "masterdata.change_pricelist",
    "masterdata.add_supplieritem",
    "masterdata.change_supplieritem",
)


@pytest.fixture
def clerk(db):
    make.basics()
    return core.user(*RIGHTS)


def run(clerk, target, text):
    """Upload, map as guessed, check, import; returns the errors of the check and the number of rows imported."""
    file = io.BytesIO(text.encode())
    file.name = "rows.csv"
    upload = perform(upload_file, actor=clerk, target=target, upload=file)
    perform(map_columns, actor=clerk, run_id=upload.pk, mapping=upload.mapping)
    checked = check(upload, clerk)
    errors = [(one["row"], one["code"]) for one in checked.errors]
    return errors, commit(checked, clerk).done


def test_items_are_made_and_changed_by_code(clerk):
    make.category("DRIVES")
    make.item("OLD-1", brand="ACME", barcodes=[{"barcode": "111"}])
    text = (
        "code,name,name_zh,uom,category,supply_type,tracking,safety_stock,barcode,old_code\n"
        "NEW-1,Motor,电机,PCS,DRIVES,Make,By lot,5,222,X-9\n"
        "OLD-1,Pump,,PCS,,buy,,,111,\n"
        "BAD-1,Pump,,NONE,,,,,,\n"
        "BAD-2,Pump,,PCS,,steal,,,,\n"
        "BAD-3,Pump,,PCS,,,,-5,,\n"
        "BAD-4,Pump,,PCS,,,,many,,\n"
        "BAD-5,,,PCS,,,,,,\n"
    )
    errors, done = run(clerk, "items", text)
    assert errors == [
        (4, "unknown_code"),
        (5, "unknown_choice"),
        (6, "invalid_input"),
        (7, "bad_cell"),
        (8, "missing_cell"),
    ]
    assert done == 2
    new, old = Item.objects.get(code="NEW-1"), Item.objects.get(code="OLD-1")
    assert (new.supply_type, new.tracking, new.safety_stock) == ("make", "lot", Decimal(5))
    assert [one.barcode for one in new.barcodes.all()] == ["222"]
    assert [one.code for one in new.aliases.all()] == ["X-9"]
    assert (old.name, old.brand, old.barcodes.count()) == ("Pump", "ACME", 1)
    assert Item.objects.count() == 2


def test_the_same_file_again_changes_nothing(clerk):
    text = "code,name,uom,barcode\nA,Motor,PCS,1\n"
    assert run(clerk, "items", text) == ([], 1)
    assert run(clerk, "items", text) == ([], 1)
    item = Item.objects.get()
    assert (item.barcodes.count(), item.history.values("name").distinct().count()) == (1, 1)


def test_cells_the_user_may_not_change_are_left_out(clerk):
    run(clerk, "items", "code,name,uom,standard_cost\nA,Motor,PCS,99\n")
    assert Item.objects.get().standard_cost == 0
    run(clerk, "partners", "code,name,credit_limit,bank_name,account_number\nC,Contoso,1000,ICBC,123\n")
    partner = Partner.objects.get()
    assert (partner.credit_limit, partner.bank_accounts.count()) == (None, 0)


def test_partners_with_address_contact_and_duplicates(clerk):
    make.customer("C-1", name="Contoso Ltd", addresses=[])
    text = (
        "code,name,is_customer,currency,province,city,street,contact_name,contact_phone,accept_duplicates\n"
        "C-2,Fabrikam,yes,USD,上海市,上海市,张江路 1 号,王芳,13800138000,\n"
        "C-1,Contoso Ltd,是,CNY,,,Main Street,,,\n"
        "C-3,Contoso,yes,,,,,,,\n"
        "C-4,Contoso,yes,,,,,,,yes\n"
    )
    errors, done = run(clerk, "partners", text)
    assert (errors, done) == ([(4, "possible_duplicate")], 3)
    made = Partner.objects.get(code="C-2")
    assert (made.currency.code, made.is_customer) == ("USD", True)
    assert made.addresses.get().street == "张江路 1 号"
    assert made.contacts.get().phone == "13800138000"
    assert Partner.objects.get(code="C-1").addresses.get().street == "Main Street"
    assert Partner.objects.get(code="C-4").currency.code == "CNY"


def test_price_lists_are_grouped_by_code_and_lines_replaced(clerk):
    make.item("A")
    make.item("B")
    head = "code,name,kind,currency,tax_included,item,min_quantity,price\n"
    errors, done = run(
        clerk,
        "price_lists",
        head + "L1,List,sales,CNY,no,A,,10\nL1,List,sales,CNY,no,A,100,9\nL2,Other,sales,USD,yes,B,,5\n",
    )
    assert (errors, done) == ([], 2)
    run(clerk, "price_lists", head + "L1,List,sales,CNY,no,A,100,8\nL1,List,sales,CNY,no,B,,7\n")
    book = PriceList.objects.get(code="L1")
    assert [
        (line.item.code, line.min_quantity, line.price) for line in book.lines.order_by("item__code", "min_quantity")
    ] == [
        ("A", Decimal(0), Decimal(10)),
        ("A", Decimal(100), Decimal(8)),
        ("B", Decimal(0), Decimal(7)),
    ]
    assert not book.tax_included


def test_suppliers_catalogue_is_keyed_by_supplier_and_item(clerk):
    make.supplier("S")
    make.item("A")
    text = "partner,item,supplier_code,lead_time_days\nS,A,X-1,5\nS,NONE,X-2,5\n"
    assert run(clerk, "supplier_items", text) == ([(3, "unknown_code")], 1)
    run(clerk, "supplier_items", "partner,item,lead_time_days\nS,A,9\n")
    offer = SupplierItem.objects.get()
    assert (offer.supplier_code, offer.lead_time_days, offer.currency.code) == ("X-1", 9, "CNY")


def test_targets_are_offered_by_right(db):
    keys = [one.key for one in contributions(ImportTarget, user=core.user("masterdata.add_item"))]
    assert "items" in keys
    assert "partners" not in keys
