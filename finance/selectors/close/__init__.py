"""What stands against closing a period: the checks of each module, one module of code per theme.

A new check is a ``Check`` in the CHECKS of a module here (or a new module named in ``registry``).
"""

from finance.selectors.close.base import Check, Finding, Offence
from finance.selectors.close.registry import all_checks, check_named, failed, findings, reasons_against_closing

__all__ = ["Check", "Finding", "Offence", "all_checks", "check_named", "failed", "findings", "reasons_against_closing"]
