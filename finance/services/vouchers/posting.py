"""Posting vouchers (记账): numbered without gaps per series and month, sealed in the chain of their series."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from core.documents import require_edge, transition
from core.locks import lock_many
from core.numbering import next_legal_numbers
from core.operations import operation
from finance.engines.seals import VERSION, seal
from finance.models import Voucher, VoucherSeal
from finance.selectors.vouchers import texts_of
from finance.services.vouchers.people import refuse_same_person
from finance.states import VoucherState

NUMBERS = "finance.voucher"
CHAIN = "finance.voucher.chain"


@operation(permission="finance.post_voucher", document=(Voucher, "voucher_ids"))
def post_vouchers(*, voucher_ids: Sequence[int], actor: Any, at: dt.datetime, reason: str = "") -> list[int]:
    """Post reviewed vouchers in order of their dates; not by who prepared or reviewed them.

    Numbers and places in the chain are taken last, from locked rows: whoever fails gives them back.

    Raises:
        NotFound: one does not exist.
        SamePerson, ReasonMissing: the actor prepared or reviewed one (see `refuse_same_person`).
        InvalidTransition: one is not reviewed.
    """
    vouchers = lock_many(Voucher, voucher_ids)
    refuse_same_person(vouchers.values(), actor, reason, roles=("prepared_by", "reviewed_by"))
    in_order = sorted(vouchers.values(), key=lambda one: (one.series, one.period_id, one.voucher_date, one.pk))
    for one in in_order:
        require_edge(one, VoucherState.POSTED)
        one.posted_by, one.posted_at = (actor if getattr(actor, "pk", None) else None), at
    _number(in_order)
    Voucher.objects.bulk_update(in_order, ["number", "posted_by", "posted_at"], batch_size=500)
    for one in in_order:
        transition(one, VoucherState.POSTED, actor=actor, at=at, reason=reason)
    _seal(in_order)
    return [one.pk for one in in_order]


def _number(vouchers: Iterable[Voucher]) -> None:
    for (series, _period), found in groupby(vouchers, key=lambda one: (one.series, one.period_id)):
        same = list(found)
        month = f"{same[0].period.year}{same[0].period.month:02d}"
        first = next_legal_numbers(f"{NUMBERS}.{series}", month, len(same))
        for number, voucher in enumerate(same, first):
            voucher.number = number


def _seal(vouchers: Sequence[Voucher]) -> None:
    """Append each voucher to the chain of its series; the row that counts the places is held until the end."""
    texts = texts_of([one.pk for one in vouchers])
    seals = []
    for series, found in groupby(vouchers, key=lambda one: one.series):
        same = list(found)
        first = next_legal_numbers(CHAIN, series, len(same))
        previous = _last_hash(series, first)
        for position, voucher in enumerate(same, first):
            sealed = seal(previous, texts[voucher.pk])
            seals.append(
                VoucherSeal(
                    voucher=voucher,
                    series=series,
                    position=position,
                    hash_version=VERSION,
                    previous_hash=previous,
                    hash=sealed,
                )
            )
            previous = sealed
    VoucherSeal.objects.bulk_create(seals, batch_size=500)


def _last_hash(series: str, before: int) -> str:
    last = VoucherSeal.objects.filter(series=series, position=before - 1).values_list("hash", flat=True).first()
    return last or ""
