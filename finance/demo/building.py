"""The demo company on its first day: people, master data, bills of material, opening stock, policies."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from stdnum.cn import uscc

from core.approvals.services import save_policy
from core.models import User
from core.operations import perform
from core.services.company import create_company, save_procedure
from core.services.people import save_person
from crm.services.campaigns import create_campaign
from erp.services import boms
from erp.services.stock_documents import record_opening_stock
from erp.states.engineering import BomLineKind
from finance.demo import facts
from finance.demo.books import open_books
from finance.demo.cutting import write_sheet_parts
from finance.demo.ground import TAX_CODE, prepare_ground
from finance.demo.procedures import PROCEDURES
from finance.demo.quality import write_plans
from finance.demo.settlement import write_templates
from finance.demo.shop import equip
from finance.demo.tracing import opening_lots
from finance.demo.treasury import write_levels
from finance.services import charts, periods, statements
from masterdata.models import CustomerClass, Item, ItemCategory, PaymentTerm, UnitOfMeasure, Warehouse
from masterdata.selectors.currencies import base_currency
from masterdata.services import company, money, partners
from masterdata.services import items as item_services
from masterdata.services.setup import ensure_basics

D = Decimal
PASSWORD = "concord-demo"


def build(start: dt.date) -> None:
    """Make everything the story needs, as of ``start``."""
    tax_number = facts.TAX_BODY + uscc.calc_check_digit(facts.TAX_BODY)
    perform(create_company, actor=None, values=facts.COMPANY | {"tax_number": tax_number, "is_demo": True})
    perform(ensure_basics, actor=None)
    perform(charts.load_chart, actor=None, chart="small_enterprise_cn")
    perform(statements.load_standard_layouts, actor=None)
    for year in range(start.year, start.year + 3):
        perform(periods.create_year, actor=None, year=year, first_month=start.month if year == start.year else 1)
    _people()
    _places()
    _items()
    _partners()
    _prices(start)
    _boms(start)
    equip(start)
    write_sheet_parts(start)
    write_plans(start)
    _opening(start)
    prepare_ground(start)
    _policies()
    write_levels()
    open_books(start)
    write_templates(start)
    for step, body, body_zh in PROCEDURES:
        perform(save_procedure, actor=None, step=step, body=body, body_zh=body_zh)


def _people() -> None:
    roles = {group.role.code: group.pk for group in Group.objects.filter(role__isnull=False).select_related("role")}
    for username, first, last, name_zh, codes, manager in facts.PEOPLE:
        boss = User.objects.filter(username=manager).first()
        person = perform(
            save_person,
            actor=None,
            user_id=None,
            values={
                "username": username,
                "first_name": first,
                "last_name": last,
                "name_zh": name_zh,
                "language": "zh-hans",
                "scope": "all",
                "manager_id": boss.pk if boss else None,
            },
            role_ids=[roles[code] for code in codes],
        )
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])


def _places() -> None:
    main = perform(company.create_warehouse, actor=None, code="MAIN", name="Main warehouse", name_zh="主仓库")
    for code, name, name_zh, kind, status in facts.LOCATIONS:
        perform(
            company.create_location,
            actor=None,
            warehouse=main,
            code=code,
            name=name,
            name_zh=name_zh,
            kind=kind,
            status=status,
        )
    users = {user.username: user for user in User.objects.all()}
    made = {}
    for code, name, name_zh, manager in facts.DEPARTMENTS:
        made[code] = perform(
            company.create_department, actor=None, code=code, name=name, name_zh=name_zh, manager=users[manager]
        )
    for code, name, name_zh, department, user, badge, rate in facts.EMPLOYEES:
        perform(
            company.create_employee,
            actor=None,
            code=code,
            name=name,
            name_zh=name_zh,
            department=made[department],
            user=users.get(user),
            badge=badge,
            labour_rate=D(rate),
        )


def _items() -> None:
    for code, name, name_zh, parent in facts.CATEGORIES:
        above = ItemCategory.objects.filter(code=parent).first()
        perform(
            item_services.create_item_category,
            actor=None,
            code=code,
            name=name,
            name_zh=name_zh,
            parent=above,
            valuation_method=ItemCategory.ValuationMethod.MONTH_AVERAGE if code in facts.MONTH_AVERAGE else "",
        )
    categories = {row.code: row for row in ItemCategory.objects.all()}
    units = {row.code: row for row in UnitOfMeasure.objects.all()}
    for number, fact in enumerate(facts.ITEMS, start=1):
        perform(
            item_services.create_item,
            actor=None,
            code=fact.code,
            name=fact.name,
            name_zh=fact.name_zh,
            specification=fact.spec,
            category=categories[fact.category],
            uom=units[fact.unit],
            supply_type=fact.supply,
            tracking=fact.tracking,
            order_policy="make_to_order" if fact.code in facts.TO_ORDER else "make_to_stock",
            is_sold=is_sold(fact),
            tax_category_code=TAX_CODE if is_sold(fact) else "",
            is_purchased=fact.supply == "buy",
            list_price=D(fact.price),
            standard_cost=D(fact.cost),
            safety_stock=D(fact.safety),
            lead_time_days=int(fact.lead),
            lot_multiple=D(fact.lot),
            min_lot=D(fact.lot),
            drawing_number=fact.drawing,
            drawing_revision="A" if fact.drawing else "",
            barcodes=[{"barcode": f"69012345{number:04d}"}],
        )


def is_sold(fact: facts.ItemFact) -> bool:
    """Return whether customers buy it as such."""
    return fact.category == "FG" or fact.code in facts.TO_ORDER


def _partners() -> None:
    for code, name, name_zh in (("A", "Key customer", "重点客户"), ("B", "Regular customer", "普通客户")):
        perform(partners.create_customer_class, actor=None, code=code, name=name, name_zh=name_zh)
    classes = {row.code: row for row in CustomerClass.objects.all()}
    terms = {row.code: row for row in PaymentTerm.objects.all()}
    owner = User.objects.get(username="wang")
    for number, row in enumerate(facts.CUSTOMERS, start=1):
        code, name, name_zh, group, term, limit, province, city, street, _days, contact = row
        perform(
            partners.create_partner,
            actor=None,
            is_customer=True,
            customer_class=classes[group],
            payment_term=terms[term],
            credit_limit=D(limit),
            owner=owner,
            **_partner(number, code, name, name_zh, province, city, street, contact),
        )
    for number, (code, name, name_zh, province, city, street, _late) in enumerate(facts.SUPPLIERS, start=50):
        supplier = perform(
            partners.create_partner,
            actor=None,
            is_supplier=True,
            payment_term=terms["NET30"],
            **_partner(number, code, name, name_zh, province, city, street, "销售部"),
        )
        for fact in facts.ITEMS:
            if fact.supplier == code:
                perform(
                    item_services.create_supplier_item,
                    actor=None,
                    partner=supplier,
                    item=Item.objects.get(code=fact.code),
                    supplier_code=f"{code[2:4]}{fact.code.replace('-', '')}",
                    price=D(fact.cost),
                    currency=base_currency(),
                    lead_time_days=int(fact.lead),
                    is_preferred=True,
                )


def _partner(number: int, code: str, name: str, name_zh: str, *rest: str) -> dict[str, Any]:
    province, city, street, contact = rest
    body = f"9132{number:013d}"
    return {
        "code": code,
        "name": name,
        "name_zh": name_zh,
        "currency": base_currency(),
        "tax_number": body + uscc.calc_check_digit(body),
        "phone": f"138{number:08d}",
        "language": "zh-hans",
        "addresses": [
            {"kind": kind, "province": province, "city": city, "street": street, "is_default": True}
            for kind in ("shipping", "billing")
        ],
        "contacts": [{"name": contact, "phone": f"139{number:08d}", "is_default": True}],
        "bank_accounts": [{"bank_name": "中国银行", "account_number": f"6217{number:012d}", "is_default": True}],
    }


def _prices(start: dt.date) -> None:
    base = base_currency()
    sold = {fact.code: D(fact.price) for fact in facts.ITEMS if fact.category == "FG"}
    by_code = {row.code: row for row in Item.objects.filter(code__in=sold)}
    perform(
        money.create_price_list,
        actor=None,
        code="STD",
        name="Standard prices",
        name_zh="标准价",
        currency=base,
        tax_included=False,
        valid_from=start.replace(month=1, day=1),
        lines=[{"item": by_code[c], "price": p, "floor_price": p * D("0.8")} for c, p in sold.items()],
    )
    perform(
        money.create_price_list,
        actor=None,
        code="KEY",
        name="Key customers",
        name_zh="重点客户价",
        currency=base,
        tax_included=False,
        customer_class=CustomerClass.objects.get(code="A"),
        valid_from=start.replace(month=1, day=1),
        lines=[{"item": by_code[c], "price": p * D("0.93"), "floor_price": p * D("0.8")} for c, p in sold.items()],
    )


def _boms(start: dt.date) -> None:
    by_code = {row.code: row.pk for row in Item.objects.all()}
    for parent, rows in facts.BOMS.items():
        bom = perform(
            boms.create_bom,
            actor=None,
            item_id=by_code[parent],
            valid_from=start.replace(month=1, day=1),
            revision="A",
            lines=[
                {
                    "component_id": by_code[row["component"]],
                    "quantity": D(row["quantity"]),
                    "scrap_percent": D(row["scrap_percent"]),
                    "material_kind": row["kind"],
                    "issue_method": "backflush" if (parent, row["component"]) in facts.BACKFLUSHED else "pick",
                    "substitutes": _substitutes((parent, row["component"]), by_code, start),
                }
                for row in rows
            ]
            + _by_products(parent, by_code),
        )
        perform(boms.release_bom, actor=None, bom_id=bom.pk)


def _substitutes(place: tuple[str, str], by_code: dict[str, int], start: dt.date) -> list[dict[str, Any]]:
    if place not in facts.SUBSTITUTES:
        return []
    code, days = facts.SUBSTITUTES[place]
    return [{"item_id": by_code[code], "valid_from": start + dt.timedelta(days=days)}]


def _by_products(parent: str, by_code: dict[str, int]) -> list[dict[str, Any]]:
    if parent not in facts.BY_PRODUCTS:
        return []
    code, quantity, worth = facts.BY_PRODUCTS[parent]
    line = {"component_id": by_code[code], "quantity": D(quantity), "fixed_amount": D(worth)}
    return [line | {"line_kind": BomLineKind.BY_PRODUCT}]


def _opening(start: dt.date) -> None:
    items = {row.code: row for row in Item.objects.all()}
    perform(
        record_opening_stock,
        actor=None,
        warehouse_id=Warehouse.objects.get(code="MAIN").pk,
        lines=[
            {"item_id": items[fact.code].pk, "lot_code": lot, "quantity": quantity, "unit_cost": D(fact.cost)}
            for fact in facts.ITEMS
            if D(fact.stock)
            for lot, quantity in opening_lots(items[fact.code], D(fact.stock), start)
        ],
    )
    for code, name, name_zh, begins, days, budget in facts.CAMPAIGNS:
        first = start + dt.timedelta(days=begins)
        perform(
            create_campaign,
            actor=None,
            code=code,
            name=name,
            name_zh=name_zh,
            start_date=first,
            end_date=first + dt.timedelta(days=days),
            budget=D(budget),
        )


def _policies() -> None:
    role = {group.role.code: group.pk for group in Group.objects.filter(role__isnull=False).select_related("role")}
    rows = (
        ("crm.quotation", "Thin margin", "低毛利报价", "margin", "lt", "20", "sales_manager"),
        ("crm.quotation", "Below the floor price", "低于底价报价", "below_floor", "gt", "0", "sales_manager"),
        ("crm.salesorder", "Over the credit limit", "超信用额度", "over_credit", "gt", "0", "finance_manager"),
        ("scm.purchaseorder", "Large purchase", "大额采购", "amount", "gt", "60000", "manager"),
        (
            "erp.engineeringchange",
            "Stock of replaced parts",
            "被替换件尚有库存",
            "stock",
            "gt",
            "20",
            "manager",
        ),
        ("erp.workorder", "Material beyond the plan", "超计划领料", "over_issue", "gt", "0", "manager"),
    )
    for label, name, name_zh, fact, operator, threshold, approver in rows:
        perform(
            save_policy,
            actor=None,
            policy_id=None,
            values={
                "document_label": label,
                "name": name,
                "name_zh": name_zh,
                "fact": fact,
                "operator": operator,
                "threshold": D(threshold),
                "approver_role_id": role[approver],
            },
        )
