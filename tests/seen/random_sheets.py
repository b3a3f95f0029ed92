"""Random sheets in four formats by several writers, and what LibreOffice shows of each: random_sheets.py CELLS SEED DIR

Beside each file a `.tsv` has a line a cell: row,column, kind, and the text that LibreOffice shows, in the spelling of
`tests/it/seen_random.rs`. Needs openpyxl, xlsxwriter, xlwt, odfpy and soffice.
"""
import csv
import datetime as dt
import io
import pathlib
import random
import re
import subprocess
import sys

import openpyxl
import xlsxwriter
import xlwt
from odf import number, opendocument, style, table, text

CELLS, SEED, OUT = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
DAYS = {
    "dd/mm/yyyy": ("%d/%m/%Y", "day"), "yyyy\\-mm\\-dd": ("%Y-%m-%d", "day"), "m/d/yyyy": ("%m/%d/%Y", "day"),
    "d/m/yy": ("%d/%m/%y", "day"), "mmm\\-yy": ("%b-%y", "month"), "mm/yyyy": ("%m/%Y", "month"), "yyyy": ("%Y", "year"),
    "d\\-mmm": ("%d-%b", "half"), "dd/mm/yyyy\\ hh:mm": ("%d/%m/%Y %H:%M", "day"),
}
WORDS = "Nguyễn Trần Lê Đặng Hoàng H’Yim Kdăm thực hiện kế hoạch năm, đạt; “vượt” 2023 № 5 tỷ đồng".split(" ")


