"""Quality in the demo company: plans, what was inspected over the months, what waits, and what was learnt from it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.models import User
from core.operations import perform
from erp.models import CorrectiveAction, DefectCode, Inspection, StockBalance, WorkOrder
from erp.services import corrective_actions, defect_codes, inspection_plans, inspections
from erp.states import InspectionKind, InspectionState, Verdict, WorkOrderState
from finance.demo.days import add_working_days
from masterdata.models import Item

D = Decimal
Do = Callable[..., Any]

DEFECTS = (  # code, name, Chinese name, severity
    ("CAST", "Casting pore", "铸造气孔", "major"),
    ("DIM", "Out of tolerance", "尺寸超差", "major"),
    ("BAL", "Out of balance", "动平衡超差", "critical"),
    ("LOOK", "Scratch or dent", "磕碰划伤", "minor"),
    ("PAINT", "Paint run", "漆面流挂", "minor"),
    ("WIRE", "Loose terminal", "接线松动", "critical"),
)


@dataclass(frozen=True)
class PlanFact:
    """How an item is inspected: characteristics are (name, unit, target, tolerance) or (name,) for an attribute."""

    kind: str
    item: str
    characteristics: tuple[tuple[str, ...], ...]
    sampling: dict[str, Any] = field(default_factory=lambda: {"sampling": "full"})
    operation: int | None = None


PLANS = (
    PlanFact(
        "receipt",
        "BS-L",
        (("导轨面平面度", "mm", "0.03", "0.02"), ("床身长度", "mm", "820", "0.5"), ("铸件外观",)),
    ),
    PlanFact(
        "receipt",
        "BR-7005",
        (("内径", "mm", "25.000", "0.006"), ("转动灵活、无异响",)),
        {"sampling": "aql", "aql": "1.0", "level": "II"},
    ),
    PlanFact(
        "receipt",
        "SPM-15",
        (("轴端跳动", "mm", "0.004", "0.004"), ("绝缘与外观",)),
        {"sampling": "fixed", "sample_number": 1},
    ),
    PlanFact("in_process", "SP-7", (("残余不平衡量", "g·mm", "6", "4"), ("锁紧与防松",)), operation=10),
    PlanFact(
        "final",
        "CM-3",
        (("X 轴定位精度", "mm", "0.010", "0.008"), ("主轴跳动", "mm", "0.005", "0.004"), ("外观与铭牌",)),
    ),
)
WRONG = (  # the n-th inspection of the item fails by a defect found on so many pieces: "" is by a measured value
    ("BS-L", 2, "CAST"),
    ("SP-7", 3, "BAL"),
    ("BR-7005", 3, "DIM"),
)
DAYS_LEFT_OPEN = 3
"""What arrives within so many days before the last one still waits for its inspection."""


def write_plans(start: dt.date) -> None:
    """Write the catalogue of defects and release the inspection plans."""
    for code, name, name_zh, severity in DEFECTS:
        perform(defect_codes.create_defect_code, actor=None, code=code, name=name, name_zh=name_zh, severity=severity)
    items = dict(Item.objects.filter(code__in=[fact.item for fact in PLANS]).values_list("code", "pk"))
    for fact in PLANS:
        plan = perform(
            inspection_plans.create_inspection_plan,
            actor=None,
            kind=fact.kind,
            item_id=items[fact.item],
            operation_no=fact.operation,
            valid_from=start,
            lines=[_characteristic(*one) for one in fact.characteristics],
            **fact.sampling,
        )
        perform(inspection_plans.release_inspection_plan, actor=None, plan_id=plan.pk)


def _characteristic(name: str, unit: str = "", target: str = "", tolerance: str = "") -> dict[str, Any]:
    if not unit:
        return {"name": name, "kind": "attribute", "method": "目视"}
    middle, either = D(target), D(tolerance)
    return {
        "name": name,
        "kind": "measured",
        "unit": unit,
        "target": middle,
        "lower": middle - either,
        "upper": middle + either,
        "method": "测量",
        "instrument": "三坐标" if unit == "mm" else "动平衡机",
    }


class Quality:
    """Does what the inspector does; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, people: Mapping[str, User]) -> None:
        self.end, self.do, self.people = end, do, people
        self.codes = dict(DefectCode.objects.values_list("code", "pk"))
        self.seen: dict[str, int] = {}
        self.in_process: set[int] = set()

    def live(self, day: dt.date) -> None:
        """Inspect what arrived before today and what the spindle bench has under way."""
        if day <= self.end - dt.timedelta(days=DAYS_LEFT_OPEN):
            waiting = Inspection.objects.filter(state=InspectionState.DRAFT, document_date__lt=day)
            for one in waiting.select_related("item").order_by("pk"):
                self.inspect(one, day)
        self.watch_spindles(day)

    def watch_spindles(self, day: dt.date) -> None:
        """Every order of spindles is measured while it is made."""
        under_way = WorkOrder.objects.filter(state=WorkOrderState.IN_PROGRESS, item__code="SP-7")
        for order in under_way.exclude(pk__in=self.in_process).order_by("pk"):
            self.in_process.add(order.pk)
            one = self.do(
                "qian",
                inspections.create_inspection,
                kind=InspectionKind.IN_PROCESS,
                item_id=order.item_id,
                quantity=order.quantity,
                work_order_id=order.pk,
                operation_no=10,
            )
            if one and day < self.end:
                self.inspect(Inspection.objects.select_related("item").get(pk=one.pk), day)

    def inspect(self, one: Inspection, day: dt.date) -> None:
        """Enter results, end the inspecting and decide."""
        number = self.seen[one.item.code] = self.seen.get(one.item.code, 0) + 1
        wrong = next((defect for code, place, defect in WRONG if (code, place) == (one.item.code, number)), "")
        lines = list(one.lines.all())
        done = self.do(
            "qian",
            inspections.finish_with_results,
            inspection_id=one.pk,
            values={
                line.pk: _measured(line, number, out=wrong in {"DIM", "BAL"} and place == 0)
                for place, line in enumerate(lines)
                if line.kind == "measured"
            },
            failed={line.pk: int(wrong == "CAST") for line in lines if line.kind == "attribute"},
            defects=[{"code_id": self.codes[wrong], "quantity": D(1)}] if wrong else None,
        )
        if done:
            self.decide(done)
            if done.verdict == Verdict.FAILED:
                self.report(done, wrong, day)

    def decide(self, one: Inspection) -> None:
        """Accept what conforms; of the rest take one piece out and accept the others by a concession."""
        failed = one.verdict == Verdict.FAILED
        rows, bad = [], D(1) if failed else D(0)
        for goods in one.goods.order_by("pk"):
            taken = min(bad, goods.quantity)
            bad -= taken
            out = "return" if one.kind == InspectionKind.RECEIPT else "rework"
            for kind, quantity in ((out, taken), ("concession" if failed else "accept", goods.quantity - taken)):
                if quantity:
                    rows.append({"goods_id": goods.pk, "disposition": kind, "quantity": quantity})
        service = inspections.decide_with_concession if failed else inspections.decide_inspection
        self.do("qian", service, inspection_id=one.pk, dispositions=rows)

    def report(self, one: Inspection, defect: str, day: dt.date) -> None:
        """A failed inspection becomes a corrective action; the first is closed, the next ones are under way."""
        title, cause, action, prevention, responsible = LEARNT[defect]
        made = self.do(
            "qian",
            corrective_actions.create_corrective_action,
            inspection_id=one.pk,
            title=title,
            description=f"{one.number}：{title}",
            responsible_id=self.people[responsible].pk,
            due_date=add_working_days(day, 15),
            containment="隔离同批物料，库存全检",
        )
        if not made or not self.do(responsible, corrective_actions.start_analysis, action_id=made.pk):
            return
        self.do(responsible, corrective_actions.update_corrective_action, action_id=made.pk, cause=cause)
        self.do(responsible, corrective_actions.start_action, action_id=made.pk)
        if defect != "DIM":
            self.do(
                responsible,
                corrective_actions.update_corrective_action,
                action_id=made.pk,
                action=action,
                prevention=prevention,
            )
            self.do(responsible, corrective_actions.complete_action, action_id=made.pk)

    def leave_open(self) -> None:
        """The first action has proved itself, a new problem is reported, bearings wait to be inspected once more."""
        first = CorrectiveAction.objects.filter(state="verification").order_by("pk").first()
        if first:
            self.do(
                "qian",
                corrective_actions.verify_action,
                action_id=first.pk,
                verification="连续三批来料未再发现气孔",
                worked=True,
            )
        self.inspect_bearings()
        self.do(
            "wu",
            corrective_actions.create_corrective_action,
            title="台式钻床总装工位扭矩扳手未按期校准",
            item_id=Item.objects.get(code="DP-16").pk,
            responsible_id=self.people["wu"].pk,
            due_date=add_working_days(self.end, 5),
        )

    def inspect_bearings(self) -> None:
        """After the complaint the bearings in stock are looked at again; nobody has come to it yet."""
        rows = StockBalance.objects.filter(item__code="BR-7005", location__kind="storage", on_hand__gt=0)
        lying = rows.order_by("-on_hand").first()
        if lying:
            self.do(
                "qian",
                inspections.create_inspection,
                kind=InspectionKind.RECEIPT,
                item_id=lying.item_id,
                quantity=lying.on_hand,
                location_id=lying.location_id,
                note="供方换批次，库存复检",
            )


LEARNT = {  # defect: title, cause, action, prevention, who solves it
    "CAST": (
        "车床床身铸件导轨面气孔",
        "浇注温度偏低，排气孔堵塞",
        "供方清理排气孔并调整浇注温度",
        "来料加严检验三批",
        "sun",
    ),
    "BAL": ("主轴组件动平衡超差", "三角带轮键槽加工偏心", "带轮上机前单件去重", "带轮图纸增加动平衡要求", "wu"),
    "DIM": ("角接触轴承内径超差", "供方换批次未报备", "", "", "sun"),
}


def _measured(line: Any, number: int, *, out: bool) -> list[Decimal]:
    """Values around the target, the same for the same inspection; with ``out`` the first is beyond the limit."""
    reach = (line.upper - line.lower) / 2
    step = reach / 10
    values = [
        line.target + step * ((number * 7 + piece * 5 + line.line_no * 3) % 13 - 6) for piece in range(line.sample_size)
    ]
    return [line.upper + step * 2, *values[1:]] if out else values
