"""Refusals of accounts, periods and entries."""

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


class NothingProposed(DomainError):
    code = "nothing_proposed"
    sentence = _("Every role has an account, or the chart has none for it; choose accounts one by one.")


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


class WrongJournalKind(InvalidInput):
    code = "wrong_journal_kind"
    sentence = _("The program alone writes in journals of the kind %(kind)s; choose general, sales, purchase or bank.")


class JournalInUse(DomainError):
    code = "journal_in_use"
    sentence = _("Entries stand in journal %(journal)s: its code and kind stay. Change its names, or add a journal.")


class StandardJournal(DomainError):
    code = "standard_journal"
    sentence = _("The program writes in journal %(journal)s: its kind stays and it cannot be closed.")


class JournalOfTemplates(DomainError):
    code = "journal_of_templates"
    sentence = _("Templates in use write in journal %(journal)s: %(templates)s. Give them another journal first.")


class JournalClosed(DomainError):
    code = "journal_closed"
    sentence = _("Journal %(journal)s is closed and takes no new entry; choose another one.")


class WrongJournal(InvalidInput):
    code = "wrong_journal"
    sentence = _("Journal %(journal)s is not chosen by hand: the program writes in it by itself; leave it empty.")


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


class ReversalBeforeOriginal(InvalidInput):
    code = "reversal_before_original"
    sentence = _("What is to be undone was booked on %(date)s; undo it on that day or later.")


class AlreadyReversed(DomainError):
    code = "already_reversed"
    sentence = _("%(entry)s is reversed already.")
