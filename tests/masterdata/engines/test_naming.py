import pytest

from masterdata.engines.naming import name_key, phone_key, pinyin_of


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("步进电机",), "bujindianji bjdj"),
        (("42 步进电机",), "42bujindianji 42bjdj"),
        (("重庆银行",), "chongqingyinhang cqyh"),
        (("Bearing", "轴承"), "zhoucheng zc"),
        (("Bearing", ""), ""),
    ],
)
def test_pinyin_of(names, key):
    assert pinyin_of(*names) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海精工机械有限公司", "上海精工机械 股份有限公司"),
        ("Contoso Ltd.", "CONTOSO, Limited"),
        ("Müller GmbH & Co. KG", "Müller"),
        ("A. Datum Corp.", "A Datum Corporation"),
        ("Foo S.A.R.L.", "foo sarl"),
        ("ＡＢＣ机械", "ABC机械有限公司"),
    ],
)
def test_name_key_of_two_spellings_is_the_same(one, other):
    assert name_key(one) == name_key(other)


def test_name_key_keeps_different_names_apart():
    assert name_key("上海精工机械有限公司") != name_key("上海精工机床有限公司")
    assert name_key("Co") == "co"


@pytest.mark.parametrize(
    ("phone", "country", "key"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+86-138-0013-8000", "US", "+8613800138000"),
        ("(021) 5888 1234", "CN", "+862158881234"),
        ("12", "CN", "12"),
        ("", "CN", ""),
        ("none", "CN", ""),
    ],
)
def test_phone_key(phone, country, key):
    assert phone_key(phone, country) == key
