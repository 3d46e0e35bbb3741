"""Stock documents: miscellaneous receipts and issues, transfers, counts, opening stock."""

from erp.services.stock_documents.drafting import (
    cancel_stock_document,
    create_count,
    create_stock_document,
    enter_counts,
    update_stock_document,
)
from erp.services.stock_documents.moving import move_goods
from erp.services.stock_documents.posting import post_stock_document, record_opening_stock, reverse_stock_document
from erp.services.stock_documents.transit import receive_transfer, send_transfer

__all__ = [
    "cancel_stock_document",
    "create_count",
    "create_stock_document",
    "enter_counts",
    "move_goods",
    "post_stock_document",
    "receive_transfer",
    "record_opening_stock",
    "reverse_stock_document",
    "send_transfer",
    "update_stock_document",
]
