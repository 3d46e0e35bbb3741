"""SSCC: the worked example of the GS1 General Specifications, and what a scanner hands over."""

from erp.engines.gs1 import check_digit, is_sscc, scanned_sscc, sscc


def test_check_digit_of_the_specification():
    assert check_digit("37610425002123456") == 9
    assert is_sscc("376104250021234569")
    assert not is_sscc("376104250021234568")


def test_the_extension_digit_takes_what_the_serial_has_no_room_for():
    assert sscc("6901234", 17)[:17] == "06901234000000017"
    assert sscc("6901234567", 3_000_042)[:17] == "36901234567000042"
    assert all(is_sscc(sscc("6901234567", serial)) for serial in (1, 999_999, 9_999_999))


def test_scanned_texts():
    code = "376104250021234569"
    for text in (code, f"00{code}", f"]C100{code}", f"\x1d00{code}", f"(00) {code}"):
        assert scanned_sscc(text) == code
    assert scanned_sscc(" BOX-1 ") == "BOX-1"
