"""Refusals of the app."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput


class BooksNotOpen(DomainError):
    code = "books_not_open"
    sentence = _("The books are not open yet: load a chart of accounts and create the fiscal year first.")


class NoFiscalPeriod(DomainError):
    code = "no_fiscal_period"
    sentence = _("There is no fiscal period for %(date)s. Create the fiscal year first.")


class PeriodClosed(DomainError):
    code = "period_closed"
    sentence = _("%(module)s of period %(period)s is closed; nothing can be dated %(date)s.")


class PeriodHeld(DomainError):
    code = "period_held"
    sentence = _("%(module)s of period %(period)s is held: only people with the right to post in held periods may.")


class PeriodNotReady(DomainError):
    code = "period_not_ready"
    sentence = _("Period %(period)s cannot be closed: %(reasons)s")


class PeriodOutOfTurn(DomainError):
    code = "period_out_of_turn"
    sentence = _("Periods are closed in order and reopened in reverse order; %(period)s comes first.")


class ModuleOutOfTurn(DomainError):
    code = "module_out_of_turn"
    sentence = _(
        "Modules are closed in order (stock, production, receivables and payables, general ledger) and reopened in "
        "reverse order; %(module)s of %(period)s comes first."
    )


class UnknownModule(InvalidInput):
    code = "unknown_module"
    sentence = _("%(module)s is no module of a period.")


class NotHeld(DomainError):
    code = "not_held"
    sentence = _("%(module)s of period %(period)s is not held.")


class YearExists(DomainError):
    code = "year_exists"
    sentence = _("Fiscal year %(year)s exists already.")


class ChartLoaded(DomainError):
    code = "chart_loaded"
    sentence = _("A chart of accounts is loaded already; change its accounts one by one.")


class UnknownChart(DomainError):
    code = "unknown_chart"
    sentence = _("There is no chart of accounts named %(chart)s.")


class CodeTaken(InvalidInput):
    code = "code_taken"
    sentence = _("Code %(value)s is taken already.")


class CodeOutsideParent(InvalidInput):
    code = "code_outside_parent"
    sentence = _("The code of an account below %(parent)s begins with %(parent)s; %(code)s does not.")


class KindDiffers(InvalidInput):
    code = "kind_differs"
    sentence = _("An account is of the same kind as the account above it: %(kind)s.")


class UnknownRole(InvalidInput):
    code = "unknown_role"
    sentence = _("%(role)s is not a role that automatic entries use.")


class MappingNeeded(InvalidInput):
    code = "mapping_needed"
    sentence = _("Automatic entries need an account for %(role)s.")


class YearOutOfTurn(InvalidInput):
    code = "year_out_of_turn"
    sentence = _("The next fiscal year is %(expected)s, with all its months.")


class UnknownMonth(InvalidInput):
    code = "unknown_month"
    sentence = _("Enter a year between 1990 and 2200 and a month between 1 and 12.")


class ReasonMissing(InvalidInput):
    code = "reason_missing"
    sentence = _("Say why.")


class AccountInUse(DomainError):
    code = "account_in_use"
    sentence = _("Account %(account)s is used by entries or mappings; it cannot get accounts below it or be closed.")


class AccountNotPostable(DomainError):
    code = "account_not_postable"
    sentence = _("Nothing can be booked on %(account)s: it is closed or only sums up the accounts below it.")


class ControlAccount(DomainError):
    code = "control_account"
    sentence = _("%(account)s is the total of a sub-ledger and takes no typed line; use its documents.")


class DimensionMissing(DomainError):
    code = "dimension_missing"
    sentence = _("Account %(account)s asks for a %(dimension)s on every line; name it on the document or the line.")


class EntryNotBalanced(DomainError):
    code = "entry_not_balanced"
    sentence = _("Debit and credit differ by %(difference)s.")


class EmptyEntry(DomainError):
    code = "empty_entry"
    sentence = _("An entry needs at least two lines.")


class AlreadyBooked(DomainError):
    code = "already_booked"
    sentence = _("%(source)s is booked already (%(event)s).")


class AlreadyReversed(DomainError):
    code = "already_reversed"
    sentence = _("%(entry)s is reversed already.")


class EmptyInvoice(DomainError):
    code = "empty_invoice"
    sentence = _("%(document)s has no lines.")


class NotInvoiceable(DomainError):
    code = "not_invoiceable"
    sentence = _("Only %(open)s of %(line)s can be invoiced, not %(quantity)s.")


class MixedInvoice(DomainError):
    code = "mixed_invoice"
    sentence = _("One invoice takes lines of one partner, one currency and one way of pricing: %(line)s differs.")


class NotADraft(DomainError):
    code = "not_a_draft"
    sentence = _("%(document)s is %(state)s and cannot be changed.")


class SupplierReferenceMissing(DomainError):
    code = "supplier_reference_missing"
    sentence = _("Enter the number of the supplier's invoice before %(document)s is posted.")


class DuplicateSupplierReference(DomainError):
    code = "duplicate_supplier_reference"
    sentence = _("Invoice %(reference)s of this supplier was entered already: %(document)s.")


class TotalsDiffer(DomainError):
    code = "totals_differ"
    sentence = _("The lines come to %(total)s, the supplier's invoice to %(expected)s. Correct the prices first.")


class NothingToCredit(DomainError):
    code = "nothing_to_credit"
    sentence = _("Only %(open)s of %(line)s is left to credit, not %(quantity)s.")


class DuplicateBankReference(DomainError):
    code = "duplicate_bank_reference"
    sentence = _("Bank reference %(reference)s was entered already: %(document)s.")


class WrongAllocation(DomainError):
    code = "wrong_allocation"
    sentence = _("%(invoice)s cannot be settled by this payment: another partner, side or currency, or not posted.")


class OverAllocated(DomainError):
    code = "over_allocated"
    sentence = _("Only %(open)s of %(document)s is open, not %(amount)s.")


class DiscountNotDue(DomainError):
    code = "discount_not_due"
    sentence = _("The terms of %(document)s give a cash discount of %(allowed)s on this day, not %(amount)s.")


class DifferenceTooLarge(DomainError):
    code = "difference_too_large"
    sentence = _("%(amount)s of %(document)s is too much to write off: at most %(tolerance)s in base currency.")


class AllocationUndone(DomainError):
    code = "allocation_undone"
    sentence = _("This allocation is undone already, or belongs to another payment.")


class InvoiceBlocked(DomainError):
    code = "invoice_blocked"
    sentence = _("%(document)s differs from its order or receipt and is blocked for payment until it is released.")


class NotBlocked(DomainError):
    code = "not_blocked"
    sentence = _("%(document)s is not blocked for payment.")


class ToleranceExists(InvalidInput):
    code = "tolerance_exists"
    sentence = _("This supplier has a tolerance already; change that one.")


class MixedCorrection(InvalidInput):
    code = "mixed_correction"
    sentence = _("Enter amounts above zero for a debit note, or below zero for an allowance, not both.")


class AllowanceTooLarge(DomainError):
    code = "allowance_too_large"
    sentence = _("Only %(open)s of %(line)s is left to give back, not %(amount)s.")


class BankAccountMissing(InvalidInput):
    code = "bank_account_missing"
    sentence = _("Choose the bank or cash account the money goes through.")


class DuplicateBill(DomainError):
    code = "duplicate_bill"
    sentence = _("Bill %(bill_number)s was entered already: %(document)s.")


class WrongBillSide(DomainError):
    code = "wrong_bill_side"
    sentence = _("%(document)s was issued by us; only bills we received can be passed on.")


class BillInUse(DomainError):
    code = "bill_in_use"
    sentence = _("%(document)s stands on a bill: mark the bill as dishonoured instead.")


class NothingNew(DomainError):
    code = "nothing_new"
    sentence = _("None of the %(count)s movements is new: this statement was imported before.")


class BalanceDiffers(InvalidInput):
    code = "balance_differs"
    sentence = _("Opening balance %(opening)s and movements of %(movements)s do not come to %(closing)s.")


class MovementMatched(DomainError):
    code = "movement_matched"
    sentence = _("%(document)s is explained already, or its explanation was taken back.")


class StatementClosed(DomainError):
    code = "statement_closed"
    sentence = _("Bank statement %(document)s is closed.")


class MovementsOpen(DomainError):
    code = "movements_open"
    sentence = _("%(count)s movements are not explained yet.")


class PaymentDiffers(DomainError):
    code = "payment_differs"
    sentence = _("%(document)s is no posted payment of %(amount)s on this account, or confirmed already.")


class LevelsMissing(DomainError):
    code = "levels_missing"
    sentence = _("Set up the dunning levels first.")


class NotDue(DomainError):
    code = "not_due"
    sentence = _("%(partner)s is due no letter now: nothing late enough, a fresh letter, or blocked.")


class LevelInUse(InvalidInput):
    code = "level_in_use"
    sentence = _("There is a dunning level %(level)s already.")


class NothingToRevalue(DomainError):
    code = "nothing_to_revalue"
    sentence = _("On %(date)s every balance in foreign currency stands at the rate of the day.")


class RevaluedAlready(DomainError):
    code = "revalued_already"
    sentence = _("%(date)s was revalued already by %(document)s.")


class NotIssuable(DomainError):
    code = "not_issuable"
    sentence = _("%(document)s cannot be issued electronically: it is no posted customer invoice, or has one already.")


class TaxCodeMissing(DomainError):
    code = "tax_code_missing"
    sentence = _("%(line)s on %(document)s has no tax classification code: enter it on the item or in the settings.")


class IssuedAlready(DomainError):
    code = "issued_already"
    sentence = _("%(document)s is issued and cannot be changed.")


class InvoiceUnknown(DomainError):
    code = "invoice_unknown"
    sentence = _("No electronic invoice is prepared for %(number)s.")


class WrongFapiaoNumber(InvalidInput):
    code = "wrong_fapiao_number"
    sentence = _("%(number)s is no electronic invoice number (twenty digits), or its date is missing.")


class FapiaoNumberTaken(DomainError):
    code = "fapiao_number_taken"
    sentence = _("Electronic invoice number %(number)s belongs to another invoice.")


class NothingToWriteOff(DomainError):
    code = "nothing_to_write_off"
    sentence = _("Nothing is open that could be written off.")


class OneOfAnother(InvalidInput):
    code = "one_of_another"
    sentence = _("%(document)s does not belong to %(partner)s, or is not open.")


class AboveTolerance(DomainError):
    code = "above_tolerance"
    sentence = _("%(document)s is above the tolerance: another person than its author must post it.")


class PercentOutOfRange(InvalidInput):
    code = "percent_out_of_range"
    sentence = _("A percentage lies between 0 and 100.")


class NegativeTolerance(InvalidInput):
    code = "negative_tolerance"
    sentence = _("A tolerance cannot be below zero.")


class RoleWithoutAccount(DomainError):
    code = "role_without_account"
    sentence = _("No account is used for %(role)s yet: choose one under Chart of accounts, Account mapping.")


class CurrencyMismatch(DomainError):
    code = "currency_mismatch"
    sentence = _("%(account)s is kept in %(currency)s; the payment must be in the same currency.")


class LineWithoutSource(InvalidInput):
    code = "line_without_source"
    sentence = _("Line %(line)s names neither a delivery or receipt nor an account.")


class AmountMissing(InvalidInput):
    code = "amount_missing"
    sentence = _("Enter an amount above zero.")


class OrderOfAnother(InvalidInput):
    code = "order_of_another"
    sentence = _("Order %(order)s does not belong to %(partner)s.")


class NotPosted(DomainError):
    code = "not_posted"
    sentence = _("Only a posted invoice can be credited; %(document)s is none.")


class UnreadableRow(InvalidInput):
    code = "unreadable_row"
    sentence = _("Row %(row)s: “%(text)s” is not a list of accounts (1001 1401..1421) or a sum of rows (1 + 2 - 3).")


class UnknownRow(InvalidInput):
    code = "unknown_row"
    sentence = _("Row %(row)s sums up row %(part)s, which the layout does not have.")


class CircularRow(InvalidInput):
    code = "circular_row"
    sentence = _("Row %(row)s is part of its own sum.")


class UnknownAccounts(InvalidInput):
    code = "unknown_accounts"
    sentence = _("Row %(row)s: there is no account %(text)s.")


class EmptyLayout(InvalidInput):
    code = "empty_layout"
    sentence = _("A layout needs at least one row.")


class NotACashLine(DomainError):
    code = "not_a_cash_line"
    sentence = _("%(entry)s has no line on %(account)s against cash, or row %(row)s takes no such lines.")


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


class ReversalBeforeEntry(InvalidInput):
    code = "reversal_before_entry"
    sentence = _("The reversal is dated after the entry.")


class OpeningTooLate(DomainError):
    code = "opening_too_late"
    sentence = _("Opening balances are entered in %(period)s, the first period, before it is closed.")


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
