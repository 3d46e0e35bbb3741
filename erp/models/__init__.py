"""Tables of the app: first the stock half, then the make half."""

from erp.models.as_built import BuiltIn
from erp.models.average_runs import AverageRun, AverageRunLine
from erp.models.backflushing import BackflushMove, BackflushShortage
from erp.models.corrective_actions import CorrectiveAction
from erp.models.demand import Demand, Supply
from erp.models.engineering import Bom, BomLine, BomSubstitute
from erp.models.engineering_changes import (
    EngineeringChange,
    EngineeringChangeFollowUp,
    EngineeringChangeLine,
    EngineeringChangeOrder,
)
from erp.models.forecasts import (
    DemandSettings,
    Forecast,
    ForecastBucket,
    ForecastEdition,
    ForecastEditionRow,
    ForecastLine,
    StockingAdvice,
)
from erp.models.inspection_plans import DefectCode, InspectionPlan, PlanCharacteristic
from erp.models.inspections import (
    Inspection,
    InspectionDefect,
    InspectionDisposition,
    InspectionGoods,
    InspectionLine,
    InspectionValue,
)
from erp.models.joint_outputs import WorkOrderOutput
from erp.models.master_plans import MasterPlan, MasterQuantity
from erp.models.merged_picks import MergedPick, MergedPickLine, PickShare
from erp.models.operations import PieceRate, PieceWage, WorkOrderOperation
from erp.models.order_costs import AbsorbedCost, CostingSettings, CostOverrun, OperationFee, OrderBaseline
from erp.models.packing import HandlingUnit, PackedGoods
from erp.models.plan_changes import PlanChange, PlannedTotal
from erp.models.planning import (
    CurrentRun,
    PlannedOrder,
    PlanningEvent,
    PlanningSettings,
    PlanRun,
    PlanSubstitution,
    PlanVerdict,
    SupplyAdvice,
)
from erp.models.production import ProductionReceipt, ProductionReport, WorkOrder, WorkOrderMaterial, WorkSession
from erp.models.project_stock import BoundArrival, ProjectStock, ProjectTransfer, ProjectTransferLine
from erp.models.reservations import Reservation, SupplyPeg
from erp.models.returns import ReturnReceipt, ReturnReceiptLine
from erp.models.revaluations import StockRevaluation, StockRevaluationLine
from erp.models.routings import OperationFile, Routing, RoutingAlternate, RoutingOperation
from erp.models.schedules import (
    OperationSlot,
    PlannedOrderTime,
    SchedulePlan,
    SchedulePlanProposal,
    SchedulePlanRow,
)
from erp.models.shipments import Shipment, ShipmentLine, ShipmentPick
from erp.models.snapshots import SnapshotMark, StockSnapshot, ValueSnapshot
from erp.models.stock import Lot, StockBalance, StockMove
from erp.models.stock_control import ItemClass, ProvisionBand, StockLimit, StockSettings
from erp.models.stock_documents import StockDocument, StockDocumentLine
from erp.models.stocktakes import Stocktake, StocktakeBin, StocktakeLine, StocktakeScan, StocktakeSheet
from erp.models.subcontracting import SubcontractUse
from erp.models.taken_parts import TakenPart
from erp.models.tracking import TrackingHit, TrackingSettings, TrackingWarning
from erp.models.valuation import CostLayer, ItemCost, LayerUse, ValuationMethod, ValueEntry
from erp.models.work_centers import CapacityException, WorkCenter, WorkCenterRate

__all__ = [
    "AbsorbedCost",
    "AverageRun",
    "AverageRunLine",
    "BackflushMove",
    "BackflushShortage",
    "Bom",
    "BomLine",
    "BomSubstitute",
    "BoundArrival",
    "BuiltIn",
    "CapacityException",
    "CorrectiveAction",
    "CostLayer",
    "CostOverrun",
    "CostingSettings",
    "CurrentRun",
    "DefectCode",
    "Demand",
    "DemandSettings",
    "EngineeringChange",
    "EngineeringChangeFollowUp",
    "EngineeringChangeLine",
    "EngineeringChangeOrder",
    "Forecast",
    "ForecastBucket",
    "ForecastEdition",
    "ForecastEditionRow",
    "ForecastLine",
    "HandlingUnit",
    "Inspection",
    "InspectionDefect",
    "InspectionDisposition",
    "InspectionGoods",
    "InspectionLine",
    "InspectionPlan",
    "InspectionValue",
    "ItemClass",
    "ItemCost",
    "LayerUse",
    "Lot",
    "MasterPlan",
    "MasterQuantity",
    "MergedPick",
    "MergedPickLine",
    "OperationFee",
    "OperationFile",
    "OperationSlot",
    "OrderBaseline",
    "PackedGoods",
    "PickShare",
    "PieceRate",
    "PieceWage",
    "PlanChange",
    "PlanCharacteristic",
    "PlanRun",
    "PlanSubstitution",
    "PlanVerdict",
    "PlannedOrder",
    "PlannedOrderTime",
    "PlannedTotal",
    "PlanningEvent",
    "PlanningSettings",
    "ProductionReceipt",
    "ProductionReport",
    "ProjectStock",
    "ProjectTransfer",
    "ProjectTransferLine",
    "ProvisionBand",
    "Reservation",
    "ReturnReceipt",
    "ReturnReceiptLine",
    "Routing",
    "RoutingAlternate",
    "RoutingOperation",
    "SchedulePlan",
    "SchedulePlanProposal",
    "SchedulePlanRow",
    "Shipment",
    "ShipmentLine",
    "ShipmentPick",
    "SnapshotMark",
    "StockBalance",
    "StockDocument",
    "StockDocumentLine",
    "StockLimit",
    "StockMove",
    "StockRevaluation",
    "StockRevaluationLine",
    "StockSettings",
    "StockSnapshot",
    "StockingAdvice",
    "Stocktake",
    "StocktakeBin",
    "StocktakeLine",
    "StocktakeScan",
    "StocktakeSheet",
    "SubcontractUse",
    "Supply",
    "SupplyAdvice",
    "SupplyPeg",
    "TakenPart",
    "TrackingHit",
    "TrackingSettings",
    "TrackingWarning",
    "ValuationMethod",
    "ValueEntry",
    "ValueSnapshot",
    "WorkCenter",
    "WorkCenterRate",
    "WorkOrder",
    "WorkOrderMaterial",
    "WorkOrderOperation",
    "WorkOrderOutput",
    "WorkSession",
]
