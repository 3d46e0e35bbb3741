"""All checks of the close, in the order of the modules, and how they are run."""

from collections.abc import Iterable

from finance.models import FiscalPeriod
from finance.selectors.close import ledger, production, receivables, stock
from finance.selectors.close.base import Check, Finding
from finance.states import CLOSING_ORDER, PeriodModule

THEMES = (stock, production, receivables, ledger)


def all_checks(modules: Iterable[PeriodModule] = CLOSING_ORDER) -> list[Check]:
    """Return the checks of ``modules`` that apply to this company, in closing order."""
    known = [check for theme in THEMES for check in theme.CHECKS]
    return [check for module in modules for check in known if check.module == module and check.applies()]


def check_named(code: str) -> Check | None:
    """Return the check with this code, if there is one."""
    return next((check for theme in THEMES for check in theme.CHECKS if check.code == code), None)


def findings(period: FiscalPeriod, modules: Iterable[PeriodModule] = CLOSING_ORDER) -> list[Finding]:
    """Run the checks of ``modules`` on ``period``."""
    return [run(check, period) for check in all_checks(modules)]


def run(check: Check, period: FiscalPeriod) -> Finding:
    """Run one check on ``period``."""
    found = check.find(period)
    return Finding(check, found.count, found.rows)


def failed(period: FiscalPeriod, modules: Iterable[PeriodModule] = CLOSING_ORDER) -> list[Finding]:
    """Return what stands against closing ``modules`` of ``period``."""
    return [finding for finding in findings(period, modules) if not finding.passed]


def reasons_against_closing(period: FiscalPeriod, modules: Iterable[PeriodModule] = CLOSING_ORDER) -> list[str]:
    """Return what stands against closing as sentences: the check, how many rows, the first of them."""
    return [f"{finding.check.name}: {finding.count} ({_described(finding)})" for finding in failed(period, modules)]


def _described(finding: Finding) -> str:
    first = finding.rows[0]
    return f"{first.label} {first.detail}".strip()
