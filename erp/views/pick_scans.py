"""A merged pick with a phone or a hand scanner: scan the goods, say how many, the orders get their shares."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.fields import ZERO
from core.formats import plain, readable
from core.operations import perform
from core.typed import is_key
from erp.errors import UnknownScan
from erp.errors.making import PickIsClosed
from erp.forms.units import units_by_item
from erp.models import MergedPick, StockBalance
from erp.selectors.merged_picks import PickRow, pick_rows
from erp.selectors.pick_scans import goods_of_scan, open_rows, read_scan, usual_quantity
from erp.selectors.scanning import unit_of_code
from erp.services.merged_picks import post_merged_pick
from erp.states.making import MergedPickState
from erp.views.overruns import Question, question_before
from erp.views.scanning import ScannerPage
from masterdata.selectors.units import in_stock_unit

ASKED = "pick_question"


class PickByScan(ScannerPage):
    """Goods, then how many; ``5*CODE`` does both. What was found is issued on the spot, and it says to whom."""

    permission_required = "erp.post_mergedpick"
    template_name = "erp/merged_pick/scan.html"

    @cached_property
    def pick(self) -> MergedPick:
        """The pick, or 404."""
        rows = MergedPick.objects.visible_to(self.request.user).select_related("warehouse")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def rows(self) -> list[PickRow]:
        """The lines of which something is open, in the order of the walk."""
        return open_rows(self.pick)

    def after_scan(self, code: str) -> str:
        if self.pick.state != MergedPickState.OPEN:
            raise PickIsClosed(document=self.pick, state=self.pick.get_state_display())
        chosen = self.chosen()
        if chosen is not None:
            unit = self.given("uom")
            return self.issued(*chosen, self.typed_quantity(), int(unit) if is_key(unit) else None)
        said, named = read_scan(code)
        goods = goods_of_scan(self.pick, self.rows, named)
        if not goods:
            raise UnknownScan(scanned=named)
        if len(goods) > 1:
            return self.address(code=named)
        row, balance = goods[0]
        unit = unit_of_code(named)
        if said is not None:
            return self.issued(row, balance, said, unit)
        return self.address(line=row.line.pk, balance=balance.pk, **({"uom": unit} if unit else {}))

    def issued(self, row: PickRow, balance: StockBalance, quantity: Decimal | None, unit: int | None = None) -> str:
        before = {share.pk: share.issued_quantity for share in row.shares}
        found = {
            "line_id": row.line.pk,
            "quantity": quantity if quantity is not None else usual_quantity(row, balance),
            "uom_id": unit if quantity is not None else None,
            "location_id": balance.location_id,
            "lot_id": balance.lot_id,
        }
        posting = {"pick_id": self.pick.pk, "found": [found]}
        orders = [share.work_order_id for share in row.shares]
        question = question_before(self.request, post_merged_pick, posting, orders)
        if question is not None:
            return self.asked(question, row, balance, found)
        perform(post_merged_pick, actor=self.request.user, key=self.request.POST.get("_key") or None, **posting)
        booked = in_stock_unit(row.line.item, found["uom_id"], found["quantity"]).quantity
        messages.success(self.request, self.said(row, booked, before))
        return reverse("erp:merged-pick-scan", args=[self.pick.pk])

    def asked(self, question: Question, row: PickRow, balance: StockBalance, found: dict[str, Any]) -> str:
        """The page with the goods and how many; it shows the question once, whatever way the scan came."""
        self.request.session[ASKED] = {"sentence": question.sentence, "key": question.key, "pick": self.pick.pk}
        unit = {"uom": found["uom_id"]} if found["uom_id"] else {}
        return self.address(line=row.line.pk, balance=balance.pk, quantity=plain(found["quantity"]), **unit)

    def said(self, row: PickRow, quantity: Decimal, before: dict[int, Decimal]) -> str:
        """What was issued, and which order gets how much of it."""
        pick = MergedPick.objects.get(pk=self.pick.pk)
        after = {share.pk: share for one in pick_rows(pick) if one.line.pk == row.line.pk for share in one.shares}
        parts = [
            f"{share.work_order.number} {readable(share.issued_quantity - before.get(pk, ZERO))}"
            for pk, share in after.items()
            if share.issued_quantity != before.get(pk, ZERO)
        ]
        return _("%(quantity)s × %(item)s: %(orders)s") % {
            "quantity": readable(quantity),
            "item": row.line.item.code,
            "orders": ", ".join(parts),
        }

    def chosen(self) -> tuple[PickRow, StockBalance] | None:
        """The line and the goods that were scanned before."""
        line_id, balance_id = self.given("line"), self.given("balance")
        row = next((one for one in self.rows if str(one.line.pk) == line_id), None)
        if row is None or not is_key(balance_id):
            return None
        goods = StockBalance.objects.select_related("item__uom", "location__warehouse", "lot")
        balance = goods.filter(pk=int(balance_id), item=row.line.item_id, on_hand__gt=0).first()
        return None if balance is None else (row, balance)

    def typed_quantity(self) -> Decimal | None:
        """How many were typed; nothing readable: the usual quantity."""
        try:
            value = Decimal(self.given("quantity"))
        except InvalidOperation:
            return None
        return value if value.is_finite() else None

    def given(self, name: str) -> str:
        """A value of the address or of the form."""
        return (self.request.POST.get(name) or self.request.GET.get(name) or "").strip()

    def address(self, **query: Any) -> str:
        """The page with what is chosen so far."""
        return f"{reverse('erp:merged-pick-scan', args=[self.pick.pk])}?{urlencode(query)}"

    def question(self) -> dict[str, Any] | None:
        """What was asked about this pick, once: whoever comes back later is asked anew."""
        asked = self.request.session.pop(ASKED, None)
        return asked if asked is not None and asked["pick"] == self.pick.pk else None

    def context(self) -> dict[str, Any]:
        chosen = self.chosen()
        code = self.request.GET.get("code", "").strip()
        found: dict[str, Any] = {
            "pick": self.pick,
            "is_open": self.pick.state == MergedPickState.OPEN,
            "rows": self.rows,
            "choices": goods_of_scan(self.pick, self.rows, code) if code and chosen is None else [],
        }
        if chosen is not None:
            row, balance = chosen
            unit = self.given("uom")
            found |= {
                "row": row,
                "balance": balance,
                "quantity": self.given("quantity") or ("" if unit else plain(usual_quantity(row, balance))),
                "unit": unit,
                "units": units_by_item([balance.item_id]).get(balance.item_id),
                "question": self.question(),
            }
        return found
