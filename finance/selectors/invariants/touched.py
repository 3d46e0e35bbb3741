"""What the check of each minute looks at: the tables of an invariant, cut down to the keys touched since a mark.

The query of the invariant stays as it is. Tables named here are shadowed by WITH clauses of the same names that hold
only the rows in question, which the planner folds into the query: the work grows with what was touched, not with the
books. A table that a query groups by its key cannot be shadowed: there ROWS cuts the result down, which the planner
folds in as well. An invariant that is not named here is small and runs whole. ``public.`` says the whole table;
``{journal}`` and the like are the floors of a mark.
"""

from collections.abc import Mapping

Floors = Mapping[str, int]

APPEND_ONLY = {
    "journal": "finance_journalentry",
    "allocation": "finance_allocation",
    "seal": "finance_voucherseal",
    "event": "finance_periodevent",
    "move": "erp_stockmove",
    "value": "erp_valueentry",
    "use": "erp_layeruse",
    "audit": "core_auditevent",
}
"""The tables whose highest keys make a mark, by the short name of the floor."""

FRESH_LINES = "public.finance_journalline WHERE entry_id > {journal}"
MOVED_ITEMS = "SELECT item_id FROM public.erp_stockmove WHERE id > {move}"
VALUED_ITEMS = "SELECT item_id FROM public.erp_valueentry WHERE id > {value}"
TOUCHED_LAYERS = """SELECT layer_id FROM public.erp_layeruse WHERE id > {use}
  UNION SELECT layer.id FROM public.erp_costlayer layer JOIN public.erp_valueentry entry USING (move_id)
  WHERE entry.id > {value}"""
TOUCHED_VOUCHERS = """SELECT voucher_id FROM public.finance_voucherseal WHERE id > {seal}
  UNION SELECT voucher_id FROM public.finance_voucherentry WHERE entry_id > {journal}
  UNION SELECT object_id::bigint FROM public.core_auditevent
  WHERE id > {audit} AND object_label = 'finance.voucher'"""


def _documents(label: str) -> str:
    """Keys of the documents of one kind that something happened to, or that an entry was booked for."""
    return f"""SELECT object_id::bigint FROM public.core_auditevent
      WHERE id > {{audit}} AND object_label = '{label}'
      UNION SELECT source_id FROM public.finance_journalentry WHERE id > {{journal}} AND source_label = '{label}'"""


INVOICES = f"""{_documents("finance.invoice")}
  UNION SELECT invoice_id FROM public.finance_allocation WHERE id > {{allocation}}
  UNION SELECT credit_id FROM public.finance_allocation WHERE id > {{allocation}} AND credit_id IS NOT NULL"""
PAYMENTS = f"""{_documents("finance.payment")}
  UNION SELECT payment_id FROM public.finance_allocation WHERE id > {{allocation}} AND payment_id IS NOT NULL"""
FRESH_ENTRIES = {"finance_journalentry": "id > {journal}", "finance_journalline": "entry_id > {journal}"}


ROWS = ""
"""Stands for the result of the query instead of a table."""


def _rows(column: str, keys: str) -> dict[str, str]:
    """Cut the result down to ``keys``, a query of what stands in ``column``."""
    return {ROWS: f"{column} = ANY (ARRAY({keys}))"}


def _by(column: str, *tables: str) -> dict[str, str]:
    """Cut ``tables`` down to the partners, items or orders (``column``) that fresh lines name."""
    return dict.fromkeys(tables, f"{column} IN (SELECT {column} FROM {FRESH_LINES})")


def _order_lines(app: str, kind: str) -> str:
    """Keys of the lines of orders that something happened to, or that an invoice touched."""
    return f"""SELECT id FROM public.{app}_{kind}orderline WHERE order_id IN (
      SELECT object_id::bigint FROM public.core_auditevent WHERE id > {{audit}} AND object_label = '{app}.{kind}order')
      UNION SELECT part.{kind}_order_line_id FROM public.finance_invoiceline part
      WHERE part.invoice_id IN ({INVOICES})"""


