"""The shop floor of the demo company: work centres with their rates, and how each machine and assembly is made."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import WorkCenter
from erp.services import routings, work_centers
from masterdata.models import Department, Item

D = Decimal

CENTERS = (  # code, name, Chinese name, machines, efficiency, labour, machine and overhead per hour
    ("WC-ASM", "Assembly benches", "装配工位", 4, "95", "42", "0", "12"),
    ("WC-SPD", "Spindle bench", "主轴装配间", 1, "90", "48", "15", "14"),
    ("WC-ELE", "Electrical bench", "电气装配", 2, "95", "45", "0", "12"),
    ("WC-PNT", "Paint booth", "喷漆房", 1, "85", "38", "30", "20"),
    ("WC-TST", "Test and pack", "检测包装", 2, "100", "40", "8", "10"),
)

ROUTINGS: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {
    # work centre, operation, Chinese name, set-up and run minutes per unit
    "HD-16": (("WC-ASM", "Press in bearings and motor", "压装轴承与电机", "20", "35"),),
    "SP-7": (("WC-SPD", "Assemble and balance", "装配与动平衡", "30", "60"),),
    "BD-7": (
        ("WC-PNT", "Paint the bed", "床身喷漆", "30", "25"),
        ("WC-ASM", "Fit the lead screw", "安装丝杠", "15", "50"),
    ),
    "AX-3": (("WC-ASM", "Fit screw, rails and motor", "安装丝杠导轨电机", "15", "55"),),
    "CB-3": (
        ("WC-ELE", "Wire the cabinet", "电箱接线", "20", "90"),
        ("WC-TST", "Test under load", "带载测试", "10", "30"),
    ),
    "DP-16": (
        ("WC-PNT", "Paint", "喷漆", "30", "12"),
        ("WC-ASM", "Assemble", "总装", "15", "45"),
        ("WC-TST", "Test and pack", "检测包装", "5", "15"),
    ),
    "ML-7": (("WC-ASM", "Assemble", "总装", "20", "120"), ("WC-TST", "Test and pack", "检测包装", "10", "45")),
    "CM-3": (
        ("WC-PNT", "Paint", "喷漆", "30", "30"),
        ("WC-ASM", "Assemble frame and axes", "机架与进给轴总装", "30", "180"),
        ("WC-ELE", "Wire and set parameters", "接线与参数设定", "15", "90"),
        ("WC-TST", "Run in and pack", "跑合包装", "10", "60"),
    ),
}


def equip(start: dt.date) -> None:
    """Make work centres and release a routing for everything that is made; quantities are reported at the end."""
    first = start.replace(month=1, day=1)
    shop = Department.objects.get(code="PROD")
    for code, name, name_zh, machines, efficiency, *rates in CENTERS:
        names = ("labour_rate", "machine_rate", "overhead_rate")
        perform(
            work_centers.create_work_center,
            actor=None,
            code=code,
            name=name,
            name_zh=name_zh,
            department=shop,
            machines=machines,
            efficiency_percent=D(efficiency),
            rates=[{"valid_from": first} | {key: D(rate) for key, rate in zip(names, rates, strict=True)}],
        )
    centers = {one.code: one.pk for one in WorkCenter.objects.all()}
    made = dict(Item.objects.filter(code__in=ROUTINGS).values_list("code", "pk"))
    for code, steps in ROUTINGS.items():
        rows = [_operation(centers, *step, is_last=step is steps[-1]) for step in steps]
        routing = perform(
            routings.create_routing,
            actor=None,
            item_id=made[code],
            revision="A",
            valid_from=first,
            operations=rows,
        )
        perform(routings.release_routing, actor=None, routing_id=routing.pk)


def _operation(
    centers: dict[str, int], center: str, name: str, name_zh: str, *times: str, is_last: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "name_zh": name_zh,
        "work_center_id": centers[center],
        "setup_minutes": D(times[0]),
        "run_minutes": D(times[1]),
        "is_count_point": is_last,
    }
