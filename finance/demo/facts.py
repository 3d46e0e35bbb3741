"""What the demo company is: people, items, partners, bills of material, orders. Plain tables, no database."""

import csv
from dataclasses import dataclass
from pathlib import Path

COMPANY = {
    "name": "Suzhou Xietong Precision Machinery Co., Ltd.",
    "name_zh": "苏州协同精密机械有限公司",
    "address": "江苏省苏州市工业园区星湖街 328 号",
    "phone": "0512-6288 1818",
    "gs1_prefix": "69012345",
    "bank_name": "中国工商银行苏州园区支行",
    "bank_account": "1102 0265 1900 0188 218",
}
TAX_BODY = "91320594MA1XT2026"

PEOPLE = (  # user name, first, last, Chinese name, roles, manager
    ("admin", "Admin", "", "系统管理员", ("administrator",), ""),
    ("chen", "Ming", "Chen", "陈明", ("manager",), ""),
    ("li", "Qiang", "Li", "李强", ("sales_manager", "sales"), "chen"),
    ("wang", "Fang", "Wang", "王芳", ("sales",), "li"),
    ("zhao", "Min", "Zhao", "赵敏", ("planner",), "chen"),
    ("sun", "Li", "Sun", "孙丽", ("buyer",), "chen"),
    ("zhou", "Jie", "Zhou", "周杰", ("warehouse",), "chen"),
    ("wu", "Gang", "Wu", "吴刚", ("production",), "zhao"),
    ("qian", "Hua", "Qian", "钱华", ("quality",), "chen"),
    ("zheng", "Yan", "Zheng", "郑燕", ("finance",), "feng"),
    ("feng", "Tao", "Feng", "冯涛", ("finance_manager", "finance"), "chen"),
    ("tang", "Hui", "Tang", "唐慧", ("finance_manager",), "feng"),
)

DEPARTMENTS = (
    ("SALES", "Sales", "销售部", "li"),
    ("PROD", "Production", "生产部", "zhao"),
    ("PURCH", "Purchasing", "采购部", "sun"),
    ("WH", "Warehouse", "仓储部", "zhou"),
    ("FIN", "Finance", "财务部", "feng"),
)
EMPLOYEES = (  # code, name, Chinese name, department, user, badge, rate per hour
    ("E001", "Wu Gang", "吴刚", "PROD", "wu", "B001", "45"),
    ("E002", "Ma Lin", "马林", "PROD", "", "B002", "38"),
    ("E003", "He Tao", "何涛", "PROD", "", "B003", "38"),
    ("E004", "Zhou Jie", "周杰", "WH", "zhou", "B004", "32"),
)

CATEGORIES = (
    ("FG", "Machines", "整机", ""),
    ("SA", "Assemblies", "部件", ""),
    ("RM", "Bought parts", "外购件", ""),
    ("EL", "Electrical parts", "电气件", "RM"),
    ("MC", "Mechanical parts", "机械件", "RM"),
    ("AU", "Auxiliary material", "辅料", "RM"),
    ("CO", "Coatings", "涂料", "AU"),
    ("SP", "Sheet parts", "钣金件", "SA"),
)
MONTH_AVERAGE = {"CO"}
"""Categories valued by the average of the month (全月一次加权平均)."""


@dataclass(frozen=True)
class ItemFact:
    """One item; prices in CNY without tax, ``stock`` is what the opening count found, ``lead`` in working days."""

    code: str
    name: str
    name_zh: str
    category: str
    supply: str
    price: str
    cost: str
    spec: str
    unit: str
    lead: str
    safety: str
    lot: str
    stock: str
    supplier: str
    drawing: str
    tracking: str


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LOCATIONS = (  # of the main warehouse besides its usual place: code, name, Chinese name, kind, status
    ("QC", "Incoming inspection", "待检区", "storage", "inspection"),
    ("LINE-1", "Assembly line side", "总装线边库", "line_side", "usable"),
)
BACKFLUSHED = {("HD-16", "SC-M8")}
"""Parent and component: small parts that are taken from the line side by what is reported."""

ITEMS = tuple(ItemFact(**row) for row in _rows("items.csv"))
TO_ORDER = {"RT-4"}
"""Items that are bought to order, and sold: what comes in of them is kept for the order or the project it came for."""
BOMS: dict[str, list[dict[str, str]]] = {}
"""Parent: rows of component, quantity, scrap_percent, kind (main or auxiliary)."""
for _row in _rows("boms.csv"):
    BOMS.setdefault(_row["parent"], []).append(_row)
SUBSTITUTES = {("DP-16", "PK-S"): ("PK-L", 120)}
"""Parent and component: what replaces it when it is short, and from how many days after the start on."""
BY_PRODUCTS = {"BD-7": ("FE-C", "1.6", "1.50")}
"""Parent: item that falls off, quantity for one of the parent, what a unit of it is worth."""
HOURS = {
    "DP-16": "1.5",
    "HD-16": "0.8",
    "ML-7": "3",
    "BD-7": "1.2",
    "SP-7": "1",
    "CM-3": "6",
    "AX-3": "0.9",
    "CB-3": "2",
    "GD-16": "0.3",
}

