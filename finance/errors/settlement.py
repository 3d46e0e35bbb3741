"""Refusals of invoices, payments, bills, bank and tax."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput


class EmptyInvoice(DomainError):
    code = "empty_invoice"
    sentence = _("%(document)s has no lines.")


class NotInvoiceable(DomainError):
    code = "not_invoiceable"
    sentence = _("Only %(open)s of %(line)s can be invoiced, not %(quantity)s.")


class ChargeNotInvoiceable(DomainError):
    code = "charge_not_invoiceable"
    sentence = _(
        "“%(charge)s” cannot be invoiced like this: of a charge at most what is open (%(open)s) goes on an invoice, "
        "and on one of the carrier it was accrued for."
    )


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


class BillPartsMismatch(DomainError):
    code = "bill_parts_mismatch"
    sentence = _(
        "%(document)s is %(amount)s; its parts are %(total)s. Name at least two amounts above zero that sum to it."
    )
