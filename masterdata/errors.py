"""Refusals of master data."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class UnitNotConvertible(DomainError):
    code = "unit_not_convertible"
    sentence = _("%(item)s has no conversion from %(unit)s to its stock unit. Add it on the item's page.")


class QuantityTooFine(DomainError):
    code = "quantity_too_fine"
    sentence = _("%(quantity)s %(unit)s is finer than the unit allows (%(decimals)s decimals).")
    status = 422


class NoExchangeRate(DomainError):
    code = "no_exchange_rate"
    sentence = _("There is no exchange rate of %(currency)s on %(date)s or before. Enter one.")


class ClosedForEntry(DomainError):
    code = "closed_for_entry"
    sentence = _("%(record)s is closed and cannot be used on new documents.")


class MergedAway(DomainError):
    code = "merged_away"
    sentence = _("%(record)s was merged into %(survivor)s; use that one.")


class MergeIntoItself(DomainError):
    code = "merge_into_itself"
    sentence = _("Choose another partner as the one that is kept.")
    status = 422


class DifferentTaxNumbers(DomainError):
    code = "different_tax_numbers"
    sentence = _("%(record)s and %(kept)s have different tax numbers: two taxpayers are not merged into one.")


class NotMerged(DomainError):
    code = "not_merged"
    sentence = _("%(record)s was not merged into another one.")


class DuplicateTaxNumber(DomainError):
    code = "duplicate_tax_number"
    sentence = _("%(partner)s already has the tax number %(tax_number)s.")


class PossibleDuplicate(DomainError):
    code = "possible_duplicate"
    sentence = _("This looks like %(partners)s (%(reasons)s). Save again with the confirmation if it is another one.")


class InvalidTaxNumber(DomainError):
    code = "invalid_tax_number"
    sentence = _("%(tax_number)s is not a valid tax number: its length, characters or check digit are wrong.")
    status = 422


class PartnerIncomplete(DomainError):
    code = "partner_incomplete"
    sentence = _("%(partner)s lacks %(missing)s for this step. Complete it on the partner's page.")


class SharesNotWhole(DomainError):
    code = "shares_not_whole"
    sentence = _("The shares of the instalments add up to %(total)s %%, not to 100 %%.")
    status = 422


class CircularParent(DomainError):
    code = "circular_parent"
    sentence = _("%(record)s cannot lie below itself.")
    status = 422


class StillUsed(DomainError):
    code = "still_used"
    sentence = _("%(record)s is still used and cannot be removed. Close it instead.")


class StockUnitFixed(DomainError):
    code = "stock_unit_fixed"
    sentence = _("%(item)s has stock movements: its stock unit and tracking stay as they are.")


class ValuationMethodFixed(DomainError):
    code = "valuation_method_fixed"
    sentence = _(
        "%(item)s has stock, or issues of this month that are still to be valued: its valuation method stays as it is. "
        "Change it when the stock is used up and the month-end average has been run."
    )


class NoSuchPlace(DomainError):
    code = "no_such_place"
    sentence = _("The virtual location %(kind)s is missing. Run the basic set-up again.")


class NoWorkCalendar(DomainError):
    code = "no_work_calendar"
    sentence = _("The company has no work calendar. Mark one as the calendar of the company.")


class StockUnitAgain(DomainError):
    code = "stock_unit_again"
    sentence = _("%(unit)s is the stock unit itself; list only the other units.")
    status = 422


class NotASupplier(DomainError):
    code = "not_a_supplier"
    sentence = _("%(partner)s is not marked as a supplier.")
    status = 422


class BaseCurrencyFixed(DomainError):
    code = "base_currency_fixed"
    sentence = _("%(currency)s is the base currency: it has no rate and stays open.")
    status = 422


class EmptyCategoryPrice(DomainError):
    code = "empty_category_price"
    sentence = _("The line of category %(category)s needs a price or a discount.")
    status = 422


class UnknownRow(DomainError):
    code = "unknown_row"
    sentence = _("A row of the list was removed meanwhile. Reload the page and repeat your change.")


class UnknownHolidays(DomainError):
    code = "unknown_holidays"
    sentence = _("The public holidays of %(country)s are not known. Enter the days yourself.")
    status = 422


class UnknownCode(DomainError):
    code = "unknown_code"
    sentence = _("%(kind)s %(value)s does not exist.")
    status = 422


class UnknownChoice(DomainError):
    code = "unknown_choice"
    sentence = _("%(column)s: “%(value)s” is not one of %(choices)s.")
    status = 422


class ZoneElsewhere(DomainError):
    code = "zone_elsewhere"
    sentence = _("Zone %(zone)s is in another warehouse.")
    status = 422


class PlaceHoldsStock(DomainError):
    """Kind, warehouse and status of a place that holds goods decide what these are."""

    code = "place_holds_stock"
    sentence = _(
        "Goods lie in %(place)s: its kind and warehouse stay as they are, and it is blocked or released on its "
        "stock page."
    )
