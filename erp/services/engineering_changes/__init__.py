"""Engineering changes: writing, releasing, cancelling."""

from erp.services.engineering_changes.disposing import (
    begin_when_used_up,
    carry_out_dispositions,
    record_follow_up,
)
from erp.services.engineering_changes.releasing import release_engineering_change
from erp.services.engineering_changes.writing import (
    ChangeLineInput,
    cancel_engineering_change,
    create_engineering_change,
    update_engineering_change,
)

__all__ = [
    "ChangeLineInput",
    "begin_when_used_up",
    "cancel_engineering_change",
    "carry_out_dispositions",
    "create_engineering_change",
    "record_follow_up",
    "release_engineering_change",
    "update_engineering_change",
]
