"""Each invariant holds on a company that did business, and names the row that a corruptor spoilt.

The corruptors work as the owner with the triggers off, each in a transaction of its own that is rolled back.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection as application

from core.clock import on_day
from core.operations import perform
from crm.models import SalesOrder
from erp.models import StockMove, ValueEntry
from erp.services import snapshots
from finance.models import FiscalPeriod, Invoice, JournalEntry
from finance.selectors.invariants import INVARIANTS, violations
from finance.selectors.invariants.touched import APPEND_ONLY, TOUCHED, narrowed
from finance.services import (
    balances,
    bank_statements,
    bills,
    invoices,
    manual_entries,
    payments,
    periods,
    provisions,
    vouchers,
)
from finance.services.order_expenses import assign_order_expense
from masterdata.models import Item, Partner
from tests.databases import Database
from tests.factories import crm, erp, erp_counts, erp_make, masterdata, scm, scm_subcontract
from tests.factories.core import superuser
from tests.factories.finance import account, draft_invoice, free_invoice, paid, post, posted_invoice

LEDGERS = {
    *("finance_journalentry", "finance_journalline", "finance_allocation", "finance_voucherseal"),
    *("finance_periodevent", "finance_closingbalance", "erp_stockmove", "erp_valueentry", "erp_layeruse"),
    *("erp_productionreport", "erp_productionreceipt", "core_auditevent", "crm_orderchange"),
    *("scm_purchaseorderchange", "erp_subcontractuse", "erp_orderbaseline", "erp_absorbedcost"),
}

CORRUPTORS = {
    "entry_balanced": """
        UPDATE finance_journalline SET amount = amount + 1
        WHERE id = (SELECT min(id) FROM finance_journalline)""",
    "line_at_rate": """
        UPDATE finance_journalline SET currency_amount = currency_amount + 1
        WHERE amount > 0 AND line_no = 1""",
    "reversal_is_negative": """
        UPDATE finance_journalline SET account_id = (SELECT id FROM finance_account WHERE code = '1001')
        WHERE line_no = 1 AND entry_id = (SELECT min(id) FROM finance_journalentry WHERE reverses_id IS NOT NULL)""",
    "entry_in_period": "UPDATE finance_journalentry SET entry_date = entry_date + 400",
    "periods_without_holes": "UPDATE finance_fiscalperiod SET d1 = d1 - 1 WHERE year = 2026 AND month = 5",
    "posted_documents_booked": """
        UPDATE finance_journalentry SET event = 'manual'
        WHERE source_label = 'finance.invoice' AND event = 'invoice'""",
    "kept_sums": "UPDATE finance_accountbalance SET debit = debit + 1",
    "closed_stays_closed": """
        UPDATE finance_journalentry SET posted_at = now() + interval '1 day', period_id = (
          SELECT id FROM finance_fiscalperiod WHERE year = 2025 AND month = 1)""",
    "closing_balances": "UPDATE finance_closingbalance SET balance = balance + 1",
    "control_accounts": "UPDATE finance_journalentry SET event = 'manual' WHERE event = 'invoice'",
    "voucher_numbers": "UPDATE finance_voucher SET number = number + 1000 WHERE state = 'posted'",
    "voucher_seals": "UPDATE finance_voucherline SET description = 'forged'",
    "voucher_lines": "UPDATE finance_voucherline SET amount = amount * 2",
    "receivables": """
        UPDATE finance_invoice SET settled_base_amount = settled_base_amount + 1
        WHERE kind = 'customer' AND open_amount > 0""",
    "payables": """
        UPDATE finance_invoice SET settled_base_amount = settled_base_amount + 1
        WHERE kind = 'supplier' AND open_amount > 0""",
    "advances_received": """
        UPDATE finance_payment SET allocated_base_amount = allocated_base_amount + 1
        WHERE open_amount > 0 AND kind = 'customer'""",
    "advances_paid": """
        UPDATE finance_payment SET allocated_base_amount = allocated_base_amount + 1
        WHERE open_amount > 0 AND kind = 'supplier'""",
    "bills_receivable": "UPDATE finance_bill SET base_amount = base_amount + 1 WHERE side = 'received'",
    "bills_payable": "UPDATE finance_bill SET base_amount = base_amount + 1 WHERE side = 'issued'",
    "early_invoiced": "UPDATE finance_earlyline SET amount = amount + 1 WHERE kind = 'customer'",
    "not_received": "UPDATE finance_earlyline SET amount = amount + 1 WHERE kind = 'supplier'",
    "early_cleared": "UPDATE finance_earlyline SET cleared_amount = cleared_amount + 1",
    "provision": "UPDATE finance_provisionrun SET standing_amount = standing_amount + 1",
    "bank_movements": "UPDATE finance_bankmovement SET amount = amount + 1 WHERE state = 'matched'",
    "invoice_settled": "UPDATE finance_allocation SET amount = amount + 1",
    "payment_allocated": """
        UPDATE finance_allocation SET payment_base_amount = payment_base_amount + 1
        WHERE payment_id IS NOT NULL""",
    "instalments": "UPDATE finance_invoiceinstalment SET amount = amount + 1 WHERE amount > 0",
    "invoice_totals": "UPDATE finance_invoiceline SET net_amount = net_amount + 1, gross_amount = gross_amount + 1",
    "legal_numbers": "UPDATE core_legalsequence SET last_number = last_number + 1 WHERE series = 'finance.invoice'",
    "tax_accounts": "UPDATE finance_invoiceline SET base_tax_amount = base_tax_amount + 1",
    "grni": "UPDATE finance_grniline SET received_amount = received_amount + 1",
    "accrued_charges": "UPDATE finance_accruedcharge SET accrued_amount = accrued_amount + 1",
    "unbilled": "UPDATE finance_unbilledline SET invoiced_amount = invoiced_amount + 1",
    "dispatched": "UPDATE finance_unbilledline SET shipped_cost = shipped_cost + 1",
    "stock": "UPDATE erp_itemcost SET value = value + 1 WHERE quantity > 0",
    "value_entries_booked": "UPDATE finance_journalline SET value_entry_id = NULL WHERE value_entry_id IS NOT NULL",
    "wip": "UPDATE erp_workorder SET labour_cost = labour_cost + 1",
    "ordered_invoiced": "UPDATE crm_salesorderline SET invoiced_quantity = invoiced_quantity + 1",
    "stock_balances": "UPDATE erp_stockbalance SET on_hand = on_hand + 1 WHERE NOT is_serial",
    "stock_second_unit": "UPDATE erp_stockbalance SET second_on_hand = second_on_hand + 1 WHERE on_hand > 0",
    "stock_second_rest": """
        UPDATE erp_stockmove move SET second_quantity = 1 FROM erp_stockbalance balance
        WHERE balance.on_hand = 0 AND balance.item_id = move.item_id AND balance.location_id = move.to_location_id""",
    "stock_never_negative": "UPDATE erp_stockmove SET moved_on = moved_on + 1000 WHERE kind = 'opening'",
    "serial_one_place": "UPDATE erp_stockmove SET quantity = 2 WHERE lot_id IS NOT NULL",
    "lot_of_its_item": "UPDATE erp_lot SET item_id = (SELECT id FROM masterdata_item WHERE code = 'PART')",
    "others_not_valued": """
        UPDATE erp_stockmove SET owner_id = (SELECT min(id) FROM masterdata_partner)
        WHERE id = (SELECT min(move_id) FROM erp_valueentry)""",
    "stock_reserved": "UPDATE erp_stockbalance SET reserved = reserved + 1 WHERE on_hand > reserved",
    "layer_left": "UPDATE erp_costlayer SET remaining_quantity = remaining_quantity - 1 WHERE remaining_quantity > 1",
    "layer_totals": "UPDATE erp_itemcost SET quantity = quantity + 1",
    "layer_uses": "UPDATE erp_layeruse SET amount = amount + 1",
    "moves_valued": "UPDATE erp_valueentry SET move_id = NULL WHERE kind = 'shipment'",
    "stock_snapshots": "UPDATE erp_stocksnapshot SET quantity = quantity + 1",
    "value_snapshots": "UPDATE erp_valuesnapshot SET value = value + 1",
    "count_differences": "UPDATE erp_stocktakeline SET counted_quantity = counted_quantity + 1",
    "order_expenses": "UPDATE finance_orderexpense SET amount = amount + 1",
    "commitments": "UPDATE finance_commitment SET amount = amount + 1",
    "subcontract_material": "UPDATE scm_subcontractmaterial SET lost_quantity = lost_quantity + 1",
    "subcontract_balance": """
        UPDATE erp_stockmove SET quantity = quantity + 1 WHERE kind = 'transfer' AND source_label LIKE 'scm.%'""",
    "subcontract_processing": """
        UPDATE finance_journalline SET amount = amount + 1 WHERE id = (
          SELECT max(line.id) FROM finance_journalline line JOIN finance_accountmapping mapping
            ON mapping.account_id = line.account_id AND mapping.role = 'subcontract')""",
    "item_value": "UPDATE erp_valueentry SET quantity = quantity + 1 WHERE quantity > 0",
}


def _business() -> dict[str, int]:
    """Open, buy, make, ship, invoice, credit, pay, reverse: every sub-ledger has something to be spoilt.

    Returns the floors of a mark taken in the middle of it.
    """
    erp.place()
    part, machine = masterdata.item("PART"), erp_make.made("MACHINE", tax=masterdata.tax("VAT13"))
    erp.opening(part, "100", "10")
    erp.opening(machine, "20", "30")
    erp.opening(masterdata.item("MOTOR", tracking="serial"), "1", "500", lot_code="SN-1")
    gone = masterdata.item("GONE")
    erp.opening(gone, "1")
    erp.posted(erp.draft("misc_issue", {"item_id": gone.pk, "quantity": Decimal(1)}))
    erp_make.bom(machine, (part, "2"))
    erp_make.issued_work_order(machine, "5")
    supplier = masterdata.supplier("ALPHA")
    _buy(supplier, part)
    halfway = _floors()
    _sell(masterdata.customer("ACME"), machine)
    bill = post(free_invoice(supplier, "80", kind="supplier"))
    paid(supplier, "50", (bill, "30"), kind="supplier")
    perform(
        assign_order_expense,
        actor=None,
        invoice_id=bill.pk,
        invoice_line_id=bill.lines.get().pk,
        sales_order_id=SalesOrder.objects.earliest("pk").pk,
    )
    _keep_the_ledger()
    return halfway


def _floors() -> dict[str, int]:
    """A mark of this moment: nobody else writes here."""
    found = {}
    with application.cursor() as cursor:
        for name, table in APPEND_ONLY.items():
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            found[name] = cursor.fetchone()[0]
    return found


def _keep_the_ledger() -> None:
    """A month closed, a month on sealed vouchers and summed up, a typed entry."""
    post(free_invoice(masterdata.customer("EARLY"), "70", document_date=dt.date(2025, 1, 7)))
    first = FiscalPeriod.objects.get(year=2025, month=1)
    perform(periods.close_period, actor=None, period_id=first.pk)
    lines = [
        {"account_id": account("560204").pk, "debit": Decimal(9)},
        {"account_id": account("1001").pk, "credit": Decimal(9)},
    ]
    perform(manual_entries.record_manual_entry, actor=None, lines=lines)
    for period in FiscalPeriod.objects.filter(pk__in=JournalEntry.objects.values("period")):
        keys = perform(vouchers.prepare_vouchers, actor=None, period_id=period.pk)
        perform(vouchers.review_vouchers, actor=None, voucher_ids=keys)
        perform(vouchers.post_vouchers, actor=None, voucher_ids=keys)
        perform(balances.sum_period, actor=None, period_id=period.pk)
    erp_counts.posted_short()
    _sum_up()


def _sum_up() -> None:
    """The month is over, and its end is summed up."""
    rows = [model.objects.order_by("-pk").values_list("pk", flat=True)[0] for model in (StockMove, ValueEntry)]
    with on_day(dt.date(2026, 4, 2)):
        perform(snapshots.extend_snapshots, actor=None, move_id=rows[0], entry_id=rows[1])


def _buy(supplier: Partner, part: Item) -> None:
    buying = scm.BuyingCompany(
        buyer=superuser("buyer"),
        department=masterdata.department("OFFICE"),
        warehouse=erp.place(),
        shelf=erp.shelf(),
        supplier=supplier,
        other=supplier,
        bolt=part,
        paint=part,
        motor=part,
    )
    order = scm.approved_order(buying, scm.line(part, "10", price=Decimal(12)), tax_included=False)
    scm.posted_landed_cost(buying, scm.posted_receipt(buying, order))
    ahead = scm.approved_order(buying, scm.line(part, "4", price=Decimal(12)), tax_included=False)
    post(_early("supplier", ahead, supplier_reference="F-9"))
    _bill("issued", supplier)
    scm.approved_order(buying, scm.line(part, "3", price=Decimal(12)))
    scm_subcontract.received(scm_subcontract.sent(part, supplier), "3")


def _sell(customer: Partner, machine: Item) -> None:
    line = crm.line(machine, "10", "100", ship_date=erp.TODAY)
    sold = crm.confirmed_order(customer, line, warehouse_id=erp.place().pk, tax_included=False)
    erp.signed(sold)
    invoice = posted_invoice(sold)
    post(perform(invoices.create_credit_note, actor=None, invoice_id=invoice.pk))
    draft_invoice(sold)
    later = crm.confirmed_order(customer, line, warehouse_id=erp.place().pk, tax_included=False)
    post(_early("customer", later))
    _bill("received", customer)
    run = perform(provisions.create_provision, actor=None)
    perform(provisions.post_provision, actor=None, run_id=run.pk)
    open_invoice = post(free_invoice(customer, "250"))
    paid(customer, "100", (open_invoice, "60"))
    money = paid(customer, "25")
    row = {"booked_on": erp.TODAY, "amount": Decimal(25), "reference": "R1"}
    statement = perform(
        bank_statements.import_statement, actor=None, bank_account_id=money.bank_account_id, movements=[row]
    )
    movement = statement.movements.get()
    perform(bank_statements.link_payment, actor=None, movement_id=movement.pk, payment_id=money.pk)
    bounced = paid(customer, "40")
    perform(payments.reverse_payment, actor=None, payment_id=bounced.pk, reason="Bounced")


def _early(kind: str, order: Any, **fields: Any) -> Invoice:
    rows = {str(order.lines.get().pk): None}
    [made] = perform(invoices.invoice_early, actor=None, kind=kind, order_lines=rows, **fields)
    return Invoice.objects.get(pk=made)


def _bill(side: str, partner: Partner) -> None:
    bill = perform(
        bills.create_bill,
        actor=None,
        side=side,
        kind="bank_acceptance",
        bill_number=f"B-{side}",
        partner_id=partner.pk,
        amount=Decimal(30),
        issue_date=erp.TODAY,
        due_date=erp.TODAY,
    )
    perform(bills.register_bill, actor=None, bill_id=bill.pk)


def test_every_invariant_holds_and_every_corruptor_is_caught(committed):
    halfway = _business()
    assert violations() == []
    assert violations(since=halfway) == []
    floors = _floors()
    assert TOUCHED.keys() <= CORRUPTORS.keys()
    assert CORRUPTORS.keys() == {one.code for one in INVARIANTS}
    missed = []
    with psycopg.connect(committed.owner_url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(finance|erp|crm|core)_'"
        ).fetchall()
        connection.commit()
        for one in INVARIANTS:
            for (table,) in tables:
                connection.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            try:
                spoilt = connection.execute(CORRUPTORS[one.code])
                found = connection.execute(one.sql).fetchall() if spoilt.rowcount else []
                if not found:
                    missed.append(f"{one.code}: {spoilt.rowcount} rows spoilt, nothing found")
                if not connection.execute(narrowed(one.code, one.sql, {})).fetchall():
                    missed.append(f"{one.code}: not found among what was touched")
                if one.code in TOUCHED and connection.execute(narrowed(one.code, one.sql, floors)).fetchall():
                    missed.append(f"{one.code}: looks at what nobody touched")
            except psycopg.errors.IntegrityError as refused:
                missed.append(f"{one.code}: {refused}")
            connection.rollback()
        assert {table for table, _column in _ledgers(connection)} >= LEDGERS
    assert missed == []
    assert _let_through(committed) == []


def _let_through(database: Database) -> list[str]:
    """Try UPDATE, DELETE and TRUNCATE on every ledger table as owner and as application; return what was not refused.

    The owner meets the triggers (which need a row to fire for), the application already lacks the right.
    """
    refusals = {
        database.owner_url: psycopg.errors.CheckViolation,
        database.url: psycopg.errors.InsufficientPrivilege,
    }
    let_through = []
    for url, refusal in refusals.items():
        with psycopg.connect(url) as connection:
            for table, column in _ledgers(connection):
                is_empty = connection.execute(f'SELECT NOT EXISTS (SELECT 1 FROM "{table}")').fetchone()[0]
                for statement in (
                    f'UPDATE "{table}" SET "{column}" = "{column}"',
                    f'DELETE FROM "{table}"',
                    f'TRUNCATE "{table}" CASCADE',
                ):
                    try:
                        connection.execute(statement)
                    except refusal:
                        pass
                    else:
                        if not (is_empty and refusal is psycopg.errors.CheckViolation and "TRUNCATE" not in statement):
                            let_through.append(statement)
                    connection.rollback()
    return let_through


def _ledgers(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """The append-only tables, each with one of its columns."""
    return connection.execute(
        """
        SELECT tables.relname, (SELECT attname FROM pg_attribute WHERE attrelid = tables.oid AND attnum > 0
          AND NOT attisdropped AND attgenerated = '' ORDER BY attnum DESC LIMIT 1)
        FROM pg_trigger JOIN pg_class tables ON tables.oid = tgrelid
        WHERE tgname = tables.relname || '_append_only' ORDER BY 1
        """
    ).fetchall()


def test_the_command_says_that_all_hold(db, capsys):
    call_command("invariants")
    assert "invariants hold" in capsys.readouterr().out


def test_the_command_refuses_unknown_names(db):
    with pytest.raises(CommandError, match="nonsense"):
        call_command("invariants", "nonsense")
