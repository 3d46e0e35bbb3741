"""Supplier returns: prepared, posted, reversed."""

from scm.services.supplier_returns.drafting import (
    cancel_supplier_return,
    create_supplier_return,
    update_supplier_return,
)
from scm.services.supplier_returns.posting import post_supplier_return, reverse_supplier_return

__all__ = [
    "cancel_supplier_return",
    "create_supplier_return",
    "post_supplier_return",
    "reverse_supplier_return",
    "update_supplier_return",
]
