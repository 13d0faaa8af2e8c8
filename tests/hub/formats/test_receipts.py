"""Receipts of tills: three formats, one meaning; whole files or nothing."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miseban.hub.formats.poslog import read_poslog
from miseban.hub.formats.receipt_csv import read_csv
from miseban.hub.formats.receipt_json import read_json
from miseban.hub.formats.receipts import receipts_of, sold
from miseban.hub.formats.sales import Sale, SaleLine, lines_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import is_name

TOKYO = ZoneInfo("Asia/Tokyo")
EGG, TEA = "4901234567894", "4901234567900"
CSV = f"""till,receipt,time,gtin,quantity,price
1,0001,2026-04-01 09:30,{EGG},2,120
1,0001,2026-04-01 09:31,{TEA},1,98
2,0001,2026-04-01 09:40,{EGG},1,120
"""
JSON = {
    "receipts": [
        {"till": "1", "receipt": "0001", "time": "2026-04-01T09:31:00+09:00", "lines": [
            {"gtin": EGG, "quantity": 2, "price": 120},
            {"gtin": TEA, "quantity": 1, "amount": "98"}]},
        {"till": "2", "receipt": "0001", "time": "2026-04-01T00:40:00Z", "currency": "JPY",
         "lines": [{"gtin": EGG, "quantity": 1, "price": "120"}]},
    ]
}  # fmt: skip


def transaction(till: str, lines: str, *, number: str = "0001", more: str = "") -> str:
    return f"""<Transaction {more}>
  <BusinessUnit><UnitID>7</UnitID></BusinessUnit>
  <WorkstationID>{till}</WorkstationID><SequenceNumber>{number}</SequenceNumber>
  <BusinessDayDate>2026-04-01</BusinessDayDate>
  <EndDateTime>2026-04-01T09:31:00+09:00</EndDateTime><CurrencyCode>JPY</CurrencyCode>
  <OperatorID>nobody-reads-this</OperatorID>
  <RetailTransaction>{lines}</RetailTransaction></Transaction>"""


def item(kind: str, gtin: str, quantity: str, inside: str, *, more: str = "") -> str:
    return (
        f"<LineItem {more}><{kind}><POSIdentity><POSItemID>{gtin}</POSItemID></POSIdentity>"
        f"{inside}<Quantity>{quantity}</Quantity></{kind}></LineItem>"
    )


def poslog(*transactions: str) -> bytes:
    namespace = "http://www.nrf-arts.org/IXRetail/namespace/"
    return f'<POSLog xmlns="{namespace}">{"".join(transactions)}</POSLog>'.encode()


POSLOG = poslog(
    transaction(
        "1",
        item("Sale", EGG, "2", "<ActualSalesUnitPrice>120</ActualSalesUnitPrice>")
        + item("Sale", TEA, "1", "<ExtendedAmount>98.00</ExtendedAmount>"),
    ),
    transaction("2", item("Sale", EGG, "1", "<ExtendedAmount>120</ExtendedAmount>")),
)
READERS: dict[str, tuple[Callable[[bytes], list[Sale]], bytes]] = {
    "csv": (lambda data: read_csv(data, TOKYO, "JPY"), CSV.encode()),
    "json": (lambda data: read_json(data, TOKYO, "JPY"), json.dumps(JSON).encode()),
    "poslog": (lambda data: read_poslog(data, TOKYO, "JPY"), POSLOG),
}


def events(sales: list[Sale]) -> list[tuple[object, ...]]:
    named = {"1": "till-1", "2": "till-2"}
    found = receipts_of(sales, "shop", ["till-1", "till-2"], named)
    return [(e.id, e.till, e.receipt, e.currency, e.lines, e.total) for e in found.events]


def test_the_three_formats_mean_the_same() -> None:
    told = {name: events(read(data)) for name, (read, data) in READERS.items()}
    assert told["csv"] == told["json"] == told["poslog"]
    assert [(row[1], row[5]) for row in told["csv"]] == [("till-1", 338), ("till-2", 120)]


def test_the_time_is_in_utc_and_the_day_is_the_shops() -> None:
    first, *_ = read_csv(CSV.encode(), TOKYO, "JPY")
    assert first.time == datetime(2026, 4, 1, 0, 31, tzinfo=UTC)
    assert first.day == date(2026, 4, 1)


def test_a_receipt_told_again_has_the_same_id_and_another_has_not() -> None:
    later = CSV.replace("09:30", "09:35").replace("09:31", "09:36")
    assert [e[0] for e in events(read_csv(later.encode(), TOKYO, "JPY"))] == [
        e[0] for e in events(read_csv(CSV.encode(), TOKYO, "JPY"))
    ]
    base = Sale("", "1", "1", date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC), "JPY",
                (SaleLine(EGG, 1, 1),))  # fmt: skip
    others = [
        receipts_of([sale], shop, ["1", "11"], {}).events[0].id
        for shop, sale in [
            ("a", base),
            ("b", base),
            ("a", Sale("", "11", "1", *_rest(base))),
            ("a", Sale("", "1", "11", *_rest(base))),
            ("a", Sale("", "1", "1", date(2026, 4, 2), *_rest(base)[1:])),
        ]
    ]
    assert len(set(others)) == len(others)
    assert all(one[14] == "8" for one in others)


def _rest(sale: Sale) -> tuple[date, datetime, str, tuple[SaleLine, ...]]:
    return sale.day, sale.time, sale.currency, sale.lines


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        (None, "utf-8"),
        (None, "utf-8-sig"),
        (None, "utf-16"),
        (None, "cp932"),
        ("Shift_JIS", "cp932"),
        ("euc-kr", "cp949"),
        ("euc-jp", "euc_jp"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_many_lands(charset: str | None, codec: str, separator: str) -> None:
    name = "계란" if codec == "cp949" else "玉子サンド①" if codec == "cp932" else "玉子"
    text = f"Till,receipt,time,gtin,quantity,amount,name\r\n1,7,2026/04/01 09:30,{EGG},3,100,{name}"
    data = text.replace(",", separator).encode(codec)
    (sale,) = read_csv(data, TOKYO, "JPY", charset)
    assert sale.lines == (SaleLine(EGG, 2, 33), SaleLine(EGG, 1, 34))


def test_a_line_number_keeps_a_file_written_twice_from_counting_twice() -> None:
    header = "till,receipt,time,gtin,quantity,price,line\n"
    rows = f"1,7,2026-04-01 09:30,{EGG},1,100,1\n1,7,2026-04-01 09:30,{EGG},1,100,2\n"
    (sale,) = read_csv((header + rows + rows).encode(), TOKYO, "JPY")
    assert sum(line.quantity for line in sale.lines) == 2
    with pytest.raises(BadInput, match=r"line 4, column 7 \(line\)"):
        read_csv((header + rows + rows.replace("100", "90")).encode(), TOKYO, "JPY")


BAD_CSV = [
    ("nothing", "", "line 1"),
    ("no such column", "till,customer", "line 1, column 2"),
    ("a column twice", "till,till", "line 1, column 2"),
    ("a column missing", "till,receipt", "line 1"),
    ("both prices", "till,receipt,time,gtin,quantity,price,amount", "line 1"),
    ("a row too short", CSV + "1,2\n", "line 5: expected 6 columns"),
    ("no time", CSV.replace("2026-04-01 09:31", "soon"), r"line 3, column 3 \(time\)"),
    ("a wrong check digit", CSV.replace(TEA, TEA[:-1] + "1"), r"line 3, column 4 \(gtin\)"),
    ("half a yen", CSV.replace(",98", ",98.5"), r"line 3, column 6 \(price\)"),
    ("a negative price", CSV.replace(",98", ",-98"), r"line 3, column 6 \(price\)"),
    ("no quantity", CSV.replace(",2,120", ",0,120"), r"line 2, column 5 \(quantity\)"),
    ("full-width digits", CSV.replace(",2,120", ",２,120"), r"line 2, column 5 \(quantity\)"),
    ("an open quote", CSV + '"1', "line 5: expected CSV"),
]


@pytest.mark.parametrize(("what", "text", "where"), BAD_CSV, ids=[b[0] for b in BAD_CSV])
def test_a_bad_file_is_refused_whole_and_says_where(what: str, text: str, where: str) -> None:
    with pytest.raises(BadInput, match=where) as found:
        read_csv(text.encode(), TOKYO, "JPY")
    assert str(found.value).isprintable()


def test_no_currency_is_guessed() -> None:
    with pytest.raises(BadInput, match="currency"):
        read_csv(CSV.encode(), TOKYO)


def test_a_till_of_nobody_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(BadInput, match=r"line 2 \(till\): expected a till of the shop \(till-1\)"):
        receipts_of(read_csv(CSV.encode(), TOKYO, "JPY"), "shop", ["till-1"], {})


def test_a_receipt_twice_in_a_file_must_be_the_same_twice() -> None:
    twice = {"receipts": JSON["receipts"] * 2}
    assert len(events(read_json(json.dumps(twice).encode(), TOKYO, "JPY"))) == 2
    changed = json.loads(json.dumps(twice))
    changed["receipts"][2]["lines"][0]["quantity"] = 3
    with pytest.raises(BadInput, match=r"receipts\[2\]"):
        events(read_json(json.dumps(changed).encode(), TOKYO, "JPY"))


def test_the_business_day_may_last_past_midnight_and_no_longer() -> None:
    header = "till,receipt,time,business_day,gtin,quantity,price\n"
    row = f"1,1,2026-04-02 01:10,{{day}},{EGG},1,1\n"
    (sale,) = read_csv((header + row.format(day="2026-04-01")).encode(), TOKYO, "JPY")
    assert sale.day == date(2026, 4, 1)
    for day in ("2026-03-31", "2026-04-03"):
        with pytest.raises(BadInput, match="business_day"):
            read_csv((header + row.format(day=day)).encode(), TOKYO, "JPY")


def test_what_was_brought_back_is_taken_off_and_a_return_is_no_sale() -> None:
    back = poslog(
        transaction(
            "1",
            item("Sale", EGG, "3", "<ExtendedAmount>360</ExtendedAmount>")
            + item("Return", EGG, "1", "<ExtendedAmount>120</ExtendedAmount>")
            + item("Return", TEA, "1", "<ExtendedAmount>98</ExtendedAmount>"),
        ),
        transaction("2", item("Return", EGG, "1", "<ExtendedAmount>120</ExtendedAmount>")),
    )
    found = receipts_of(read_poslog(back, TOKYO), "shop", ["1", "2"], {})
    assert [(e.till, e.total) for e in found.events] == [("1", 240)]
    assert (found.returned, found.not_sales) == (2, 1)


def test_what_was_voided_or_for_training_never_was() -> None:
    sale = item("Sale", EGG, "1", "<ExtendedAmount>120</ExtendedAmount>")
    void = sale.replace("<LineItem >", '<LineItem VoidFlag="true">')
    log = poslog(
        transaction("1", sale + void),
        transaction("1", sale, number="2", more='CancelFlag="true"'),
        transaction("1", sale, number="3", more='TrainingModeFlag="1"'),
        transaction("1", sale, number="4").replace(
            "<RetailTransaction>", '<RetailTransaction TransactionStatus="PostVoided">'
        ),
        "<Transaction><WorkstationID>1</WorkstationID><TenderControlTransaction/></Transaction>",
    )
    found = receipts_of(read_poslog(log, TOKYO), "shop", ["1"], {})
    assert [(e.receipt, e.total) for e in found.events] == [("0001", 120)]


LAUGHS = b"""<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><POSLog>&b;</POSLog>"""
OUTSIDE = b"""<!DOCTYPE l SYSTEM "http://127.0.0.1/x.dtd"><POSLog/>"""
BAD_XML = [
    ("entities", LAUGHS, "document type"),
    ("an outside entity", OUTSIDE, "document type"),
    ("too deep", b"<a>" * 100 + b"</a>" * 100, "40 levels"),
    ("not closed", b"<POSLog><Transaction>", "line 1"),
    ("another", b"<html/>", "a POSLog"),
    ("nothing", b"", "expected XML"),
    ("no till", b"<POSLog><Transaction><RetailTransaction/></Transaction></POSLog>",
     "WorkstationID"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "data", "why"), BAD_XML, ids=[b[0] for b in BAD_XML])
def test_bad_xml_is_refused_and_opens_nothing(what: str, data: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_poslog(data, TOKYO)


@given(st.integers(-500, 500).filter(bool), st.integers(0, 10**6))
def test_a_sum_shared_over_pieces_stays_that_sum(quantity: int, amount: int) -> None:
    lines = lines_of(EGG, quantity, amount)
    assert sum(line.quantity for line in lines) == quantity
    assert sum(abs(line.quantity) * line.price for line in lines) == amount


@given(
    st.lists(
        st.builds(
            SaleLine,
            st.sampled_from([EGG, TEA]),
            st.integers(-9, 9).filter(bool),
            st.integers(0, 500),
        ),
        max_size=8,
    )
)
def test_returns_never_make_goods_and_none_is_lost(lines: list[SaleLine]) -> None:
    kept, left = sold(lines)
    assert all(line.quantity > 0 for line in kept)
    assert sum(line.quantity for line in kept) - left == sum(line.quantity for line in lines)
    assert left >= 0


def mutated(seed: bytes) -> st.SearchStrategy[bytes]:
    """Bytes near a good file: pieces of it cut, doubled and overwritten."""
    piece = st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed)), st.binary(max_size=6))

    def cut(pieces: list[tuple[int, int, bytes]]) -> bytes:
        data = seed
        for begin, end, put in pieces:
            data = data[: min(begin, end)] + put + data[max(begin, end) :]
        return data

    near = st.tuples(st.integers(0, len(seed)), st.binary(min_size=1, max_size=4))
    spots = st.lists(near, max_size=4).map(
        lambda found: [(at, at + len(put), put) for at, put in found]
    )
    return st.one_of(spots.map(cut), st.lists(piece, max_size=3).map(cut))


@pytest.mark.parametrize("name", READERS)
def test_no_bytes_raise_anything_but_bad_input(name: str) -> None:
    read, seed = READERS[name]

    @settings(max_examples=300)
    @given(st.one_of(st.binary(max_size=200), mutated(seed)))
    @example(b"\xff\xfe\x00\xd8")
    @example(b'{"receipts": ' + b"[" * 5000)
    @example(b'<?xml version="1.0" encoding="shift_jis"?><POSLog/>')
    @example(b'<?xml version="1.0" encoding="nothing"?><POSLog/>')
    @example(b'{"receipts": [{"till": "\\ud800"}]}')
    def run(data: bytes) -> None:
        with contextlib.suppress(BadInput):
            sales = read(data)
            tills = {sale.till for sale in sales if is_name(sale.till)}
            receipts_of(sales, "shop", tills, {"1": "till-1"})

    run()


def test_a_file_over_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="8000000 bytes"):
        read_csv(b"x" * 8_000_001, TOKYO)
    monkeypatch.setattr("miseban.hub.formats.sales.MOST_LINES", 2)
    for read, data in READERS.values():
        with pytest.raises(BadInput, match="at most 2 lines"):
            read(data)
