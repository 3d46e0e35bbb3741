"""Payments: drafted, posted, allocated, reversed."""

from finance.services.payments.allocation import allocate_credit_note, allocate_payment, undo_allocation
from finance.services.payments.drafts import cancel_payment, create_payment, update_payment
from finance.services.payments.posting import post_payment, record_payment, reverse_payment

__all__ = [
    "allocate_credit_note",
    "allocate_payment",
    "cancel_payment",
    "create_payment",
    "post_payment",
    "record_payment",
    "reverse_payment",
    "undo_allocation",
    "update_payment",
]
