"""kill -9 of a poster at every failpoint: no trace or the full effect, and the same key again gives one result."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.failpoints import FAILPOINTS
from core.operations import perform
from erp.services import stock_documents
from finance.selectors.invariants import violations
from finance.services import invoices
from tests.crash.dying import DONE, KILLED, die_at, traces
from tests.databases import APPS, ROOT
from tests.factories import erp, masterdata
from tests.factories.core import superuser
from tests.factories.finance import free_invoice

POINTS_OF_ISSUES = [one for one in FAILPOINTS if one != "number.taken"]
POINTS_OF_INVOICES = [one for one in FAILPOINTS if not one.startswith("stock.")]


def killed_and_repeated(point: str, key: str, service: Any, **arguments: Any) -> list[str]:
    """Kill a poster at ``point``, look for traces, post again with the same key, twice; returns what is wrong."""
    wrong = []
    before = traces()
    ended = die_at(point, service, key=key, **arguments)
    after = traces()
    is_done = point == "perform.after_commit"
    if ended != KILLED:
        wrong.append(f"{point}: ended with {ended}")
    if (after != before) != is_done:
        wrong.append(f"{point}: {_difference(before, after)}")
    first = perform(service, key=key, **arguments)
    full = traces()
    if is_done and full != after:
        wrong.append(f"{point}: done twice, {_difference(after, full)}")
    again = perform(service, key=key, **arguments)
    if again.pk != first.pk or traces() != full:
        wrong.append(f"{point}: the key gave two results")
    return wrong


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def test_a_poster_killed_anywhere_leaves_nothing_or_everything(committed):
    erp.place()
    clerk = superuser("clerk")
    item = masterdata.item("PART")
    erp.opening(item, "100", "3.33")
    customer = masterdata.customer()
    wrong = []
    for point in POINTS_OF_ISSUES:
        draft = erp.draft("misc_issue", {"item_id": item.pk, "quantity": Decimal(1)})
        wrong += killed_and_repeated(
            point, f"issue {point}", stock_documents.post_stock_document, actor=clerk, document_id=draft.pk
        )
    for point in POINTS_OF_INVOICES:
        draft = free_invoice(customer, "70")
        wrong += killed_and_repeated(point, f"invoice {point}", invoices.post_invoice, actor=clerk, invoice_id=draft.pk)
    assert wrong == []
    state = traces()
    assert state["posted"] == len(POINTS_OF_ISSUES) + 1
    assert state["on_hand"] == 100 - len(POINTS_OF_ISSUES)
    assert state["invoices"] == state["numbers"] == len(POINTS_OF_INVOICES)
    assert violations() == []
    untouched = free_invoice(customer, "70")
    assert die_at("nowhere", invoices.post_invoice, actor=clerk, invoice_id=untouched.pk) == DONE


def test_every_failpoint_of_the_program_is_in_the_list():
    found: set[str] = set()
    for app in APPS:
        for path in Path(ROOT / app).glob("**/*.py"):
            found |= set(re.findall(r'\bfailpoint\("([\w.]+)"\)', path.read_text(encoding="utf-8")))
    assert found == set(FAILPOINTS)