def value_of(kind, rng):
    """A value and its format."""
    whole, share = rng.randint(0, 99999), rng.randint(0, 20000) / 10000
    decimal = rng.randint(-10**7, 10**9) / 10 ** rng.randint(0, 5)
    day = dt.datetime(1990, 1, 1) + dt.timedelta(days=rng.randint(0, 18000))
    if kind in DAYS:
        if "hh" in kind:
            day += dt.timedelta(minutes=rng.randint(0, 1439))
        return day, kind
    return {
        "general": lambda: (decimal, None), "whole": lambda: (whole, "0"), "grouped": lambda: (decimal, "#,##0"),
        "decimals": lambda: (decimal, "#,##0.00"), "optional": lambda: (decimal, "0.0##"), "percent": lambda: (share, "0%"),
        "percent2": lambda: (share, "0.00%"), "scaled": lambda: (whole * 1000 + rng.randint(0, 999), "#,##0,"),
        "millions": lambda: (decimal * 100, "0.0,,"), "document": lambda: (whole, '0"/BC-UBND"'), "zeros": lambda: (whole % 1000, "0000"),
        "unit": lambda: (whole, '#,##0" người"'), "brackets": lambda: (decimal, "#,##0_);(#,##0)"), "sign": lambda: (-whole - 1, "0;0"),
        "condition": lambda: (whole, "[>=1000]#,##0,;0"), "science": lambda: (decimal, "0.00E+00"), "fraction": lambda: (rng.randint(1, 99) / 8, "# ?/?"),
        "time": lambda: (rng.randint(0, 1439) / 1440, "hh:mm"), "elapsed": lambda: (rng.randint(0, 5000) / 1440, "[h]:mm"),
        "nothing": lambda: (whole, ";;;"), "word-for-zero": lambda: (rng.choice([0, whole]), '0;-0;"không"'),
        "text": lambda: (" ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 4))), None), "digits": lambda: (f"{whole % 500:05}", "@"),
        "titled": lambda: (rng.choice(WORDS[:5]), '"Ông "@'), "hidden-text": lambda: (rng.choice(WORDS[:5]), ";;;"),
    }[kind]()


KINDS = list(DAYS) + ["general", "whole", "grouped", "decimals", "optional", "percent", "percent2", "scaled", "millions", "document",
                      "zeros", "unit", "brackets", "sign", "condition", "science", "fraction", "time", "elapsed", "nothing",
                      "word-for-zero", "text", "digits", "titled", "hidden-text"]


def by_openpyxl(path, rows):
    book = openpyxl.Workbook()
    sheet = book.active
    for r, row in enumerate(rows):
        for c, (value, form) in enumerate(row):
            cell = sheet.cell(r + 1, c + 1, value)
            cell.number_format = form or "General"
    book.save(path)


def by_xlsxwriter(path, rows):
    book = xlsxwriter.Workbook(str(path))
    sheet, forms = book.add_worksheet(), {}
    for r, row in enumerate(rows):
        for c, (value, form) in enumerate(row):
            own = forms.setdefault(form, book.add_format({"num_format": form} if form else {}))
            write = sheet.write_datetime if isinstance(value, dt.datetime) else sheet.write_string if isinstance(value, str) else sheet.write_number
            write(r, c, value, own)
    book.close()


def by_xlwt(path, rows):
    book = xlwt.Workbook(encoding="utf-8")
    sheet, forms = book.add_sheet("S"), {}
    for r, row in enumerate(rows):
        for c, (value, form) in enumerate(row):
            if form not in forms:
                forms[form] = xlwt.easyxf(num_format_str=form or "General")
            sheet.write(r, c, value, forms[form])
    book.save(str(path))


def by_odfpy(path, rows):
    """Percent, days and plain numbers: what the library itself can style."""
    book = opendocument.OpenDocumentSpreadsheet()
    percent = number.PercentageStyle(name="n1")
    percent.addElement(number.Number(decimalplaces="2", minintegerdigits="1"))
    percent.addElement(number.Text(text="%"))
    day = number.DateStyle(name="n2")
    for part in [number.Day(style="long"), number.Text(text="/"), number.Month(style="long"), number.Text(text="/"), number.Year(style="long")]:
        day.addElement(part)
    for own in (percent, day):
        book.automaticstyles.addElement(own)
    styled = {}
    for name, of in (("percent", "n1"), ("day", "n2")):
        styled[name] = style.Style(name="c-" + name, family="table-cell", datastylename=of)
        book.automaticstyles.addElement(styled[name])
    sheet = table.Table(name="S")
    for row in rows:
        line = table.TableRow()
        for value, form in row:
            if isinstance(value, dt.datetime):
                cell = table.TableCell(valuetype="date", datevalue=value.date().isoformat(), stylename=styled["day"])
                cell.addElement(text.P(text=value.strftime("%d/%m/%Y")))
            elif isinstance(value, str):
                cell = table.TableCell(valuetype="string")
                cell.addElement(text.P(text=value))
            elif form and "%" in form:
                cell = table.TableCell(valuetype="percentage", value=value, stylename=styled["percent"])
                cell.addElement(text.P(text=f"{value * 100:.2f}%"))
            else:
                cell = table.TableCell(valuetype="float", value=value)
                cell.addElement(text.P(text=str(value)))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(str(path))


def by_csv(path, rows, separator=","):
    with open(path, "w", newline="", encoding="utf-8") as out:
        csv.writer(out, delimiter=separator).writerows([[v if isinstance(v, str) else str(v) for v, _ in row] for row in rows])


def office(source, convert, folder, infilter=None):
    own = ["soffice", "--headless", f"-env:UserInstallation=file://{OUT.resolve()}/.office"] + ([f"--infilter={infilter}"] if infilter else [])
    subprocess.run(own + ["--convert-to", convert, "--outdir", str(folder), str(source)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seen_text(shown, kind):
    """What LibreOffice shows, in the spelling of the test."""
    shown = re.sub(r"\s+", " ", shown.replace("\xa0", " ")).strip()
    if kind in DAYS and shown:
        pattern, parts = DAYS[kind]
        if parts == "half":
            return shown
        day = dt.datetime.strptime(shown, pattern)
        return {"day": day.strftime("%d/%m/%Y"), "month": f"{day.month}/{day.year}", "year": str(day.year)}[parts]
    if kind in ("text", "digits", "titled", "hidden-text"):
        return shown
    if kind == "brackets":
        shown = re.sub(r"^\((.*)\)$", r"-\1", shown)
    return shown.replace(",", "").replace(".", ",")


def record(path, kinds, is_csv=False):
    """Writes what LibreOffice shows of a file beside it."""
    folder = OUT / ".shown"
    folder.mkdir(exist_ok=True)
    if is_csv:
        separator = {"semicolon": 59, "tab": 9}.get(path.stem.rsplit("-")[-1], 44)
        columns = "/".join(f"{n}/2" for n in range(1, len(kinds) + 1))
        office(path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", folder, f"Text - txt - csv (StarCalc):{separator},34,76,1,{columns}")
    else:
        office(path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", folder)
    with open(folder / (path.stem + ".csv"), newline="", encoding="utf-8") as shown, open(f"{path}.tsv", "w", encoding="utf-8") as out:
        for r, row in enumerate(csv.reader(shown)):
            for c, (cell, kind) in enumerate(zip(row, kinds)):
                own = re.sub(r"\s+", " ", cell).strip() if is_csv else seen_text(cell, kind)
                out.write(f"{r},{c}\t{kind}\t{own}\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    rows = [[value_of(kind, rng) for kind in KINDS] for _ in range(CELLS)]
    by_openpyxl(OUT / "openpyxl.xlsx", rows)
    by_xlsxwriter(OUT / "xlsxwriter.xlsx", rows)
    by_xlwt(OUT / "xlwt.xls", rows)
    by_odfpy(OUT / "odfpy.ods", rows)
    by_csv(OUT / "csv.csv", rows)
    by_csv(OUT / "csv-semicolon.csv", rows, ";")
    converted = OUT / ".converted"
    for ending in ("xlsx", "ods", "xls"):
        office(OUT / "openpyxl.xlsx", ending, converted)
        (converted / f"openpyxl.{ending}").rename(OUT / f"libreoffice.{ending}")
    for name in ("openpyxl.xlsx", "xlsxwriter.xlsx", "xlwt.xls", "libreoffice.xlsx", "libreoffice.xls", "libreoffice.ods"):
        record(OUT / name, KINDS)
    plain = [("dd/mm/yyyy" if kind in DAYS else "text" if kind in ("text", "digits", "titled", "hidden-text") else kind) for kind in KINDS]
    record(OUT / "odfpy.ods", plain)
    for name in ("csv.csv", "csv-semicolon.csv"):
        record(OUT / name, KINDS, is_csv=True)


main()
