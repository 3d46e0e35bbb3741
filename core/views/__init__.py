"""Pages of the kernel and the base classes of everybody's pages."""

from core.views.base import SIGNED_IN, DocumentPage, FormPage, ListPage, OperationView, Page, Verb

__all__ = ["SIGNED_IN", "DocumentPage", "FormPage", "ListPage", "OperationView", "Page", "Verb"]
