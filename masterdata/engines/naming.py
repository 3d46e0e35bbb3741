"""Search and comparison keys: pinyin, normalised names and phone numbers."""

import re
import unicodedata

import phonenumbers
from pypinyin import Style, lazy_pinyin

HANZI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
PUNCTUATION = re.compile(r"[\W_]+")
LEGAL_FORMS = re.compile(
    r"(有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|集团公司|公司)$"
    r"|\b(company|co|corporation|corp|incorporated|inc|limited|ltd|llc|plc|gmbh|ag|sa|sarl|bv|nv|oy|ab|kg|pte|pty)\b"
)


def has_hanzi(text: str) -> bool:
    """Return whether ``text`` contains a Chinese character."""
    return bool(HANZI.search(text))


def pinyin_of(*names: str) -> str:
    """Return what the names are found by when typed in latin letters: ``bujindianji bjdj`` for 步进电机.

    Full pinyin and initials, lower case, without tones and blanks; names without a Chinese character are left out,
    because they are found as they are.
    """
    keys: dict[str, None] = {}
    for name in names:
        if not has_hanzi(name):
            continue
        for style in (Style.NORMAL, Style.FIRST_LETTER):
            keys["".join(lazy_pinyin(name, style=style)).lower().replace(" ", "")] = None
    return " ".join(keys)[:600]


def name_key(name: str) -> str:
    """Return a name without width, case, punctuation and legal form: what two spellings of one company share."""
    plain = unicodedata.normalize("NFKC", name).lower()
    plain = re.sub(r"\.(?=\w\b)|(?<=\b\w)\.", "", plain)  # s.a.r.l. is sarl
    plain = PUNCTUATION.sub(" ", plain).strip()
    shorter = PUNCTUATION.sub("", LEGAL_FORMS.sub("", plain))
    return (shorter or PUNCTUATION.sub("", plain))[:200]


def phone_key(phone: str, country: str = "CN") -> str:
    """Return a phone number in E.164 (``+8613800138000``) when it is one of ``country``, else its digits."""
    if not phone.strip():
        return ""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", phone), country or None)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", phone)[:40]
    if phonenumbers.is_possible_number(number):
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return re.sub(r"\D", "", phone)[:40]
