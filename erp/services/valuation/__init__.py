"""Value that changes after the goods moved: late entries, revaluation, backdating, month-end average."""

from erp.services.valuation.appending import append_value
from erp.services.valuation.inputs import AppendedValue, ValueInput

__all__ = ["AppendedValue", "ValueInput", "append_value"]
