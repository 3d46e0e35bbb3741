"""Engineering changes: writing, releasing, cancelling."""

from erp.services.engineering_changes.releasing import release_engineering_change
from erp.services.engineering_changes.writing import (
    ChangeLineInput,
    cancel_engineering_change,
    create_engineering_change,
    update_engineering_change,
)

__all__ = [
    "ChangeLineInput",
    "cancel_engineering_change",
    "create_engineering_change",
    "release_engineering_change",
    "update_engineering_change",
]
