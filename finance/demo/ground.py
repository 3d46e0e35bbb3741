"""What the demo company stands on besides items and customers: territories, places, projects, currencies, rules."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.models import User
from core.operations import perform
from erp.services import floor
from erp.services.stock_control import configure_stock, create_stock_limit
from erp.services.stock_documents import record_opening_stock
from finance.demo import facts
from finance.services import accounts, provisions
from finance.services.invoices import save_tolerance
from finance.services.settings import save_settings
from masterdata.models import (
    Currency,
    CustomerClass,
    Item,
    ItemCategory,
    Partner,
    PaymentTerm,
    Tax,
    Territory,
    UnitOfMeasure,
    Warehouse,
)
from masterdata.services import bins, company, money, partners
from masterdata.services import items as item_services

D = Decimal

TERRITORIES = (  # code, name, Chinese name, inside
    ("CN", "Mainland China", "中国大陆", ""),
    ("CN-E", "East China", "华东区", "CN"),
    ("CN-S", "South China", "华南区", "CN"),
    ("CN-N", "North China", "华北区", "CN"),
    ("CN-W", "West and Central China", "中西部区", "CN"),
    ("ABROAD", "Abroad", "海外", ""),
    ("EU", "Europe", "欧洲", "ABROAD"),
    ("NA", "North America", "北美", "ABROAD"),
)
OF_PROVINCE = {"浙江省": "CN-E", "江苏省": "CN-E", "上海市": "CN-E", "广东省": "CN-S", "北京市": "CN-N"}
"""Province: territory; the others are in the west or the middle."""

ZONES = (  # code, name, Chinese name
    ("A", "Small parts, pallet rack", "小件货架区"),
    ("B", "Castings, floor", "铸件地堆区"),
    ("C", "Finished machines", "成品区"),
    ("D", "Slow movers and spare parts", "呆滞与备件区"),
)
SPARE = ("SPARE", "Service parts warehouse", "售后备件库", "江苏省苏州市工业园区唯新路 9 号")

PROJECTS = (  # code, name, Chinese name, customer
    ("P26-01", "CNC teaching line, Beijing", "北京工学院数控教学线", "C-BJ"),
    ("P26-02", "Training base phase two, Hangzhou", "杭州职教实训基地二期", "C-HZ"),
    ("P26-03", "CE approval of the mini lathe", "小型车床 CE 认证", ""),
)

FOREIGN = (  # code, name, Chinese name, country, city, street, currency, term, limit in it, contact, territory
    (
        "C-DE",
        "Nordhafen Werkzeugmaschinen GmbH",
        "诺德港机床有限公司（德国）",
        ("DE", "Hamburg", "Veddeler Damm 48", "20457"),
        ("EUR", "NET30", "60000"),
        ("Jens Petersen", "+49 40 3099 8810", "EU"),
    ),
    (
        "C-US",
        "Great Lakes Hobby Machines, Inc.",
        "大湖业余机床公司（美国）",
        ("US", "Milwaukee", "1220 W Canal St", "53233"),
        ("USD", "NET60", "80000"),
        ("Carol Jensen", "+1 414 555 0142", "NA"),
    ),
)
FOREIGN_SUPPLIER = (
    "S-TW",
    "Taichung Seiko Screw Co., Ltd.",
    "台中精工螺杆股份有限公司",
    ("TW", "Taichung", "No. 86, Gongye 12th Rd.", "407"),
    ("USD", "NET30", "0"),
    ("林志明", "+886 4 2359 1180", "ABROAD"),
)
RATES = (  # calendar days after the start, USD, EUR
    (0, "7.1280", "7.7510"),
    (14, "7.1195", "7.7820"),
    (31, "7.1042", "7.8265"),
    (45, "7.1120", "7.8014"),
    (61, "7.0985", "7.8390"),
    (75, "7.0873", "7.8622"),
    (91, "7.0930", "7.8475"),
)
BANKS = (  # code, name, Chinese name, currency, ledger account, its name and Chinese name
    ("USD", "ICBC US dollar account", "工行美元户", "USD", "100203", "Bank deposits, USD", "银行存款-美元户"),
    ("EUR", "ICBC euro account", "工行欧元户", "EUR", "100204", "Bank deposits, EUR", "银行存款-欧元户"),
)

SLOW = (  # code, name, Chinese name, specification, stock, unit cost, price: of machines that are not made any more
    ("MT-037", "Induction motor 370 W", "异步电机 370W（停产机型）", "370W 220V 1400rpm", "14", "165", "280"),
    ("CT-00", "Motion controller, old", "运动控制卡（旧版）", "3 axis, ISA", "3", "620", "950"),
    ("CK-13", "Drill chuck 13 mm", "钻夹头 13mm", "B16", "30", "36", "68"),
    ("GB-12", "Gear box, 12 speeds", "12 级变速箱", "ML-6 用", "6", "410", "690"),
)
LIMITS = (  # item, minimum, maximum, reorder quantity
    ("BR-6204", "60", "240", "120"),
    ("SC-M8", "600", "3000", "2000"),
    ("CA-15", "120", "400", "200"),
    ("PT-G", "12", "45", "20"),
    ("SW-01", "20", "80", "40"),
    ("PK-S", "15", "60", "40"),
)
PIECE_RATES = (  # item, operation (0: any), CNY for a good piece
    ("HD-16", 0, "26"),
    ("SP-7", 0, "42"),
    ("AX-3", 0, "38"),
    ("DP-16", 0, "52"),
)
TOLERANCES = (  # supplier ("": all), quantity %, price %, amount in all
    ("", "0", "2", "200"),
    ("S-CAST", "5", "3", "500"),
    ("S-PACK", "2", "0", None),
)
BAD_DEBTS = {"not_due": "0.5", "d30": "3", "d60": "10", "d90": "30", "older": "80"}
WRITE_DOWN = ((90, "10"), (180, "30"), (365, "60"), (730, "100"))
"""Days without consumption and the share that is provided for (呆滞)."""
TAX_CODE = "1090102010000000000"
SERVICE_TAX_CODE = "3049900000000000000"


def prepare_ground(start: dt.date) -> None:
    """Make what later desks need, as of ``start``; after people, items, partners and the chart of accounts."""
    _territories()
    _places()
    _projects()
    _currencies(start)
    _foreign_partners()
    _slow_stock()
    _rules(start)


def _territories() -> None:
    made: dict[str, Territory] = {}
    for code, name, name_zh, parent in TERRITORIES:
        made[code] = perform(
            partners.create_territory, actor=None, code=code, name=name, name_zh=name_zh, parent=made.get(parent)
        )
    provinces = {row[0]: row[6] for row in facts.CUSTOMERS}
    for partner in Partner.objects.filter(code__in=provinces):
        own = made[OF_PROVINCE.get(provinces[partner.code], "CN-W")]
        perform(partners.update_partner, actor=None, partner_id=partner.pk, territory=own)


def _places() -> None:
    main = Warehouse.objects.get(code="MAIN")
    for code, name, name_zh in ZONES:
        perform(company.create_zone, actor=None, warehouse=main, code=code, name=name, name_zh=name_zh)
    slow = main.zones.get(code="D")
    perform(bins.generate_locations, actor=None, warehouse_id=main.pk, rows=2, columns=3, prefix="D", zone_id=slow.pk)
    code, name, name_zh, address = SPARE
    perform(company.create_warehouse, actor=None, code=code, name=name, name_zh=name_zh, address=address)


def _projects() -> None:
    known = {partner.code: partner for partner in Partner.objects.filter(is_customer=True)}
    for code, name, name_zh, customer in PROJECTS:
        perform(company.create_project, actor=None, code=code, name=name, name_zh=name_zh, partner=known.get(customer))


def _currencies(start: dt.date) -> None:
    dollar, euro = (Currency.objects.get(code=code) for code in ("USD", "EUR"))
    rows = [
        {"currency": currency, "date": start + dt.timedelta(days=days), "rate": D(rate)}
        for days, *both in RATES
        for currency, rate in zip((dollar, euro), both, strict=True)
    ]
    perform(money.create_many_exchange_rates, actor=None, rows=rows)
    chief = User.objects.get(username="feng")
    for code, name, name_zh, currency, account, account_name, account_zh in BANKS:
        ledger = perform(
            accounts.save_account, actor=chief, code=account, name=account_name, name_zh=account_zh, kind="asset"
        )
        perform(
            accounts.save_bank_account,
            actor=chief,
            code=code,
            name=name,
            name_zh=name_zh,
            currency_id={"USD": dollar, "EUR": euro}[currency].pk,
            account_id=ledger.pk,
            bank_name=facts.COMPANY["bank_name"],
            account_number=f"1102 0265 1914 0188 {account[-3:]}",
        )


def _foreign_partners() -> None:
    terms = {row.code: row for row in PaymentTerm.objects.all()}
    seller, regular = User.objects.get(username="wang"), CustomerClass.objects.get(code="B")
    for row in (*FOREIGN, FOREIGN_SUPPLIER):
        code, name, name_zh, (country, city, street, postal), (currency, term, limit), (contact, phone, area) = row
        customer = row is not FOREIGN_SUPPLIER
        mine: dict[str, Any] = (
            {"customer_class": regular, "credit_limit": D(limit), "owner": seller} if customer else {}
        )
        perform(
            partners.create_partner,
            actor=None,
            code=code,
            name=name,
            name_zh=name_zh,
            is_customer=customer,
            is_supplier=not customer,
            country=country,
            currency=Currency.objects.get(code=currency),
            tax=Tax.objects.get(code="VAT0"),
            payment_term=terms[term],
            territory=Territory.objects.get(code=area),
            phone=phone,
            language="en",
            addresses=[
                {
                    "kind": kind,
                    "city": city,
                    "street": street,
                    "postal_code": postal,
                    "country": country,
                    "is_default": True,
                }
                for kind in ("shipping", "billing")
            ],
            contacts=[{"name": contact, "phone": phone, "is_default": True}],
            **mine,
        )


def _slow_stock() -> None:
    """Parts of machines that are not made any more lie on the racks of the slow movers."""
    main, piece = Warehouse.objects.get(code="MAIN"), UnitOfMeasure.objects.get(code="PCS")
    category = ItemCategory.objects.get(code="MC")
    racks = list(main.locations.filter(zone__code="D").order_by("code"))
    lines = []
    for place, (code, name, name_zh, specification, stock, cost, price) in zip(racks, SLOW, strict=False):
        made = perform(
            item_services.create_item,
            actor=None,
            code=code,
            name=name,
            name_zh=name_zh,
            specification=specification,
            category=category,
            uom=piece,
            is_purchased=True,
            list_price=D(price),
            tax_category_code=TAX_CODE,
            standard_cost=D(cost),
        )
        lines.append({"item_id": made.pk, "location_id": place.pk, "quantity": D(stock), "unit_cost": D(cost)})
    perform(record_opening_stock, actor=None, warehouse_id=main.pk, lines=lines, note="停产机型备件盘入")


def _rules(start: dt.date) -> None:
    """What is tolerated, provided for, kept in stock and paid for a piece."""
    suppliers = dict(Partner.objects.filter(is_supplier=True).values_list("code", "pk"))
    for code, quantity, price, total in TOLERANCES:
        perform(
            save_tolerance,
            actor=None,
            partner_id=suppliers.get(code),
            quantity_percent=D(quantity),
            price_percent=D(price),
            total_amount=D(total) if total else None,
        )
    perform(
        save_settings,
        actor=None,
        write_off_tolerance=D(1),
        grni_tolerance=D(5),
        dunning_interval_days=7,
        service_tax_code=SERVICE_TAX_CODE,
    )
    perform(
        provisions.save_provision_bands,
        actor=None,
        percents={band: D(percent) for band, percent in BAD_DEBTS.items()},
    )
    bands = [{"from_days": days, "percent": D(percent)} for days, percent in WRITE_DOWN]
    perform(configure_stock, actor=None, rules={"slow_days": 90, "hold_days": 5}, bands=bands)
    items = dict(Item.objects.values_list("code", "pk"))
    main = Warehouse.objects.get(code="MAIN")
    for code, *figures in LIMITS:
        names = ("minimum", "maximum", "reorder_quantity")
        values: dict[str, Any] = {name: D(figure) for name, figure in zip(names, figures, strict=True)}
        perform(create_stock_limit, actor=None, item_id=items[code], warehouse_id=main.pk, **values)
    for code, operation, rate in PIECE_RATES:
        perform(
            floor.set_piece_rate,
            actor=None,
            item_id=items[code],
            rate=D(rate),
            valid_from=start,
            operation_no=operation or None,
        )