TOUCHED: dict[str, dict[str, str]] = {
    "entry_balanced": FRESH_ENTRIES,
    "line_at_rate": FRESH_ENTRIES,
    "reversal_is_negative": {"finance_journalentry": "id > {journal}"},
    "entry_in_period": FRESH_ENTRIES,
    "control_accounts": FRESH_ENTRIES,
    "closed_stays_closed": {
        "finance_journalentry": """id > {journal} OR period_id IN (
          SELECT period_id FROM public.finance_periodevent WHERE id > {event})"""
    },
    "closing_balances": {
        ROWS: """event > {event} OR account = ANY (ARRAY(
          SELECT line.account_id FROM public.finance_journalentry entry
          JOIN public.finance_journalline line ON line.entry_id = entry.id
          WHERE entry.id > {journal} AND entry.entry_date <= (
            SELECT max(d1) FROM public.finance_fiscalperiod WHERE state = 'closed')))"""
    },
    "kept_sums": dict.fromkeys(
        ("finance_accountbalance", "finance_summedperiod", "finance_journalentry"),
        "period_id IN (SELECT period_id FROM public.finance_journalentry WHERE id > {journal})",
    ),
    "posted_documents_booked": {
        "finance_invoice": f"id IN ({INVOICES})",
        "finance_payment": f"id IN ({PAYMENTS})",
        "finance_manualentry": f"id IN ({_documents('finance.manualentry')})",
    },
    "voucher_seals": {"finance_voucher": f"id IN ({TOUCHED_VOUCHERS})"},
    "voucher_lines": {
        "finance_voucherline": f"voucher_id IN ({TOUCHED_VOUCHERS})",
        "finance_voucherentry": f"voucher_id IN ({TOUCHED_VOUCHERS})",
    },
    "receivables": _by("partner_id", "finance_journalline", "finance_invoice"),
    "payables": _by("partner_id", "finance_journalline", "finance_invoice"),
    "advances_received": _by("partner_id", "finance_journalline", "finance_payment"),
    "advances_paid": _by("partner_id", "finance_journalline", "finance_payment"),
    "bills_receivable": _by("partner_id", "finance_journalline", "finance_bill"),
    "bills_payable": _by("partner_id", "finance_journalline", "finance_bill"),
    "early_invoiced": _by("partner_id", "finance_journalline", "finance_earlyline"),
    "not_received": _by("partner_id", "finance_journalline", "finance_earlyline"),
    "invoice_settled": {
        "finance_invoice": f"id IN ({INVOICES})",
        "finance_allocation": f"invoice_id IN ({INVOICES}) OR credit_id IN ({INVOICES})",
    },
    "payment_allocated": {
        "finance_payment": f"id IN ({PAYMENTS})",
        "finance_allocation": f"payment_id IN ({PAYMENTS})",
    },
    "instalments": _rows("invoice", INVOICES),
    "invoice_totals": _rows("invoice", INVOICES),
    "tax_accounts": {
        "finance_invoice": f"id IN ({INVOICES})",
        "finance_journalentry": f"source_label = 'finance.invoice' AND source_id IN ({INVOICES})",
    },
    "grni": _by("partner_id", "finance_journalline", "finance_grniline"),
    "unbilled": _by("partner_id", "finance_journalline", "finance_unbilledline"),
    "dispatched": _by("item_id", "finance_journalline", "finance_unbilledline"),
    "stock": dict.fromkeys(
        ("finance_journalline", "erp_itemcost"), f"item_id IN (SELECT item_id FROM {FRESH_LINES} UNION {VALUED_ITEMS})"
    ),
    "value_entries_booked": {ROWS: "value_entry > {value}"},
    "wip": {
        "finance_journalline": f"work_order_id IN (SELECT work_order_id FROM {FRESH_LINES})",
        "erp_workorder": f"""id IN (SELECT work_order_id FROM {FRESH_LINES}
          UNION SELECT object_id::bigint FROM public.core_auditevent
          WHERE id > {{audit}} AND object_label = 'erp.workorder')""",
    },
    "ordered_invoiced": _rows("line", f"{_order_lines('crm', 'sales')} UNION {_order_lines('scm', 'purchase')}"),
    "stock_balances": dict.fromkeys(("erp_stockmove", "erp_stockbalance"), f"item_id IN ({MOVED_ITEMS})"),
    "stock_second_unit": dict.fromkeys(("erp_stockmove", "erp_stockbalance"), f"item_id IN ({MOVED_ITEMS})"),
    "stock_second_rest": {"erp_stockmove": f"item_id IN ({MOVED_ITEMS})"},
    "stock_never_negative": {
        "erp_stockmove": f"""item_id IN ({MOVED_ITEMS})
          AND moved_on >= (SELECT min(moved_on) FROM public.erp_stockmove WHERE id > {{move}})""",
        "erp_stockbalance": f"item_id IN ({MOVED_ITEMS})",
    },
    "serial_one_place": {
        "erp_stockmove": "lot_id IN (SELECT lot_id FROM public.erp_stockmove WHERE id > {move})",
    },
    "lot_of_its_item": {"erp_stockmove": "id > {move}"},
    "others_not_valued": {"erp_valueentry": "id > {value}"},
    "item_value": {"erp_valueentry": f"item_id IN ({VALUED_ITEMS})"} | _rows("item", VALUED_ITEMS),
    "layer_left": {
        "erp_costlayer": f"id IN ({TOUCHED_LAYERS})",
        "erp_layeruse": f"layer_id IN ({TOUCHED_LAYERS})",
        "erp_valueentry": f"move_id IN (SELECT move_id FROM public.erp_costlayer WHERE id IN ({TOUCHED_LAYERS}))",
    },
    "layer_totals": {"erp_costlayer": f"item_id IN ({VALUED_ITEMS})"} | _rows("item", VALUED_ITEMS),
    "layer_uses": {ROWS: "value_entry > {value}"},
    "subcontract_balance": dict.fromkeys(("erp_stockmove", "erp_stockbalance"), f"item_id IN ({MOVED_ITEMS})"),
    "subcontract_processing": {"finance_journalline": "entry_id > {journal}"},
    "moves_valued": {"erp_stockmove": "id > {move}"},
    "stock_snapshots": dict.fromkeys(("erp_stockmove", "erp_stocksnapshot"), f"item_id IN ({MOVED_ITEMS})"),
    "value_snapshots": dict.fromkeys(("erp_valueentry", "erp_valuesnapshot"), f"item_id IN ({VALUED_ITEMS})"),
}


def narrowed(code: str, sql: str, floors: Floors) -> str:
    """Return the query of an invariant over what was touched since ``floors`` (a missing floor is 0: everything)."""
    tables = TOUCHED.get(code)
    if not tables:
        return sql
    keys = {name: int(floors.get(name, 0)) for name in APPEND_ONLY}
    shadows = ", ".join(
        f"{table} AS NOT MATERIALIZED (SELECT * FROM public.{table} WHERE {predicate.format(**keys)})"
        for table, predicate in tables.items()
        if table != ROWS
    )
    rows = tables.get(ROWS, "true").format(**keys)
    return f"{'WITH ' + shadows if shadows else ''} SELECT * FROM ({sql}) narrowed WHERE {rows}"
