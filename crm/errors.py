"""What the sales documents refuse."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotEditable(DomainError):
    code = "not_editable"
    sentence = _("%(document)s is %(state)s; only a draft can be edited.")


class EmptyDocument(DomainError):
    code = "empty_document"
    sentence = _("%(document)s has no lines.")


class NotACustomer(DomainError):
    code = "not_a_customer"
    sentence = _("%(partner)s is not a customer.")


class MissingDeliveryAddress(DomainError):
    code = "missing_delivery_address"
    sentence = _("%(document)s names no delivery address.")


class ForeignAddress(DomainError):
    code = "foreign_address"
    sentence = _("The delivery address does not belong to %(partner)s.")
    status = 422


class ItemNotSold(DomainError):
    code = "item_not_sold"
    sentence = _("%(item)s is not for sale.")


class PriceMissing(DomainError):
    code = "price_missing"
    sentence = _("There is no price for %(item)s; enter one.")
    status = 422


class ForeignLine(DomainError):
    code = "foreign_line"
    sentence = _("Line %(line)s does not belong to %(document)s.")
    status = 422


class CreditLimitExceeded(DomainError):
    code = "credit_limit_exceeded"
    sentence = _(
        "%(partner)s would owe %(exposure)s %(currency)s; the credit limit is %(limit)s %(currency)s, "
        "%(over)s %(currency)s more than allowed. Book his payment, raise his limit, or have it approved on the order: "
        "Settings › Approval policies says who may."
    )


class QuotationExpired(DomainError):
    code = "quotation_expired"
    sentence = _("%(quotation)s was valid until %(valid_until)s. Revise it first.")


class BelowDelivered(DomainError):
    code = "below_delivered"
    sentence = _("Line %(line)s of %(order)s: %(done)s are delivered or invoiced already; %(quantity)s is less.")


class FrozenPrice(DomainError):
    code = "frozen_price"
    sentence = _(
        "Line %(line)s of %(order)s is delivered or invoiced in part; its price stays. "
        "Drop the rest and add a new line."
    )


class FixedItem(DomainError):
    code = "fixed_item"
    sentence = _("Line %(line)s of %(order)s: the item of an ordered line stays. Drop the line and add a new one.")


class LineClosed(DomainError):
    code = "line_closed"
    sentence = _("Line %(line)s of %(order)s is closed.")


class LineRequested(DomainError):
    code = "line_requested"
    sentence = _(
        "Line %(line)s of %(order)s: %(requested)s are released for delivery. Cancel the delivery request first."
    )


class NothingChanged(DomainError):
    code = "nothing_changed"
    sentence = _("Nothing differs from the present %(order)s.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    sentence = _("Say why.")
    status = 422


class AlreadyDelivered(DomainError):
    code = "already_delivered"
    sentence = _("%(order)s is partly delivered, released for delivery or invoiced; close it instead.")


class OpenDelivery(DomainError):
    code = "open_delivery"
    sentence = _("%(order)s has deliveries under way (%(requests)s); finish or cancel them first.")


class OrderNotConfirmed(DomainError):
    code = "order_not_confirmed"
    sentence = _("%(order)s is %(state)s; only a confirmed order can be delivered.")


class MoreThanOpen(DomainError):
    code = "more_than_open"
    sentence = _("Line %(line)s of %(order)s: %(quantity)s asked for, %(open)s open.")


class PrepaymentMissing(DomainError):
    code = "prepayment_missing"
    sentence = _("%(order)s is shipped after payment: %(required)s %(currency)s due, %(received)s received.")


class AlreadyShipped(DomainError):
    code = "already_shipped"
    sentence = _("Part of %(request)s is shipped; close it instead.")


class MoreThanDelivered(DomainError):
    code = "more_than_delivered"
    sentence = _("Line %(line)s of %(order)s: %(quantity)s to return, %(returnable)s can be returned.")


class AlreadyReceived(DomainError):
    code = "already_received"
    sentence = _("Part of %(request)s has come back already.")


class NoStage(DomainError):
    code = "no_stage"
    sentence = _("There is no active sales stage. Set one up first.")


class NoWarehouse(DomainError):
    code = "no_warehouse"
    sentence = _("There is no active warehouse. Set one up first.")


class HistoryNumberTaken(DomainError):
    code = "history_number_taken"
    sentence = _("These order numbers exist already: %(numbers)s.")


class ProgressOutOfRange(DomainError):
    code = "progress_out_of_range"
    sentence = _("Line %(line)s of %(order)s: %(what)s would become %(quantity)s, which cannot be.")


class NoPendingChange(DomainError):
    code = "no_pending_change"
    sentence = _("No change of %(order)s is waiting.")


class SplitDoesNotAddUp(DomainError):
    code = "split_does_not_add_up"
    sentence = _("Line %(line)s is for %(quantity)s: name two parts at least that make up all of it.")
    status = 422
