"""Ready data of a new company: units, currencies, taxes, payment terms, virtual locations."""

UNITS = (  # code, name, Chinese name, decimals
    ("PCS", "piece", "件", 0),
    ("SET", "set", "套", 0),
    ("PAIR", "pair", "副", 0),
    ("UNIT", "unit", "台", 0),
    ("BOX", "box", "箱", 0),
    ("PACK", "pack", "包", 0),
    ("ROLL", "roll", "卷", 0),
    ("SHEET", "sheet", "张", 0),
    ("KG", "kg", "千克", 3),
    ("G", "g", "克", 2),
    ("T", "tonne", "吨", 4),
    ("M", "m", "米", 3),
    ("MM", "mm", "毫米", 1),
    ("M2", "m²", "平方米", 3),
    ("M3", "m³", "立方米", 3),
    ("L", "litre", "升", 3),
    ("H", "hour", "小时", 2),
)
CURRENCIES = ("CNY", "USD", "EUR", "JPY", "GBP", "HKD", "KRW")
TAXES = (  # code, name, Chinese name, rate
    ("VAT13", "VAT 13 %", "增值税 13%", "13"),
    ("VAT9", "VAT 9 %", "增值税 9%", "9"),
    ("VAT6", "VAT 6 %", "增值税 6%", "6"),
    ("VAT3", "VAT 3 %", "增值税 3%", "3"),
    ("VAT0", "No tax (0 %)", "零税率", "0"),
)
DEFAULT_TAX = {"CN": "VAT13"}
NO_TAX = "VAT0"
TERMS = (  # code, name, Chinese name, (percent, basis, days, end of month)…
    ("PREPAY", "Payment before delivery", "款到发货", (("100", "order", 0, False),)),
    ("COD", "Payment on delivery", "货到付款", (("100", "shipment", 0, False),)),
    ("NET30", "30 days net", "开票后 30 天", (("100", "invoice", 30, False),)),
    ("NET60", "60 days net", "开票后 60 天", (("100", "invoice", 60, False),)),
    ("EOM30", "30 days from end of month", "月结 30 天", (("100", "invoice", 30, True),)),
    (
        "30-60-10",
        "30 % deposit, 60 % on shipment, 10 % 90 days after invoice",
        "预付 30%，发货 60%，质保金 10%",
        (("30", "order", 0, False), ("60", "shipment", 0, False), ("10", "invoice", 90, False)),
    ),
)
VIRTUAL_LOCATIONS = (  # code = kind, name, Chinese name
    ("supplier", "Suppliers", "供应商"),
    ("customer", "Customers", "客户"),
    ("production", "Production", "生产"),
    ("scrap", "Scrap", "报废"),
    ("count", "Count difference", "盘点差异"),
    ("transit", "In transit", "在途"),
)
CALENDAR = ("COMPANY", "Company calendar", "公司日历", "1111100")
YEARS_BEFORE, YEARS_AFTER = 1, 2
