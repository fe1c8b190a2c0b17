"""Files become rows exactly, and every file that cannot says where and what to type."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixtura import datasets
from mixtura.exceptions import (
    FileAccessError,
    FileFormatError,
    InvalidDataError,
    InvalidParameterError,
    MissingExtraError,
    MixturaError,
)
from mixtura.tables import read
from mixtura.tables.table import Column, choose

ROWS = np.array([[1.5, -2.0], [3.0, 4e10], [5.25, 1e-300]])


@pytest.fixture
def write(tmp_path):
    def write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# What is read


@pytest.mark.parametrize("name", datasets.names())
def test_a_bundled_set_reads_as_pandas_reads_it(name):
    table, frame = read(datasets.path(name)), pd.read_csv(datasets.path(name))
    numbers = frame.select_dtypes("number")
    np.testing.assert_array_equal(table.values, numbers)
    assert table.columns == tuple(numbers.columns)
    assert table.skipped == (("label",) if "label" in frame else ())


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1.5,-2\n3,4e10\n5.25,1e-300\n",
        "a\tb\n1.5\t-2\n3\t4e10\n5.25\t1e-300\n",
        "a;b\r\n1.5;-2\r\n3;4e10\r\n5.25;1e-300\r\n",
        "a|b\n1.5|-2\n3|4e10\n5.25|1e-300",
        "  a   b\n 1.5  -2 \n  3   4e10\n5.25 1e-300\n",
        "a b\n1.5 -2\n\n3 4e10\n   \n5.25 1e-300\n\n",
        '"a", "b"\n"1.5", "-2"\n"3","4e10"\n5.25,1e-300\n',
        "\ufeffa,b\n1.5,-2\n3,4e10\n5.25,1e-300\n",
        " a ,b\n+1.5 ,-2.\n3,4E+10\n5.25,1e-300\n",
    ],
    ids=["csv", "tsv", "semicolon", "bar", "spaces", "blank lines", "quotes", "bom", "padded"],
)
def test_dialects_of_text(write, content):
    table = read(write(content))
    np.testing.assert_array_equal(table.values, ROWS)
    assert table.columns == ("a", "b")
    assert table.values.dtype == np.float64


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_packed_is_unpacked(tmp_path, pack):
    path = tmp_path / "data.csv.packed"
    path.write_bytes(pack(b"a,b\n1.5,-2\n3,4e10\n5.25,1e-300\n"))
    np.testing.assert_array_equal(read(path).values, ROWS)
    path.write_bytes(pack(npy_bytes(ROWS)))
    np.testing.assert_array_equal(read(path).values, ROWS)


def test_text_as_excel_and_powershell_write_it(write):
    table = read(write("a\tb\r\n1.5\t-2\r\n3\t4e10\r\n5.25\t1e-300\r\n".encode("utf-16")))
    np.testing.assert_array_equal(table.values, ROWS)


@pytest.mark.parametrize(
    "content",
    [
        "a;b\n1,5;-2\n3;4e10\n5,25;1e-300\n",
        "1,5;-2,0\n3,0;4e10\n5,25;1e-300\n",
        '"a","b"\n"1,5","-2"\n"3","4e10"\n"5,25","1e-300"\n',
        "a b\n1,5 -2\n3 4e10\n5,25 1e-300\n",
    ],
    ids=["header", "no header", "quotes", "spaces"],
)
def test_the_decimal_mark_can_be_a_comma(write, content):
    np.testing.assert_array_equal(read(write(content), decimal=",").values, ROWS)
    with pytest.raises(InvalidDataError, match="give `decimal` as ','"):
        read(write(content))


def test_a_decimal_mark_is_a_point_or_a_comma(write):
    with pytest.raises(InvalidParameterError, match="`decimal` must be"):
        read(write("a,b\n1,2\n"), decimal=";")
    with pytest.raises(InvalidDataError, match=r"line 2, column `b` is '2\.5'"):
        read(write("a;b\n1;2.5\n3,5;4\n5;6,5\n"), decimal=",")


@pytest.mark.parametrize(
    "cell",
    ["1,234", "1,234.50", "1 234", "12'345.5", "\u20ac3", "$5.50", "12 %", "-1,5", "1\u202f234"],
)
def test_numbers_with_marks_are_refused_and_not_lost_as_text(write, cell):
    path = write("a;b\n" + f"{cell};1\n" * 3)
    with pytest.raises(InvalidDataError, match="column `a` holds numbers as text such as"):
        read(path)
    assert read(path, ["b"]).columns == ("b",)


@pytest.mark.parametrize(
    "cell", ["2020-01-31", "31.01.2020", "12:30", "3 cm", "id7", "1-2", "v1.2"]
)
def test_what_is_no_number_to_people_is_text(write, cell):
    assert read(write("a;b\n" + f"{cell};1\n" * 3)).skipped == ("a",)


@pytest.mark.parametrize("names", [("0", "1"), ("2019", "2020")])
def test_names_may_be_numbers_that_count_up_above_fractions(write, names):
    below = "1.5,-2.25\n" * 20
    assert read(write(",".join(names) + "\n" + below)).columns == names
    indexed = pd.DataFrame(np.full((20, 2), 1.5), columns=names).to_csv()
    assert read(write(indexed)).columns == names


@pytest.mark.parametrize(
    ("top", "below"),
    [("0,1", "1,0\n" * 20), ("0,2", "1.5,2.5\n" * 20), ("0,1", "1.5,2.5\n"), ("0", "1.5\n" * 20)],
)
def test_a_first_row_of_numbers_is_a_row(write, top, below):
    assert read(write(f"{top}\n{below}")).columns[0] == "x1"


@pytest.mark.parametrize("content", ["1,2\n3,4\n", "1,2,x\n3,4,y\n"])
def test_without_a_header_columns_are_numbered(write, content):
    table = read(write(content))
    np.testing.assert_array_equal(table.values, [[1, 2], [3, 4]])
    assert table.columns == ("x1", "x2")


def test_one_column_needs_no_delimiter(write):
    np.testing.assert_array_equal(read(write("my height\n140\n170\n")).values, [[140], [170]])


def test_one_row_is_a_table(write):
    np.testing.assert_array_equal(read(write("1,2\n")).values, [[1, 2]])


def test_the_delimiter_can_be_given(write):
    table = read(write("a:b\n1:2\n"), delimiter=":")
    np.testing.assert_array_equal(table.values, [[1, 2]])


def test_a_nameless_row_number_is_not_a_feature(write):
    table = read(write(pd.DataFrame({"a": [1.0, 2.0]}).to_csv()))
    assert table.columns == ("a",)
    assert table.skipped == ("column 1, which has no name",)


def test_numbers_too_large_to_sum_are_still_finite(write):
    table = read(write("a,b\n1e308,1e308\n"))
    np.testing.assert_array_equal(table.values, [[1e308, 1e308]])


def test_quoted_text_may_hold_delimiters_and_lines(write):
    table = read(write('a,note\n1,"x, y"\n2,"two\nlines"\n'))
    np.testing.assert_array_equal(table.values, [[1], [2]])


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(rows=st.lists(st.tuples(finite, finite), min_size=1, max_size=20))
def test_every_finite_float_survives(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("floats") / "floats.csv"
    path.write_text("a,b\n" + "".join(f"{a!r},{b!r}\n" for a, b in rows))
    np.testing.assert_array_equal(read(path).values, rows)


def npy_bytes(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [b"1,2\n3,4\n", npy_bytes(np.array([[1.0, 2], [3, 4]]))])
def test_standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    table = read("-")
    np.testing.assert_array_equal(table.values, [[1, 2], [3, 4]])
    assert table.source == "standard input"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("float64", "float64"),
        ("float32", "float32"),
        ("float16", "float32"),
        ("int8", "float64"),
        (">f8", "float64"),
    ],
)
def test_npy(tmp_path, given, kept):
    rows = np.array([[1, -2], [3, 4]], dtype=given)
    np.save(tmp_path / "rows.npy", np.asfortranarray(rows))
    table = read(tmp_path / "rows.npy")
    np.testing.assert_array_equal(table.values, rows)
    assert table.values.dtype == np.dtype(kept) and table.values.flags.c_contiguous
    assert table.columns == ("x1", "x2")


@pytest.mark.parametrize(
    ("given", "kept"), [("float64", "float64"), ("float32", "float32"), ("int64", "float64")]
)
def test_parquet(tmp_path, given, kept):
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, dtype=given).assign(name=["x", "y"])
    frame.to_parquet(tmp_path / "rows.parquet")
    table = read(tmp_path / "rows.parquet")
    np.testing.assert_array_equal(table.values, [[1, 3], [2, 4]])
    assert table.values.dtype == np.dtype(kept)
    assert (table.columns, table.skipped) == (("a", "b"), ("name",))


def test_the_contents_decide_not_the_name(tmp_path):
    pd.DataFrame({"a": [1.0]}).to_parquet(tmp_path / "rows.data")
    assert read(tmp_path / "rows.data").columns == ("a",)


# Which columns


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["b"], ("b",)),
        (["b", "a"], ("b", "a")),
        ([2, 1], ("b", "a")),
        (["2019", 1], ("2019", "a")),
        ([2019], ("2019",)),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_by_name_and_number(tmp_path, columns, expected, suffix):
    frame = pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4], "2019": [5.0, 6], "name": ["x", "y"]})
    path = tmp_path / f"rows{suffix}"
    frame.to_csv(path, index=False) if suffix == ".csv" else frame.to_parquet(path)
    table = read(path, columns)
    assert table.columns == expected
    np.testing.assert_array_equal(table.values, frame[list(expected)])
    assert table.skipped == ()


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        (["eruption"], InvalidParameterError, "`columns`.*'eruption'; did you mean 'eruptions'"),
        (["zzz"], InvalidParameterError, "its columns are .*'waiting'"),
        ([0], InvalidParameterError, "number them 1 to 3, got 0"),
        ([4], InvalidParameterError, "number them 1 to 3, got 4"),
        ([], InvalidParameterError, "at least one"),
        (["waiting", 2], InvalidParameterError, "'waiting' twice"),
        (["label"], InvalidDataError, "column `label` holds text such as 'y'"),
    ],
)
def test_columns_that_cannot_be_chosen(write, columns, error, message):
    path = write("eruptions,waiting,label\n1,2,x\n3,4,y\n")
    with pytest.raises(error, match=message):
        read(path, columns)


# Bad cells and bad files


@pytest.mark.parametrize(
    "cell", ["abc", "", " ", "NA", "nan", "inf", "-Infinity", "3;5", "1 2", "1_0"]
)
@pytest.mark.parametrize("lines", [3, 3000])
def test_a_bad_cell_is_named_by_file_line_and_column(write, cell, lines):
    rows = [f"{i},{i}" for i in range(lines)]
    rows[-1] = f"7,{cell}"
    path = write("first,second\n" + "\n".join(rows))
    with pytest.raises(InvalidDataError) as caught:
        read(path)
    message = str(caught.value)
    assert f"data.csv, line {lines + 1}, column `second`" in message
    assert (repr(cell.strip()) if cell.strip() else "is empty") in message
    assert "must be a finite number" in message


def test_the_line_is_that_of_an_editor(write):
    with pytest.raises(InvalidDataError, match="line 7, column `a`"):
        read(write('a,note\n\n1,"two\nlines"\n\n2,x\nz,y\n'))


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", InvalidDataError, "is empty"),
        ("\n \n\n", InvalidDataError, "is empty"),
        ("a,b\n", InvalidDataError, "no rows of numbers, only the line 'a,b'"),
        ("a,b\nx,y\n", InvalidDataError, "no named column of numbers: column `a` .*'x'"),
        ("a;b\n3,6;7,1\n", InvalidDataError, "'3,6'; write numbers such as 3.6"),
        ("a,b\n1,2\n3\n", InvalidDataError, "line 3 has 1 cells, but the first row has 2"),
        ("a,b\n1,2\n3,4,5\n", InvalidDataError, "line 3 has 3 cells"),
        ("a,b\n1,2,3\n", InvalidDataError, "line 2 has 3 cells"),
        ("a,b,a\n1,2,3\n", InvalidDataError, "2 columns named 'a'"),
        ('a,b\n1,2\n"3,4\n', FileFormatError, "line 3 .*stray quote"),
        (b"a,b\n1,\xff\n", FileFormatError, "not UTF-8"),
        (b"a\x00b,c\n1,2\n", FileFormatError, "is not text"),
        (b"\x1f\x8b\x08\x00", FileFormatError, "packed and damaged"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 999)[:-9], FileFormatError, "packed and damaged"),
        (b"\x28\xb5\x2f\xfd....", FileFormatError, "zstd -dc FILE"),
        (b'[{"a": 1.5}]', FileFormatError, "is JSON"),
        (b"<!DOCTYPE html>", FileFormatError, "web page"),
        ("a:b\n1:2\n", InvalidDataError, "'1:2'; write .* with `delimiter`"),
        (b"PK\x03\x04....", FileFormatError, "spreadsheet; save it as CSV"),
        (b"\x80\x04\x95pickle", FileFormatError, "pickle"),
    ],
)
def test_text_that_is_not_a_table(write, content, error, message):
    with pytest.raises(error, match=message) as caught:
        read(write(content))
    assert "data.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(3), r"2-D.*\(3,\).*reshape"),
        (np.zeros((2, 2, 2)), "2-D"),
        (np.array([["a"]]), "real numbers, got dtype"),
        (np.array([[1j]]), "real numbers, got dtype complex128"),
        (np.zeros((0, 2)), "at least one row"),
        (np.array([[1, 2], [3, np.nan]]), "row 2, column `x2` is 'nan'"),
        (np.array([[1, 2], [-np.inf, 4]]), "row 2, column `x1` is '-inf'"),
    ],
)
def test_npy_that_is_not_a_table(tmp_path, array, message):
    np.save(tmp_path / "rows.npy", array)
    with pytest.raises(InvalidDataError, match=message):
        read(tmp_path / "rows.npy")


def test_a_pickled_array_is_never_opened(tmp_path):
    np.save(tmp_path / "rows.npy", np.array([[object()]]), allow_pickle=True)
    with pytest.raises(FileFormatError, match="Object arrays"):
        read(tmp_path / "rows.npy")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1.0, None]}), "row 2, column `a` is empty"),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), "row 2, column `a` is empty"),
        (pd.DataFrame({"a": [1.0, np.inf]}), "row 2, column `a` is 'inf'"),
        (pd.DataFrame({"a": ["x"]}), "no named column of numbers"),
        (pd.DataFrame({"a": np.array([], float)}), "no rows"),
    ],
)
def test_parquet_that_is_not_a_table(tmp_path, frame, message):
    frame.to_parquet(tmp_path / "rows.parquet")
    with pytest.raises(InvalidDataError, match=message):
        read(tmp_path / "rows.parquet")


@pytest.mark.parametrize("kind", ["npy", "parquet"])
def test_a_damaged_binary_file_is_one_clear_error(tmp_path, kind):
    path, rng = tmp_path / f"rows.{kind}", np.random.default_rng(0)
    if kind == "npy":
        np.save(path, np.ones((20, 2)))
    else:
        pd.DataFrame({"a": np.ones(20)}).to_parquet(path)
    whole = path.read_bytes()
    damaged = [whole[:length] for length in rng.integers(0, len(whole), 40)]
    for position in rng.integers(0, len(whole), 60):
        damaged.append(whole[:position] + bytes([rng.integers(256)]) + whole[position + 1 :])
    for content in damaged:
        path.write_bytes(content)
        try:
            assert np.isfinite(read(path).values).all()
        except MixturaError as error:
            assert str(path) in str(error)


def test_a_name_that_promises_another_format(write):
    with pytest.raises(FileFormatError, match="not what its name says"):
        read(write("a,b\n1,2\n", "rows.parquet"))


@pytest.mark.parametrize(("name", "message"), [("none.csv", "no such file"), (".", "is a folder")])
def test_paths_that_are_not_files(tmp_path, name, message):
    with pytest.raises(FileAccessError, match=f"`path` .*{message}"):
        read(tmp_path / name)


def test_a_delimiter_is_one_character(write):
    with pytest.raises(InvalidParameterError, match="`delimiter` must be one character"):
        read(write("a,b\n1,2\n"), delimiter="::")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    pd.DataFrame({"a": [1.0]}).to_parquet(tmp_path / "rows.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'mixtura\[tables\]'"):
        read(tmp_path / "rows.parquet")


def test_a_file_of_very_many_columns_is_looked_through_once():
    """Looking every column up in those chosen took minutes, and a megabyte could block a server."""
    offered = [Column(f"c{j}", j % 2 == 0) for j in range(40_000)]
    begin = time.process_time()
    chosen, skipped = choose(offered, None, "x.csv")
    assert time.process_time() - begin < 1.0
    assert (len(chosen), skipped[0]) == (20_000, "c1")
