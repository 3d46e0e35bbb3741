"""Several clerks carry goods out of one bin, and one serial number to several places, at the same moment."""

from decimal import Decimal

from erp.models import Lot, StockBalance
from finance.selectors.invariants import STOCK, violations
from tests.factories import erp, masterdata
from tests.races.claimant import claim
from tests.races.runners import run_tasks, together

PROCESSES = 4
PIECES = 6
TRIES = 12


def race(*, locks_off: bool) -> list[str]:
    """Each process carries one piece a try to a rack of its own; all of them also want the one serial number."""
    bolt, motor = masterdata.item("BOLT"), masterdata.item("MOTOR", tracking="serial")
    erp.opening(bolt, str(PIECES), "2")
    erp.opening(motor, "1", "500", lot_code="SN-1")
    racks = [masterdata.location(erp.place(), f"RACK{number}") for number in range(PROCESSES)]
    shares = []
    for rack in racks:
        line = {"item_id": bolt.pk, "quantity": Decimal(1), "to_location_id": rack.pk}
        drafts = [erp.draft("transfer", line).pk for _ in range(TRIES // PROCESSES)]
        serial = {"item_id": motor.pk, "quantity": Decimal(1), "lot_code": "SN-1", "to_location_id": rack.pk}
        drafts.append(erp.draft("transfer", serial).pk)
        shares.append([("post", {"document_id": pk}) for pk in drafts])
    tasks = [{"locks_off": locks_off, "work": share} for share in shares]
    return together(run_tasks(claim, tasks))


def test_a_bin_is_emptied_once_and_a_serial_number_is_in_one_place(committed):
    erp.place()
    outcomes = race(locks_off=False)
    assert set(outcomes) <= {"done", "short_stock", "serial_not_single"}
    assert outcomes.count("done") == PIECES + 1
    serial = StockBalance.objects.filter(lot=Lot.objects.get(code="SN-1"), on_hand__gt=0)
    assert serial.count() == 1
    assert not violations(STOCK)


def test_without_locks_the_same_carrying_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    erp.place()
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or violations(STOCK)
