"""Invoices of customers and suppliers: drafted, posted, credited."""

from finance.services.invoices.batches import invoice_charges, invoice_deliveries, invoice_early, invoice_receipts
from finance.services.invoices.corrections import create_price_correction
from finance.services.invoices.credits import create_credit_note
from finance.services.invoices.deductions import deduct_charges
from finance.services.invoices.drafts import cancel_invoice, create_invoice, update_invoice
from finance.services.invoices.matching import release_invoice, save_tolerance
from finance.services.invoices.posting import post_invoice

__all__ = [
    "cancel_invoice",
    "create_credit_note",
    "create_invoice",
    "create_price_correction",
    "deduct_charges",
    "invoice_charges",
    "invoice_deliveries",
    "invoice_early",
    "invoice_receipts",
    "post_invoice",
    "release_invoice",
    "save_tolerance",
    "update_invoice",
]
