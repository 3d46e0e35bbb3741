"""Columns that the lists of finance share."""

from typing import Any

import django_tables2 as tables

from core.templatetags.figures import amount


def link_column(label: Any) -> tables.Column:
    """The first column: the number, also a link for keyboards and screens without script."""
    return tables.Column(verbose_name=label, linkify=lambda record: record.get_absolute_url())


def positive(value: Any) -> str:
    return amount(value) if value > 0 else ""