SUPPLIERS = (  # code, name, Chinese name, province, city, street, days late
    ("S-MOTOR", "Changzhou Fulling Motor", "常州富凌电机有限公司", "江苏省", "常州市", "新北区河海西路 88 号", 0),
    ("S-ELEC", "Shenzhen Leadmotion", "深圳市雷动自动化有限公司", "广东省", "深圳市", "南山区科技园北区 12 栋", 1),
    ("S-CAST", "Wuxi Xishan Foundry", "无锡锡山铸造厂", "江苏省", "无锡市", "锡山区东港镇 6 号", 2),
    ("S-BEAR", "Ningbo Donghai Bearings", "宁波东海轴承有限公司", "浙江省", "宁波市", "鄞州区投资创业中心 31 号", 0),
    ("S-TOOL", "Weihai Tool Works", "威海工具有限公司", "山东省", "威海市", "高区火炬路 17 号", 0),
    ("S-PACK", "Suzhou Jinda Packaging", "苏州金达包装材料有限公司", "江苏省", "苏州市", "相城区黄埭镇 9 号", 0),
    ("S-ASSY", "Kunshan Hengli Assembly", "昆山恒力精密装配有限公司", "江苏省", "昆山市", "玉山镇城北路 58 号", 0),
    (
        "S-IMP",
        "Shanghai Orient Import Agency",
        "上海东浩进出口代理有限公司",
        "上海市",
        "上海市",
        "浦东新区张杨路 620 号",
        1,
    ),
    (
        "S-FWD",
        "Suzhou Zhongyuan Forwarding",
        "苏州中远货运代理有限公司",
        "江苏省",
        "苏州市",
        "工业园区现代大道 88 号",
        0,
    ),
)

CUSTOMERS = (  # code, name, Chinese name, class, term, limit, province, city, street, days to pay, contact
    (
        "C-HZ",
        "Hangzhou Vocational Tools",
        "杭州职教装备有限公司",
        "A",
        "NET30",
        "300000",
        "浙江省",
        "杭州市",
        "西湖区文一路 66 号",
        28,
        "刘洋",
    ),
    (
        "C-SH",
        "Shanghai Maker Space",
        "上海创客空间科技有限公司",
        "B",
        "PREPAY",
        "100000",
        "上海市",
        "上海市",
        "杨浦区国定路 323 号",
        0,
        "徐静",
    ),
    (
        "C-GZ",
        "Guangzhou Southern Trade",
        "广州南方机电贸易有限公司",
        "A",
        "EOM30",
        "500000",
        "广东省",
        "广州市",
        "黄埔区科学大道 101 号",
        40,
        "黄伟",
    ),
    (
        "C-BJ",
        "Beijing Institute Workshop",
        "北京工学院实训中心",
        "A",
        "NET60",
        "400000",
        "北京市",
        "北京市",
        "海淀区学院路 37 号",
        58,
        "马丽",
    ),
    (
        "C-CD",
        "Chengdu West Machinery",
        "成都西部机械有限公司",
        "B",
        "30-60-10",
        "200000",
        "四川省",
        "成都市",
        "郫都区现代工业港 5 号",
        32,
        "罗斌",
    ),
    (
        "C-WH",
        "Wuhan Optics Valley Labs",
        "武汉光谷实验设备有限公司",
        "B",
        "NET30",
        "150000",
        "湖北省",
        "武汉市",
        "东湖高新区关山大道 21 号",
        45,
        "彭娟",
    ),
    (
        "C-YZ",
        "Yangzhou Hengda Hardware",
        "扬州恒达五金制品厂",
        "B",
        "PREPAY",
        "0",
        "江苏省",
        "扬州市",
        "邗江区维扬路 210 号",
        9999,
        "朱厂长",
    ),
)

ORDERS = (  # working days after the start, customer, ((item, quantity), …), days until wanted
    (1, "C-HZ", (("DP-16", "4"), ("ML-7", "1")), 12),
    (3, "C-GZ", (("DP-16", "8"),), 18),
    (6, "C-BJ", (("ML-7", "3"), ("CM-3", "1")), 24),
    (9, "C-WH", (("DP-16", "3"),), 14),
    (12, "C-SH", (("CM-3", "1"),), 20),
    (16, "C-HZ", (("DP-16", "6"), ("ML-7", "2")), 20),
    (20, "C-CD", (("ML-7", "2"), ("DP-16", "4")), 22),
    (24, "C-GZ", (("DP-16", "10"), ("ML-7", "2")), 24),
    (28, "C-BJ", (("CM-3", "2"),), 30),
    (32, "C-WH", (("ML-7", "2"),), 18),
    (36, "C-HZ", (("DP-16", "5"),), 16),
    (40, "C-SH", (("ML-7", "1"), ("DP-16", "2")), 18),
    (44, "C-GZ", (("DP-16", "8"), ("CM-3", "1")), 25),
    (48, "C-CD", (("DP-16", "6"),), 20),
    (52, "C-BJ", (("ML-7", "4"),), 26),
    (56, "C-HZ", (("CM-3", "2"), ("DP-16", "4")), 28),
    (59, "C-WH", (("DP-16", "6"), ("ML-7", "1")), 20),
    (62, "C-GZ", (("ML-7", "5"), ("CM-3", "2")), 26),
)  # fmt: skip
WORKING_DAYS = 64

CAMPAIGNS = (  # code, name, Chinese name, calendar days after the start, how long, budget
    ("CIIF", "Industry Fair Shanghai", "上海工博会", 10, 5, "86000"),
    ("EDU", "Autumn round of vocational schools", "秋季职校走访", 40, 30, "18000"),
    ("EMO", "Trade fair Hannover", "德国汉诺威工具展", 70, 6, "120000"),
    ("WECHAT", "Short films of the mini lathe", "小车床短视频投放", 60, 45, "9600"),
)
