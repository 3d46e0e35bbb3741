"""Kinds of statements and their rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatementKind(models.TextChoices):
    BALANCE_SHEET = "balance_sheet", _("Balance sheet")
    PROFIT_LOSS = "profit_loss", _("Profit and loss")
    CASH_FLOW = "cash_flow", _("Cash flow statement")


class StatementStandard(models.TextChoices):
    """Where a layout comes from; a company's own ones are never overwritten."""

    CN_SMALL = "cn", _("China: small enterprises")
    IFRS = "ifrs", _("IFRS style")
    OWN = "own", _("Own layout")


class RowKind(models.TextChoices):
    HEADING = "heading", _("Heading")
    ACCOUNTS = "accounts", _("Accounts")
    FORMULA = "formula", _("Sum of rows")
    OPENING = "opening", _("Opening cash")


class RowSide(models.TextChoices):
    DEBIT = "debit", _("Debit")
    CREDIT = "credit", _("Credit")
    IN = "in", _("Money in")
    OUT = "out", _("Money out")


class CashDirection(models.TextChoices):
    IN = "in", _("Money in only")
    OUT = "out", _("Money out only")
