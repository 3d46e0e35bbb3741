"""Wiring of the app: what it contributes, which announcements it hears, which questions it answers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "finance"
    verbose_name = _("Finance")

    def ready(self) -> None:
        from core.numbering import register_rule
        from finance import contributions, permissions

        register_rule("finance.invoice", "INV")
        register_rule("finance.payment", "PAY")
        register_rule("finance.manualentry", "ME")
        register_rule("finance.writeoff", "WOF")
        register_rule("finance.bill", "BIL")
        register_rule("finance.bankstatement", "BST")
        register_rule("finance.dunningletter", "DUN")
        register_rule("finance.revaluation", "REV")
        register_rule("finance.provisionrun", "BDP")
        permissions.register()
        contributions.register()
        self._answer_ports()
        self._hear_stock_and_production()
        self._hear_sales_and_purchases()

    def _answer_ports(self) -> None:
        import crm.ports
        import erp.ports
        import scm.ports
        from finance import providers

        crm.ports.credit_exposure.provide(providers.credit_exposure)
        crm.ports.received_for_order.provide(providers.received_for_order)
        erp.ports.posting_date.provide(providers.posting_date)
        erp.ports.stock_in_books.provide(providers.stock_in_books)
        scm.ports.budget_check.provide(providers.budget_check)
        scm.ports.value_given_back.provide(providers.value_given_back)
        scm.ports.given_up_by.provide(providers.given_up_by)
        erp.ports.adjustment_date.provide(providers.adjustment_date)

    def _hear_stock_and_production(self) -> None:
        from erp import signals as erp
        from finance import receivers as on

        erp.stock_posted.connect(on.book_stock_on_stock_posted, dispatch_uid="finance.book_stock")
        erp.stock_value_adjusted.connect(on.book_value_on_stock_value_adjusted, dispatch_uid="finance.book_value")
        erp.labour_reported.connect(on.book_labour_on_labour_reported, dispatch_uid="finance.book_labour")
        erp.overhead_absorbed.connect(on.book_absorbed_on_overhead_absorbed, dispatch_uid="finance.book_absorbed")
        erp.work_order_closed.connect(on.book_variance_on_work_order_closed, dispatch_uid="finance.book_variance")

    def _hear_sales_and_purchases(self) -> None:
        from erp import signals as erp
        from finance import receivers as on
        from scm import signals as scm

        erp.shipment_shipped.connect(on.record_delivery_on_shipment_shipped, dispatch_uid="finance.record_delivery")
        erp.shipment_signed.connect(on.recognise_revenue_on_shipment_signed, dispatch_uid="finance.recognise_revenue")
        erp.shipment_reversed.connect(
            on.take_back_delivery_on_shipment_reversed, dispatch_uid="finance.take_back_delivery"
        )
        erp.return_received.connect(on.take_back_revenue_on_return_received, dispatch_uid="finance.take_back_revenue")
        scm.requisition_followed.connect(
            on.follow_commitments_on_requisition_followed, dispatch_uid="finance.follow_requisition"
        )
        scm.purchase_order_followed.connect(
            on.follow_commitments_on_purchase_order_followed, dispatch_uid="finance.follow_purchase_order"
        )
        scm.goods_receipt_posted.connect(on.accrue_on_goods_receipt_posted, dispatch_uid="finance.accrue")
        scm.goods_receipt_reversed.connect(
            on.drop_accrual_on_goods_receipt_reversed, dispatch_uid="finance.drop_accrual"
        )
        scm.landed_cost_posted.connect(on.accrue_on_landed_cost_posted, dispatch_uid="finance.accrue_charges")
        scm.landed_cost_reversed.connect(
            on.drop_accrual_on_landed_cost_reversed, dispatch_uid="finance.drop_accrued_charges"
        )
        scm.supplier_return_posted.connect(
            on.reduce_accrual_on_supplier_return_posted, dispatch_uid="finance.reduce_accrual"
        )
        scm.supplier_return_reversed.connect(
            on.restore_accrual_on_supplier_return_reversed, dispatch_uid="finance.restore_accrual"
        )
