"""Which tax a line gets."""

from masterdata.models import Item, Partner, Tax


def default_tax() -> Tax | None:
    """Return the tax marked as default."""
    return Tax.objects.filter(is_default=True, is_active=True).first()


def tax_for(item: Item | None, partner: Partner | None) -> Tax | None:
    """Return the tax of a line: the partner's own, else the item's, else the default."""
    for owner in (partner, item):
        if owner is not None and owner.tax_id is not None:
            return owner.tax
    return default_tax()
