"""Refusals of statements' layouts."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput


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
