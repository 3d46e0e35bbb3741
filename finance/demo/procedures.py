"""How the demo company works in each step of the main flow, in both languages: (step, English, Chinese)."""

PROCEDURES = (
    (
        1,
        "Answer every lead within one working day. Quote from the price list; below the floor price ask "
        "the sales manager "
        "before sending. Name the promise date the grid shows, not a better one.",
        "线索一个工作日内回复。按价目表报价；低于底价先经销售经理批准再发送。交期以明细行显示的可承诺日期为准。",
    ),
    (
        2,
        "Check delivery address and payment terms with the customer, then confirm. A change is an order "
        "change with its "
        "reason, never a second order.",
        "与客户核对收货地址和付款条件后再确认订单。要改就做订单变更并写明原因，不另开新单。",
    ),
    (
        3,
        "Look at the plan every morning. Firm what must start this week; late orders first, then shortages.",
        "每天早上查看计划。确认本周必须开始的计划订单；先处理延迟订单，再处理缺料。",
    ),
    (
        4,
        "Order lines for one supplier together, twice a week. Ask for a confirmed date and type it in "
        "the same day. Count "
        "at the door before anything goes on the shelf.",
        "同一供应商的请购行每周合并下单两次。要求供应商确认交期并当天录入。先清点、后上架。",
    ),
    (
        5,
        "Release only what is complete in material. Issue by the list, report at the end of each shift, "
        "receive the same day. Another part or another operation is an engineering change with its day, never a "
        "note on the bill.",
        "齐套后才下达工单。按清单领料，每班结束时报工，当天入库。换料或改工序走工程变更并注明生效日期，不在清单上随手改。",
    ),
    (
        6,
        "Pick by scan. Two people check a machine before it is packed. Bring back the signed delivery "
        "note and sign off "
        "the same day.",
        "扫码拣货。整机装箱前两人复核。带回签收的送货单，当天登记签收。",
    ),
    (
        7,
        "Invoice twice a week what was signed for. Allocate payments on the day they arrive; call the "
        "customer three days "
        "after the due date.",
        "每周两次按已签收数量开票。回款当天核销；逾期三天后电话催款。",
    ),
    (
        8,
        "On the third working day: invoice what is open, close drafts, compare the ledgers, close the month.",
        "每月第三个工作日：补齐未开票，清理草稿单据，核对明细账与总账，然后结账。",
    ),
)
