"""The planner compiled to machine code: the rules of the plain one over arrays, for the planner process.

Never imported by a web process: loading the compiled code takes a second, and the compiler itself is large.
"""

from erp.engines.mrp.compiled.again import KeptPlanner
from erp.engines.mrp.compiled.planning import Netted, Prepared, judge, make_ready, net, plan

__all__ = ["KeptPlanner", "Netted", "Prepared", "judge", "make_ready", "net", "plan"]
