"""Tables of tax lines and electronic invoices."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, SelectColumn, StateColumn
from finance.models import Invoice, InvoiceLine, TaxInvoice
from finance.tables.columns import link_column


class TaxLineTable(DocumentTable):
    invoice = tables.Column(verbose_name=_("invoice"), linkify=lambda record: record.invoice.get_absolute_url())
    date = DateColumn(accessor="invoice__document_date", verbose_name=_("date"))
    partner = tables.Column(accessor="invoice__partner", verbose_name=_("partner"))
    tax_rate = QuantityColumn()
    base_net_amount = AmountColumn(verbose_name=_("net in base currency"))
    base_tax_amount = AmountColumn(verbose_name=_("tax in base currency"))

    class Meta(DocumentTable.Meta):
        model = InvoiceLine
        fields = (
            "invoice",
            "date",
            "partner",
            "item",
            "description",
            "tax",
            "tax_rate",
            "base_net_amount",
            "base_tax_amount",
        )
        row_attrs = {"data-href": lambda record: record.invoice.get_absolute_url()}


class TaxInvoiceTable(DocumentTable):
    select = SelectColumn()
    invoice = link_column(_("invoice"))
    date = DateColumn(accessor="invoice__document_date", verbose_name=_("date"))
    gross = AmountColumn(accessor="invoice__gross_amount", verbose_name=_("total"))
    issued_on = DateColumn()
    status = StateColumn()

    class Meta(DocumentTable.Meta):
        model = TaxInvoice
        fields = (
            "select",
            "invoice",
            "date",
            "kind",
            "buyer_name",
            "buyer_tax_number",
            "gross",
            "fapiao_number",
            "issued_on",
            "answer",
            "status",
        )


class IssuableTable(DocumentTable):
    select = SelectColumn()
    legal_number = link_column(_("invoice"))
    document_date = DateColumn()
    net_amount = AmountColumn()
    tax_amount = AmountColumn()
    gross_amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = Invoice
        fields = (
            "select",
            "legal_number",
            "document_date",
            "partner",
            "is_credit",
            "currency",
            "net_amount",
            "tax_amount",
            "gross_amount",
        )


class ExportTable(tables.Table):
    """The rows of the file for the tax platform."""

    number = tables.Column(verbose_name=_("invoice number"))
    kind = tables.Column(verbose_name=_("kind"))
    buyer_name = tables.Column(verbose_name=_("buyer"))
    buyer_tax_number = tables.Column(verbose_name=_("buyer's tax number"))
    buyer_address = tables.Column(verbose_name=_("buyer's address"))
    buyer_phone = tables.Column(verbose_name=_("buyer's phone"))
    buyer_bank = tables.Column(verbose_name=_("buyer's bank"))
    buyer_account = tables.Column(verbose_name=_("buyer's bank account"))
    seller_name = tables.Column(verbose_name=_("seller"))
    seller_tax_number = tables.Column(verbose_name=_("seller's tax number"))
    seller_address = tables.Column(verbose_name=_("seller's address"))
    seller_phone = tables.Column(verbose_name=_("seller's phone"))
    seller_bank = tables.Column(verbose_name=_("seller's bank"))
    seller_account = tables.Column(verbose_name=_("seller's bank account"))
    code = tables.Column(verbose_name=_("tax classification code"))
    name = tables.Column(verbose_name=_("goods or services"))
    specification = tables.Column(verbose_name=_("specification"))
    unit = tables.Column(verbose_name=_("unit"))
    quantity = QuantityColumn(verbose_name=_("quantity"))
    net_price = AmountColumn(verbose_name=_("price without tax"))
    net = AmountColumn(verbose_name=_("amount without tax"))
    rate = AmountColumn(verbose_name=_("tax rate in %"))
    tax = AmountColumn(verbose_name=_("tax amount"))
    red_confirmation = tables.Column(verbose_name=_("red-letter confirmation number"))
    blue_number = tables.Column(verbose_name=_("corrected electronic invoice"))
    red_reason = tables.Column(verbose_name=_("reason of the red letter"))
    note = tables.Column(verbose_name=_("note"))
