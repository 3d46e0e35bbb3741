"""Serial shipping container codes (SSCC). Source: GS1 General Specifications, 3.3.1 and 7.9.1."""

LENGTH = 18
APPLICATION = "00"  # what stands before an SSCC in a GS1 barcode


def check_digit(digits: str) -> int:
    """Return the digit that makes the weighted sum a multiple of ten: weights 3 and 1, the last digit has 3."""
    total = sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(reversed(digits)))
    return (10 - total % 10) % 10


def sscc(prefix: str, serial: int) -> str:
    """Return the code of the ``serial``-th unit of a company: extension digit, prefix, serial reference, check digit.

    The extension digit takes what the serial reference has no room for.
    """
    room = LENGTH - 2 - len(prefix)
    extension, rest = divmod(serial, 10**room)
    body = f"{extension % 10}{prefix}{rest:0{room}}"
    return f"{body}{check_digit(body)}"


def is_sscc(digits: str) -> bool:
    """Return whether the text is an SSCC with a right check digit."""
    return len(digits) == LENGTH and digits.isdecimal() and check_digit(digits[:-1]) == int(digits[-1])


def scanned_sscc(code: str) -> str:
    """Return the SSCC in a scanned text, as the scanner hands over a GS1 barcode or as it is typed; else the text."""
    digits = code.strip().removeprefix("]C1").lstrip("\x1d").replace("(", "").replace(")", "").replace(" ", "")
    bare = digits.removeprefix(APPLICATION) if len(digits) == LENGTH + len(APPLICATION) else digits
    return bare if is_sscc(bare) else code.strip()
