"""Refusals of vouchers, typed entries, budgets and what follows."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput


class VoucherNotPrepared(DomainError):
    code = "voucher_not_prepared"
    sentence = _("Voucher %(voucher)s is %(state)s; give it back first, and a posted one stays as it is.")


class SamePerson(DomainError):
    code = "same_person"
    sentence = _(
        "%(user)s has already acted on voucher %(voucher)s: it is prepared, reviewed and posted by different people."
    )


class NothingToPost(DomainError):
    code = "nothing_to_post"
    sentence = _("%(document)s has no lines.")


class LineOneSided(InvalidInput):
    code = "line_one_sided"
    sentence = _("Line %(line)s needs an amount on one side, debit or credit.")


class LineWithoutAccount(InvalidInput):
    code = "line_without_account"
    sentence = _("Line %(line)s names no account, and the journal has none for that side.")


class ReversalBeforeEntry(InvalidInput):
    code = "reversal_before_entry"
    sentence = _("The reversal is dated after the entry.")


class YearEnded(DomainError):
    code = "year_ended"
    sentence = _("The profit of %(period)s is in retained earnings: undo the end of the year first.")


class OpeningTooLate(DomainError):
    code = "opening_too_late"
    sentence = _("Opening balances are entered in %(period)s, the first period, before it is closed.")


class OpeningItemKnown(DomainError):
    code = "opening_item_known"
    sentence = _("%(partner)s has the item %(reference)s already.")


class OpeningItemIncomplete(InvalidInput):
    code = "opening_item_incomplete"
    sentence = _(
        "Line %(line)s: an open item stands on the account of receivables or payables and names its partner, the "
        "number it had before and its due date; an advance stands on the account of advances and names its partner "
        "and number."
    )


class NoOpeningItem(DomainError):
    code = "no_opening_item"
    sentence = _("%(document)s is no opening item: correct it by a credit note.")


class OpeningOfVoucher(DomainError):
    code = "opening_of_voucher"
    sentence = _("%(document)s was opened by voucher %(voucher)s: reverse that one, it takes all its items back.")


class OpeningInUse(DomainError):
    code = "opening_in_use"
    sentence = _(
        "%(document)s was paid, allocated or credited already: undo that first, then the opening can be taken back."
    )


class OpeningBillIncomplete(InvalidInput):
    code = "opening_bill_incomplete"
    sentence = _(
        "An opening bill is outstanding, or was endorsed to a supplier or discounted at a bank account, which it then "
        "names; it is due after it was issued."
    )


class ClaimOfBill(DomainError):
    code = "claim_of_bill"
    sentence = _("%(document)s is owed because bill %(bill)s was dishonoured: settle it, or write it off.")


class OpeningReceiptTooLate(InvalidInput):
    code = "opening_receipt_too_late"
    sentence = _(
        "An opening receipt came in before %(day)s, the first day of the books. Goods of later days are received with "
        "a goods receipt."
    )


class OpeningReversal(InvalidInput):
    code = "opening_reversal"
    sentence = _("Opening balances are not reversed by themselves: leave the day of the reversal empty.")


class OpeningDiffers(DomainError):
    code = "opening_differs"
    sentence = _(
        "%(account)s: the opening balance is %(amount)s, the opening documents of the sub-ledger say %(sub_ledger)s."
    )


class NotScheduled(DomainError):
    code = "not_scheduled"
    sentence = _("%(template)s has no schedule, or nothing is due yet.")


class NothingToCarryOver(DomainError):
    code = "nothing_to_carry_over"
    sentence = _("Nothing stands on the accounts to be carried over in %(period)s.")


class NotLastOfYear(DomainError):
    code = "not_last_of_year"
    sentence = _("The year ends with %(period)s; close its earlier periods first.")


class ScheduleWithoutDate(InvalidInput):
    code = "schedule_without_date"
    sentence = _("A schedule needs the day it begins on.")


class BasisMissing(InvalidInput):
    code = "basis_missing"
    sentence = _("Line %(line)s takes a share of an account: name the account.")


class NotAnExpense(DomainError):
    code = "not_an_expense"
    sentence = _(
        "%(document)s has no such cost. Only services and free lines of posted supplier invoices are assigned."
    )


class OrderNotBinding(DomainError):
    code = "order_not_binding"
    sentence = _("%(document)s bears no costs: it is not confirmed, or the line is not its own.")


class ExpenseTooHigh(DomainError):
    code = "expense_too_high"
    sentence = _("Of “%(line)s” %(left)s is left to assign, not %(amount)s.")


class BudgetExceeded(DomainError):
    code = "budget_exceeded"
    sentence = _(
        "%(document)s does not fit the budget %(line)s: of %(budget)s are %(used)s used and %(committed)s committed, "
        "%(left)s are left, %(wanted)s are wanted. %(who)s can release it."
    )


class BudgetNotDraft(DomainError):
    code = "budget_not_draft"
    sentence = _("%(document)s is no draft any more. Copy it to a new version and change that.")


class BudgetNotInForce(DomainError):
    code = "budget_not_in_force"
    sentence = _("%(document)s is not in force: open commitments are carried forward from the budget in force.")


class BudgetYearRunning(DomainError):
    code = "budget_year_running"
    sentence = _("The year of %(document)s runs until %(date)s: open commitments are carried forward after that.")


class NoNextBudget(DomainError):
    code = "no_next_budget"
    sentence = _("No budget of %(year)s is in force: put one in force first.")


class BudgetCarried(DomainError):
    code = "budget_carried"
    sentence = _("The commitments of %(year)s were carried forward already.")


class NothingCarried(DomainError):
    code = "nothing_carried"
    sentence = _("The commitments of %(document)s were not carried forward, or it was taken back already.")


class LaterYearCarried(DomainError):
    code = "later_year_carried"
    sentence = _("The commitments of %(year)s were carried forward since; take that back first.")


class NextBudgetReplaced(DomainError):
    code = "next_budget_replaced"
    sentence = _("Budget %(document)s, whose lines rose, was replaced; change the amounts of its successor instead.")


class EmptyBudget(DomainError):
    code = "empty_budget"
    sentence = _("%(document)s has no lines; nothing could be in force.")


class WrongBudgetLine(InvalidInput):
    code = "wrong_budget_line"
    sentence = _("%(account)s: amounts and levels are not negative, and months go from 1 to 12.")


class NothingToRelease(InvalidInput):
    code = "nothing_to_release"
    sentence = _("Say which requisition or purchase order, by how much, and why.")


class WrongRecurringCash(InvalidInput):
    code = "wrong_recurring_cash"
    sentence = _("%(name)s needs an amount above zero and cannot end before it begins.")


class AlertClosed(DomainError):
    code = "alert_closed"
    sentence = _("The alert of %(document)s is closed already.")
