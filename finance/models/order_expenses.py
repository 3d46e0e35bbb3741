"""Costs of suppliers' invoices that were caused by one customer's order: freight, insurance, commission."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from finance.models.invoices import InvoiceLine


class OrderExpense(models.Model):
    """A part of a supplier's invoice line that a sales order bears, net in base currency.

    It says nothing new to the general ledger, where the cost stands already; it says whose cost it is. Without
    ``sales_order_line`` the order's lines share it by their net amounts.
    """

    invoice_line = models.ForeignKey(
        InvoiceLine, models.PROTECT, related_name="order_expenses", verbose_name=_("invoice line")
    )
    sales_order = models.ForeignKey("crm.SalesOrder", models.PROTECT, related_name="+", verbose_name=_("sales order"))
    sales_order_line = models.ForeignKey(
        "crm.SalesOrderLine", models.PROTECT, null=True, related_name="+", verbose_name=_("order line")
    )
    amount = AmountField(_("amount"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("assigned by")
    )
    created_at = models.DateTimeField(_("assigned at"))

    class Meta:
        verbose_name = _("order expense")
        verbose_name_plural = _("order expenses")
        ordering = ["id"]
        permissions = [
            ("assign_orderexpense", _("Can assign suppliers' costs to sales orders")),
            ("view_orderprofit", _("Can see the profit of sales orders")),
        ]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="finance_orderexpense_amount")]
        indexes = [models.Index(fields=["sales_order"], name="finance_orderexpense_order")]

    def __str__(self) -> str:
        return f"{self.sales_order_id} {self.amount}"
