"""Payments: drafted, posted, allocated, reversed."""

from finance.services.payments.allocation import allocate_payment
from finance.services.payments.drafts import cancel_payment, create_payment, update_payment
from finance.services.payments.posting import post_payment, record_payment, reverse_payment

__all__ = [
    "allocate_payment",
    "cancel_payment",
    "create_payment",
    "post_payment",
    "record_payment",
    "reverse_payment",
    "update_payment",
]
