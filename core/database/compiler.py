"""Queries into SQL: the same SQL as Django's compiler writes, save that an order names its column and not its place.

Two fifths of an operation's time in Python went into this, most of it into columns, one by one.
"""

from typing import Any

from django.db.backends.postgresql import compiler
from django.db.models.expressions import Col

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]

SQLAggregateCompiler = compiler.SQLAggregateCompiler
SQLDeleteCompiler = compiler.SQLDeleteCompiler
SQLInsertCompiler = compiler.SQLInsertCompiler
SQLUpdateCompiler = compiler.SQLUpdateCompiler


class SQLCompiler(compiler.SQLCompiler):
    """The compiler of SELECT."""

    def compile(self, node: Any) -> Any:
        """Four of five nodes are columns of a table: two names and nothing else."""
        if type(node) is Col and node.alias:
            target: Any = node.target
            column = self.quote_name_unless_alias(target.column)
            return f"{self.quote_name_unless_alias(node.alias)}.{column}", []
        return super().compile(node)

    def quote_name_unless_alias(self, name: str) -> str:
        known = self.quote_cache.get(name)
        return super().quote_name_unless_alias(name) if known is None else known

    def _order_by_pairs(self) -> Any:
        """Where columns alone are selected, an order need not be looked for among them by comparing each."""
        pairs: Any = super()._order_by_pairs
        query = self.query
        if query.annotations or query.combinator or query.distinct or query.extra:
            return pairs()
        selected, self.select = self.select, []
        try:
            return list(pairs())
        finally:
            self.select = selected
