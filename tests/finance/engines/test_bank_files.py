"""Bank statements read from tables and from CAMT.053; movements scored against what they may be."""

import datetime as dt
from decimal import Decimal

import pytest
from defusedxml.common import EntitiesForbidden

from finance.engines.bank_files import UnreadableRow, read_camt, read_rows
from finance.engines.bank_matching import Candidate, Movement, name_key, score

D = Decimal

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S-1</Id>
 <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
 <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">170.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
 <Ntry><Amt Ccy="EUR">90.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-03-10</Dt></BookgDt>
  <AcctSvcrRef>R1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>2026-000001</EndToEndId></Refs>
  <RltdPties><Dbtr><Pty><Nm>Acme GmbH</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE02</IBAN></Id></DbtrAcct></RltdPties>
  <RmtInf><Ustrd>Invoice</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
 <Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-03-11</Dt></BookgDt>
  <AcctSvcrRef>R2</AcctSvcrRef><NtryDtls>
  <TxDtls><Amt Ccy="EUR">15.00</Amt><RltdPties><Cdtr><Nm>A</Nm></Cdtr></RltdPties></TxDtls>
  <TxDtls><Amt Ccy="EUR">5.00</Amt></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_a_table_is_read_by_its_columns_with_a_reference_that_lasts():
    rows = [
        ["2026/03/10", "1,200.50", "", "Acme", "T1", "Invoice 7"],
        ["20260311", "", "30", "", "", "Charges"],
        ["11.03.2026", "", "30", "", "", "Charges"],
        ["", "", "", "", "", "Total"],
    ]
    mapping = {"date": 0, "money_in": 1, "money_out": 2, "name": 3, "reference": 4, "purpose": 5}
    read = read_rows(rows, mapping).rows
    assert [(one.booked_on, one.amount) for one in read] == [
        (dt.date(2026, 3, 10), D("1200.50")),
        (dt.date(2026, 3, 11), D(-30)),
        (dt.date(2026, 3, 11), D(-30)),
    ]
    assert read[0].reference == "T1"
    assert read[1].reference != read[2].reference
    assert read == read_rows(rows, mapping).rows


@pytest.mark.parametrize("row", [["yesterday", "5"], ["2026-03-10", "five"], ["2026-13-40", "5"], ["", "5"]])
def test_what_cannot_be_read_names_its_row(row):
    with pytest.raises(UnreadableRow):
        read_rows([row], {"date": 0, "amount": 1})


def test_camt_brings_balances_parties_and_the_parts_of_a_batch():
    statement = read_camt(CAMT.encode())
    assert (statement.reference, statement.opening, statement.closing) == ("S-1", D(100), D(170))
    first, *parts = statement.rows
    assert (first.amount, first.name, first.account, first.reference) == (D(90), "Acme GmbH", "DE02", "R1")
    assert first.purpose == "Invoice 2026-000001"
    assert [(one.amount, one.reference, one.name) for one in parts] == [(D(-15), "R2/1", "A"), (D(-5), "R2/2", "")]


def test_camt_with_entities_or_without_a_statement_is_refused():
    evil = '<!DOCTYPE d [<!ENTITY a "b">]><Document>&a;</Document>'
    with pytest.raises(EntitiesForbidden):
        read_camt(evil.encode())
    with pytest.raises(ValueError, match="no statement"):
        read_camt(b"<Document/>")


def test_points_come_with_their_reasons():
    said = Movement(D(90), "Acme Machines GmbH", "DE02", "payment for 2026-000001")
    whole = Candidate(D(90), ["2026-000001"], ["ACME Machines"], ["DE02"])
    assert score(said, whole).reasons == ("amount", "number", "account", "name")
    assert score(said, whole).is_certain
    assert score(said, Candidate(D(80), ["7"], ["Acme"])).reasons == ("like_name",)
    assert score(said, Candidate(D(80), [""], ["Beta"])).points == 0
    assert name_key("上海海升机械有限公司") == name_key("上海海升机械")
