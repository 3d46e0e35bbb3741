"""Planning and the shop floor of the demo company beyond the daily round: forecast, changes, picks, rework, advice."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.approvals.services import request_approval
from erp.models import Forecast, ForecastLine, StockBalance, WorkOrder
from erp.services import (
    engineering_changes,
    forecasts,
    merged_picks,
    stock_control,
    stocking,
    tracking,
    work_orders,
)
from erp.services.planning.scheduling_master import firm_master_schedule
from erp.services.stock_documents import move_goods
from erp.states import WorkOrderState
from erp.states.demand import ForecastMethod
from erp.states.making import WorkOrderKind
from finance.demo.days import add_working_days
from masterdata.models import Item, ItemCategory, Location

D = Decimal
Do = Callable[..., Any]

SCREWS, LINE = "SC-M8", "LINE-1"
BAG, LOW = D(200), D(120)
"""Screws go to the line by the bag when fewer than this lie there."""
FORECAST_AFTER, CHANGE_AFTER = 36, 26
"""Working days after the start."""
METHODS = {"DP-16": ForecastMethod.AVERAGE, "ML-7": ForecastMethod.SES, "CM-3": ForecastMethod.HOLT}
REFILLED = (("HD-16", "2"), ("SP-7", "1"))
LINE_EMPTIED = 6
"""Calendar days before the end on which the line side is cleared for a count; what is reported later finds little."""


class Workshop:
    """Does what planner, engineer and foreman do besides their daily round; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, items: Mapping[str, Item]) -> None:
        self.end, self.do, self.items = end, do, items
        self.line = Location.objects.get(code=LINE)
        self.emptied = False

    def live(self, day: dt.date, number: int) -> None:
        """Keep the line supplied; forecast and change what falls on this day."""
        self.supply_the_line(day)
        if number == FORECAST_AFTER:
            self.forecast()
        if number == CHANGE_AFTER:
            self.change(day)

    def supply_the_line(self, day: dt.date) -> None:
        rows = StockBalance.objects.filter(item=self.items[SCREWS]).select_related("location")
        here = {row.location.kind: row for row in rows}
        side, store = here.get(Location.Kind.LINE_SIDE), here.get(Location.Kind.STORAGE)
        if day >= self.end - dt.timedelta(days=LINE_EMPTIED):
            if side and side.on_hand > 5 and not self.emptied:
                self.emptied = bool(self.move(side, store.location_id if store else None, side.on_hand - 5))
        elif store and (side.on_hand if side else D(0)) < LOW and store.available >= BAG:
            self.move(store, self.line.pk, BAG)

    def move(self, balance: StockBalance, place_id: int | None, quantity: Decimal) -> Any:
        return self.do("zhou", move_goods, balance_id=balance.pk, to_location_id=place_id, quantity=quantity)

    def forecast(self) -> None:
        """The first forecast of the machines: calculated, corrected by sales, released."""
        made = self.do(
            "zhao",
            forecasts.create_forecast,
            title="整机周滚动预测",
            bucket_size="week",
            basis="orders",
            category_id=ItemCategory.objects.get(code="FG").pk,
            horizon=10,
            lookback=7,
            note="每周一滚动，销售经理复核",
        )
        if not made or not self.do("zhao", forecasts.calculate_forecast, forecast_id=made.pk):
            return
        line = ForecastLine.objects.filter(forecast=made, item__code="DP-16").first()
        bucket = line and line.buckets.order_by("start_date")[3:4].first()
        if line and bucket:
            cell = {
                "item_id": line.item_id,
                "date": bucket.start_date,
                "quantity": bucket.statistical + 2,
                "reason": "华南代理商促销",
            }
            self.do("li", forecasts.override_forecast, forecast_id=made.pk, cells=[cell], reason="华南代理商促销")
        self.do("zhao", forecasts.release_forecast, forecast_id=made.pk)

    def change(self, day: dt.date) -> None:
        """A small change of the drill press is released: fewer screws."""
        line = {
            "item_id": self.items["DP-16"].pk,
            "action": "change_component",
            "component_id": self.items[SCREWS].pk,
            "quantity": D(10),
            "disposition": "use_up",
            "item_revision": "B",
            "note": "护罩改卡扣，减两颗螺钉",
        }
        made = self.do(
            "zhao",
            engineering_changes.create_engineering_change,
            title="台式钻床护罩减少螺钉",
            reason_code="cost",
            effective_date=add_working_days(day, 3),
            lines=[line],
            cause="装配工时与辅料降本",
        )
        if made:
            self.do("chen", engineering_changes.release_engineering_change, change_id=made.pk)

    def leave_open(self) -> None:
        """Today's desks of planner, engineer and foreman."""
        self.propose_change()
        self.repeat_forecast()
        self.rework()
        self.pick_together()
        self.firm_by_week()
        self.do("zhao", stock_control.classify_items)
        self.do("zhao", stocking.run_stocking_advice)
        self.do("zhao", tracking.check_production)

    def propose_change(self) -> None:
        """An engineering change that waits for the manager's approval."""
        lines = [
            {
                "item_id": self.items["DP-16"].pk,
                "action": "change_component",
                "component_id": self.items["PK-S"].pk,
                "replacement_id": self.items["PK-L"].pk,
                "quantity": D(1),
                "disposition": "use_up",
                "item_revision": "C",
                "note": "出口机型改胶合板箱",
            },
            {
                "item_id": self.items["ML-7"].pk,
                "action": "change_component",
                "component_id": self.items["CA-15"].pk,
                "quantity": D(5),
                "note": "电源线加长一米",
            },
        ]
        made = self.do(
            "zhao",
            engineering_changes.create_engineering_change,
            title="出口机型加强包装与加长电源线",
            reason_code="customer",
            effective_date=add_working_days(self.end, 12),
            lines=lines,
            cause="广州南方机电出口订单运输破损两次",
        )
        if made:
            self.do(
                "zhao",
                request_approval,
                document_label="erp.engineeringchange",
                document_id=made.pk,
                explanation="旧纸箱用完为止，库存约一个月用量",
            )

    def repeat_forecast(self) -> None:
        """The second edition: the planner trusts another method for each machine than the last quiet week."""
        forecast = Forecast.objects.filter(state="released").first()
        if not forecast or not self.do("zhao", forecasts.calculate_forecast, forecast_id=forecast.pk):
            return
        for line in forecast.lines.filter(item__code__in=METHODS).select_related("item").order_by("line_no"):
            self.do(
                "zhao",
                forecasts.choose_forecast_method,
                forecast_id=forecast.pk,
                line_id=line.pk,
                method=METHODS[line.item.code],
            )
        self.do("zhao", forecasts.release_forecast, forecast_id=forecast.pk)

    def rework(self) -> None:
        """A spindle that ran out of balance is worked on again."""
        origin = WorkOrder.objects.filter(item__code="SP-7", state=WorkOrderState.CLOSED).order_by("-pk").first()
        made = origin and self.do(
            "zhao",
            work_orders.create_work_order,
            item_id=origin.item_id,
            quantity=D(1),
            due_date=add_working_days(self.end, 3),
            kind=WorkOrderKind.REWORK,
            origin_id=origin.pk,
            note="动平衡超差，拆检后重新配重",
        )
        if made:
            self.do("zhao", work_orders.release_work_order, work_order_id=made.pk)

    def pick_together(self) -> None:
        """The material of the orders that wait is fetched in one walk."""
        waiting = WorkOrder.objects.filter(state=WorkOrderState.RELEASED, kind=WorkOrderKind.STANDARD)
        keys = list(waiting.order_by("start_date", "pk").values_list("pk", flat=True)[:4]) or self.refill()
        if keys:
            self.do("zhou", merged_picks.create_merged_pick, work_order_ids=keys, note="上午第一趟")

    def refill(self) -> list[int]:
        """Where no order waits (after holidays), two for assemblies fill the store again."""
        keys = []
        for code, quantity in REFILLED:
            made = self.do(
                "zhao",
                work_orders.create_work_order,
                item_id=self.items[code].pk,
                quantity=D(quantity),
                due_date=add_working_days(self.end, 4),
                note="节后补半成品库存",
            )
            if made and self.do("zhao", work_orders.release_work_order, work_order_id=made.pk):
                keys.append(made.pk)
        return keys

    def firm_by_week(self) -> None:
        """Two machines are firmed in the master schedule, beyond the frozen days."""
        monday = self.end + dt.timedelta(days=21 - self.end.weekday())
        cells = [
            {"item_id": self.items[code].pk, "date": monday, "quantity": D(quantity)}
            for code, quantity in (("DP-16", "6"), ("ML-7", "2"))
        ]
        self.do("zhao", firm_master_schedule, cells=cells)
