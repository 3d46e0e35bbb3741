"""Goods receipts: counted, posted, reversed."""

from scm.services.goods_receipts.counting import count_goods, uncount_goods
from scm.services.goods_receipts.drafting import cancel_goods_receipt, create_goods_receipt, update_goods_receipt
from scm.services.goods_receipts.posting import post_goods_receipt, receive_goods, reverse_goods_receipt
from scm.services.goods_receipts.taking_over import take_over_receipt

__all__ = [
    "cancel_goods_receipt",
    "count_goods",
    "create_goods_receipt",
    "post_goods_receipt",
    "receive_goods",
    "reverse_goods_receipt",
    "take_over_receipt",
    "uncount_goods",
    "update_goods_receipt",
]
