"""Places that come into being with what needs them."""

from masterdata.models import Location, Partner


def supplier_place(partner: Partner) -> Location:
    """Return the place of our material at a subcontractor; the first one asked for is made."""
    place, _made = Location.objects.get_or_create(
        partner=partner,
        defaults={
            "kind": Location.Kind.AT_SUPPLIER,
            "code": f"AT-{partner.code}"[:40],
            "name": partner.name[:120],
            "name_zh": partner.name_zh[:120],
        },
    )
    return place
