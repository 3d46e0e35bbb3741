"""Template tags available in every template."""

import datetime as dt
import uuid
from typing import Any

from django import template
from django.utils import formats
from django.utils.html import format_html

from core.permissions import may_change_field, may_view_field

register = template.Library()


@register.simple_tag
def one_time_key() -> str:
    """Render the hidden one-time key that makes a second click do nothing twice."""
    return format_html('<input type="hidden" name="_key" value="{}">', uuid.uuid4())


@register.simple_tag(takes_context=True)
def may_see(context: dict[str, Any], label: str) -> bool:
    """``{% may_see "erp.stockmove.unit_cost" as visible %}``."""
    return may_view_field(context["request"].user, label)


@register.simple_tag(takes_context=True)
def may_change(context: dict[str, Any], label: str) -> bool:
    """``{% may_change "masterdata.partner.credit_limit" as editable %}``."""
    return may_change_field(context["request"].user, label)


@register.simple_tag(takes_context=True)
def has_right(context: dict[str, Any], right: str) -> bool:
    """``{% has_right "crm.add_salesorder" as allowed %}``."""
    return context["request"].user.has_perm(right)


@register.filter
def day(value: dt.date | None) -> str:
    """Format a date shortly by locale; empty for None."""
    return formats.date_format(value, "SHORT_DATE_FORMAT") if value else ""


@register.filter
def item_of(mapping: dict[Any, Any], key: Any) -> Any:
    """``{{ mapping|item_of:key }}``."""
    return mapping.get(key) if mapping else None


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """Return the present query string with some parameters changed (None removes one)."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()
