"""Merged picks 合并领料: written for many orders, posted share by share, given up."""

from erp.services.merged_picks.creating import cancel_merged_pick, create_merged_pick
from erp.services.merged_picks.posting import finish_merged_pick, post_merged_pick
from erp.services.merged_picks.scanning import scan_merged_pick

__all__ = [
    "cancel_merged_pick",
    "create_merged_pick",
    "finish_merged_pick",
    "post_merged_pick",
    "scan_merged_pick",
]
