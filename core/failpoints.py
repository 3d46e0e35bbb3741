"""Named places where a test kills its process; nothing happens there unless CONCORD_FAILPOINT names one."""

import os
import signal

FAILPOINTS = (
    *("perform.before_service", "perform.after_service", "perform.before_commit", "perform.after_commit"),
    *("stock.balances_written", "stock.moves_written", "stock.value_written"),
    *("ledger.lines_written", "number.taken"),
)
"""Every place there is."""

deadly = os.environ.get("CONCORD_FAILPOINT", "")
"""Where this process dies."""


def failpoint(name: str) -> None:
    """Kill this process (SIGKILL: no clean-up of any kind) if it was started to die here."""
    if name == deadly:
        os.kill(os.getpid(), signal.SIGKILL)
