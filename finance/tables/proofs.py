"""Table of what the proof of the books found broken."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import DateColumn, DocumentTable
from finance.models import Breach
from finance.selectors.proofs import invariant_name


class BreachTable(DocumentTable):
    name = tables.Column(accessor="code", verbose_name=_("what must hold"))
    found_at = DateColumn()
    gone_at = DateColumn()

    class Meta(DocumentTable.Meta):
        model = Breach
        fields = ("name", "subject", "evidence", "found_at", "gone_at", "code")

    def render_name(self, value: str) -> str:
        return invariant_name(value)

    def value_name(self, value: str) -> str:
        return invariant_name(value)
