"""Value that changes after the goods moved: late entries, revaluation, backdating, month-end average."""

from erp.services.valuation.appending import append_value
from erp.services.valuation.inputs import AppendedValue, ValueInput
from erp.services.valuation.revaluing import Revaluation, revalue, undo_revaluation

__all__ = ["AppendedValue", "Revaluation", "ValueInput", "append_value", "revalue", "undo_revaluation"]
