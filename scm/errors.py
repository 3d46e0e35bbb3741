"""What purchasing refuses to do, and how it says so."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class EmptyDocument(DomainError):
    code = "empty_document"
    sentence = _("%(document)s has no lines.")


class UnknownDepartment(DomainError):
    code = "unknown_department"
    sentence = _(
        "%(user)s is not entered as an employee of a department. Choose the department or ask the administrator."
    )
    status = 422


class ForeignRequisition(DomainError):
    code = "foreign_requisition"
    sentence = _("Only %(requester)s or a buyer may change %(document)s.")


class OwnRequisition(DomainError):
    code = "own_requisition"
    sentence = _("Nobody approves his own requisition. Ask a colleague to approve %(document)s.")


class NotDraft(DomainError):
    code = "not_draft"
    sentence = _("%(document)s is %(state)s; only a draft can be edited.")


class AlreadyOrdered(DomainError):
    code = "already_ordered"
    sentence = _("%(document)s is ordered in part. Cancel %(orders)s first, or close the requisition.")


class NotToOrder(DomainError):
    code = "not_to_order"
    sentence = _("Line %(line)s is not waiting to be ordered: it is ordered, closed or not approved.")


class UnknownSupplier(DomainError):
    code = "unknown_supplier"
    sentence = _("No supplier is known for %(what)s. Enter one at the item or choose one here.")


class NotSupplier(DomainError):
    code = "not_supplier"
    sentence = _("%(partner)s is not entered as a supplier.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    sentence = _("Say why: the reason is kept with %(document)s.")
    status = 422


class NothingChanged(DomainError):
    code = "nothing_changed"
    sentence = _("Nothing is different from %(document)s as it stands.")
    status = 422


class BelowReceived(DomainError):
    code = "below_received"
    sentence = _("Line %(line)s cannot go below %(received)s, which is received or invoiced already.")


class NotOnDocument(DomainError):
    code = "not_on_document"
    sentence = _("Line %(line)s does not belong to %(document)s.")
    status = 422


class ReceivedAlready(DomainError):
    code = "received_already"
    sentence = _("Goods of %(document)s are received or invoiced. Close it short instead of cancelling it.")


class OpenReceipts(DomainError):
    code = "open_receipts"
    sentence = _("Goods receipt %(receipts)s of %(document)s is not posted yet. Post or cancel it first.")


class OverReceipt(DomainError):
    code = "over_receipt"
    sentence = _("Line %(line)s, %(what)s: %(quantity)s is more than the %(allowed)s that may still be received.")


class NotReceivable(DomainError):
    code = "not_receivable"
    sentence = _("%(document)s is %(state)s; goods are received on approved orders only.")


class LotMissing(DomainError):
    code = "lot_missing"
    sentence = _("%(item)s is kept by lot or serial number: enter it on line %(line)s.")
    status = 422


class SerialQuantity(DomainError):
    code = "serial_quantity"
    sentence = _("%(item)s is kept by serial number: line %(line)s takes one piece with one number.")
    status = 422


class DateInFuture(DomainError):
    code = "date_in_future"
    sentence = _("%(date)s is in the future. Goods are booked on the day they move.")
    status = 422


class WrongLocation(DomainError):
    code = "wrong_location"
    sentence = _("Location %(location)s does not belong to warehouse %(warehouse)s.")
    status = 422


class NoDefaultLocation(DomainError):
    code = "no_default_location"
    sentence = _("Warehouse %(warehouse)s has no storage location to receive into.")


class ReturnedAlready(DomainError):
    code = "returned_already"
    sentence = _("Goods of %(document)s were sent back. Reverse %(returns)s first.")


class ReceiptGivenUp(DomainError):
    code = "receipt_given_up"
    sentence = _("%(document)s was written off as never invoiced. Undo %(write_off)s first.")


class InvoicedAlready(DomainError):
    code = "invoiced_already"
    sentence = _("Line %(line)s is invoiced by the supplier. Send the goods back by a supplier return instead.")


class ReceiptTakenOver(DomainError):
    code = "receipt_taken_over"
    sentence = _("%(partner)s has the receipt %(reference)s already.")


class OverReturn(DomainError):
    code = "over_return"
    sentence = _("Line %(line)s: %(quantity)s is more than the %(returnable)s that can go back.")


class NotReturnable(DomainError):
    code = "not_returnable"
    sentence = _("%(document)s is %(state)s; only goods of a posted receipt can go back.")


class ReworkNeedsAnOrder(DomainError):
    """Goods of a subcontractor would come back made of nothing."""

    code = "rework_needs_an_order"
    sentence = _(
        "%(document)s brought goods made of our material: the supplier cannot simply deliver them again. Choose credit "
        "(fee credited, material lost), or send them as material of a new subcontract order for rework."
    )


class AmbiguousScan(DomainError):
    code = "ambiguous_scan"
    sentence = _("%(code)s is on several open orders: %(orders)s. Scan or choose the order first.")


class UnknownScan(DomainError):
    code = "unknown_scan"
    sentence = _("%(code)s is no open purchase order and no item on one.")
    status = 422


class TakenOverAlready(DomainError):
    code = "taken_over_already"
    sentence = _("Number %(number)s exists already.")


class UnknownWarehouse(DomainError):
    code = "unknown_warehouse"
    sentence = _("There is no warehouse to deliver to. Enter one first.")


class PriceMissing(DomainError):
    code = "price_missing"
    sentence = _("Line %(line)s, %(what)s, has no price. Enter it, or a discount of 100 for goods free of charge.")


class NoPendingChange(DomainError):
    code = "no_pending_change"
    sentence = _("No change is proposed for %(document)s.")


class ChangeProposedAlready(DomainError):
    code = "change_proposed_already"
    sentence = _("This change of %(document)s is proposed already and waits for its approval.")


class LineClosed(DomainError):
    code = "line_closed"
    sentence = _("Line %(line)s is closed.")


class ReceiptsExist(DomainError):
    code = "receipts_exist"
    sentence = _("Receipts are written for %(document)s, so it stays as it is. Change it, or order the addition apart.")


class FrozenPrice(DomainError):
    code = "frozen_price"
    sentence = _("Line %(line)s is invoiced already; its price cannot change.")


class NotApproved(DomainError):
    code = "not_approved"
    sentence = _("%(document)s is %(state)s; only an approved order has this.")


class NothingReceived(DomainError):
    code = "nothing_received"
    sentence = _("Choose the posted goods receipts whose goods bear the charges.")
    status = 422


class NothingToSpreadBy(DomainError):
    code = "nothing_to_spread_by"
    sentence = _(
        "Charge %(line)s cannot be spread %(basis)s: the goods have none. "
        "Enter it at the items or choose another basis."
    )


class GoodsSentBack(DomainError):
    code = "goods_sent_back"
    sentence = _("All goods of these receipts were sent back: there is nothing left that could bear the charges.")


class ChargeInvoiced(DomainError):
    code = "charge_invoiced"
    sentence = _("%(document)s, charge %(line)s is on the carrier's invoice: enter his credit note for it first.")


class SubcontractFee(DomainError):
    code = "subcontract_fee"
    sentence = _("%(document)s is the fee of %(subcontract)s. Change the subcontract order.")


class FeeMissing(DomainError):
    code = "fee_missing"
    sentence = _("No price of %(partner)s for %(item)s is known. Enter the fee.")
    status = 422


class NoMaterial(DomainError):
    code = "no_material"
    sentence = _("%(item)s has no bill of material valid on this day. Release one, or enter the material.")


class NotReleased(DomainError):
    code = "not_released"
    sentence = _("%(document)s is %(state)s; material moves and goods come in only on a released order.")


class NothingEntered(DomainError):
    code = "nothing_entered"
    sentence = _("Nothing to post: enter the quantity of at least one material.")
    status = 422


class ReturnsMoreThanSent(DomainError):
    code = "returns_more_than_sent"
    sentence = _("More of %(item)s would come back than was sent for this order (%(sent)s).")


class MaterialAtSupplier(DomainError):
    code = "material_at_supplier"
    sentence = _("The supplier still holds material of %(document)s: %(items)s. Take it back first.")


class CostFollowed(DomainError):
    code = "cost_followed"
    sentence = _(
        "Material of %(document)s has become dearer since, and its goods with it. "
        "Return the goods to the supplier instead."
    )


class ChargeIsSettled(DomainError):
    code = "charge_is_settled"
    sentence = _("This charge of %(document)s is set off or taken back already.")


class ChargeSetOff(DomainError):
    """The material of a receipt was charged to the supplier, and he has paid for it."""

    code = "charge_set_off"
    sentence = _(
        "%(document)s cannot be taken back: material it used was charged to the supplier and is set off with "
        "%(settled_by)s. Correct the order by a supplier return or a stock document instead."
    )


class NoSupplierStep(DomainError):
    code = "no_supplier_step"
    sentence = _("%(document)s has no operation %(step)s that a supplier does.")
