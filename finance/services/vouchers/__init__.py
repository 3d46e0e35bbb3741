"""Vouchers: prepared from entries, reviewed, posted and sealed, by different people."""

from finance.services.vouchers.posting import post_vouchers
from finance.services.vouchers.preparing import discard_vouchers, prepare_vouchers, set_attachments
from finance.services.vouchers.reviewing import return_vouchers, review_vouchers
from finance.services.vouchers.settings import save_ledger_settings

__all__ = [
    "discard_vouchers",
    "post_vouchers",
    "prepare_vouchers",
    "return_vouchers",
    "review_vouchers",
    "save_ledger_settings",
    "set_attachments",
]
