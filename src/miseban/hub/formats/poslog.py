"""Receipts as POSLog XML (ARTS, now OMG, versions 2 to 6): the part that tells what was sold.

Read of each ``Transaction`` are till, number, day, time, currency, and of each ``LineItem`` what
was sold or brought back, how often and for how much. Nothing else is: customers, loyalty accounts,
cashiers and how it was paid are never looked at. docs/formats.md lists every element.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from miseban.hub.formats import sales
from miseban.hub.formats.sales import Sale, SaleLine, wrong
from miseban.hub.formats.xml_tree import Element, read_tree

_VOID: Final = ("voided", "postvoided", "suspended", "cancelled", "canceled")
_FLAGS: Final = ("VoidFlag", "CancelFlag", "DeleteFlag", "TrainingModeFlag", "SuspendFlag")


def read_poslog(data: bytes, zone: tzinfo, currency: str | None = None) -> list[Sale]:
    """The sales in ``data``; transactions and lines that were voided, cancelled, suspended or for
    training are none. Raises ``BadInput`` naming the line."""
    if len(data) > sales.LARGEST_FILE:
        raise wrong("file", f"a file of at most {sales.LARGEST_FILE} bytes", len(data))
    root = read_tree(data, "bad-receipts")
    if root.name != "POSLog":
        raise wrong(f"line {root.line}", "a POSLog", root.name)
    result = []
    told = 0
    for transaction in root.all("Transaction"):
        retail = transaction.first("RetailTransaction")
        if retail is None or _off(transaction) or _off(retail):
            continue
        sale = _sale(transaction, retail, zone, currency)
        told += len(sale.lines)
        if told > sales.MOST_LINES:
            raise wrong(sale.where, f"at most {sales.MOST_LINES} lines", "more")
        result.append(sale)
    return result


def _sale(of: Element, retail: Element, zone: tzinfo, currency: str | None) -> Sale:
    where = f"line {of.line}"
    till = of.word("WorkstationID")
    number = retail.word("ReceiptNumber") or of.word("ReceiptNumber") or of.word("SequenceNumber")
    when = (
        of.word("EndDateTime") or of.word("POSLogDateTime") or of.word("BeginDateTime")
    )  # fmt: skip
    if till is None or number is None or when is None:
        missing = ("WorkstationID", "SequenceNumber", "EndDateTime")[
            0 if till is None else 1 if number is None else 2
        ]
        raise wrong(where, f"a Transaction with {missing}", "none")
    sales.read_number(number, f"{where} (SequenceNumber)")
    time = sales.read_time(when, zone, f"{where} (EndDateTime)")
    told = of.word("BusinessDayDate")
    day = sales.read_day(told, f"{where} (BusinessDayDate)") if told else None
    day = sales.business_day(day, time, zone, f"{where} (BusinessDayDate)")
    named = of.word("CurrencyCode") or currency
    if named is None:
        raise wrong(where, "a Transaction with CurrencyCode", "none")
    sales.read_currency(named, f"{where} (CurrencyCode)")
    lines: list[SaleLine] = []
    for item in retail.all("LineItem"):
        if not _off(item):
            for one in item.all("Sale", "Return"):
                if not _off(one):
                    lines += _lines(one, named)
    return Sale(where, till, number, day, time, named, tuple(lines))


def _lines(of: Element, currency: str) -> tuple[SaleLine, ...]:
    where = f"line {of.line}"
    code = of.word("GTIN") or of.word("POSIdentity", "POSItemID") or of.word("ItemID")
    if code is None:
        raise wrong(where, f"a {of.name} with GTIN, POSItemID or ItemID", "none")
    gtin = sales.read_gtin(code, where)
    quantity = abs(sales.read_quantity(of.word("Quantity") or "1", f"{where} (Quantity)"))
    signed = quantity if of.name == "Sale" else -quantity
    amount = of.word("ExtendedAmount")
    if amount is not None:
        paid = sales.read_amount(amount.removeprefix("-"), currency, f"{where} (ExtendedAmount)")
        return sales.lines_of(gtin, signed, paid)
    for name in ("ActualSalesUnitPrice", "RegularSalesUnitPrice"):
        price = of.word(name)
        if price is not None:
            each = sales.read_amount(price, currency, f"{where} ({name})")
            return (SaleLine(gtin, signed, each),)
    raise wrong(where, f"a {of.name} with ExtendedAmount or ActualSalesUnitPrice", "none")


def _off(of: Element) -> bool:
    status = of.attributes.get("TransactionStatus", "").lower()
    flags = (of.attributes.get(flag, "").strip().lower() for flag in _FLAGS)
    return status in _VOID or any(flag in ("true", "1") for flag in flags)
