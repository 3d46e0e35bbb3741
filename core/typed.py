"""What people, scanners and addresses say as text, read without tripping over nonsense."""

MOST_DIGITS = 18


def is_key(text: object) -> bool:
    """Return whether a text is a whole number that can be a key, a version or a count: 1 to 18 decimal digits.

    Superscripts are digits to Python and no numbers; more digits than a bigint holds are no key of anything.
    """
    return isinstance(text, str) and text.isdecimal() and len(text) <= MOST_DIGITS
