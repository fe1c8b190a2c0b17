"""Files by strangers: each gets a message that says where and what, and none does harm."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from mixtura.exceptions import MixturaError
from mixtura.studio import upload
from mixtura.studio.upload import look_through, open_file, without_bad_rows

GOOD = b"a,b\n1,2\n3,4\n5,7\n"


def parquet():
    stream = io.BytesIO()
    pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}).to_parquet(stream)
    return stream.getvalue()


def npy():
    stream = io.BytesIO()
    np.save(stream, np.arange(6.0).reshape(3, 2))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "shape"),
    [
        ("x.csv", GOOD, (3, 2)),
        ("x.tsv", GOOD.replace(b",", b"\t"), (3, 2)),
        ("../../etc/passwd", GOOD, (3, 2)),
        ("<img src=x>.csv", GOOD, (3, 2)),
        ("x.parquet", parquet(), (2, 2)),
        ("X.NPY", npy(), (3, 2)),
        ("one-column.csv", b"a\n1\n2\n3\n", (3, 1)),
    ],
)
def test_a_good_file_is_read(name, content, shape):
    assert open_file(name, content).values.shape == shape


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n3\n", "line 3 has 1 cells"),
        (b"a,b\n1,2\n3,\n5,6\n7,8\n", "line 3, column `b` is empty"),
        (b"a,b\n1,2\n3,x\n5,6\n7,8\n", "line 3, column `b` is 'x'"),
        (b"a,b\n,\n,\n", "no named column of numbers|empty"),
        (b"a,b\n", "no rows of numbers"),
        (b"1,2\n", "one row"),
        (b"\x00\x01\x02\xff\xfe" * 100, "not|UTF"),
        (b"PK\x03\x04" + b"0" * 99, "spreadsheet"),
        (b"\x80\x04\x95", "pickle"),
        (b"=cmd|'/C calc'!A0,<script>\n=1+1,x\n", "no named column of numbers"),
        (b"PAR1" + b"0" * 50, "Parquet|parquet"),
        (b"a,a\n1,2\n3,4\n", "2 columns named 'a'"),
    ],
)
def test_a_bad_file_is_refused_by_place(content, message):
    with pytest.raises(MixturaError, match=message) as caught:
        open_file("x.csv", content)
    assert "/tmp" not in str(caught.value)


def test_a_name_that_lies_is_refused():
    with pytest.raises(MixturaError, match="not what its name says"):
        open_file("x.parquet", GOOD)


def test_limits_are_kept(monkeypatch):
    monkeypatch.setattr(upload, "LARGEST_UPLOAD", 0)
    with pytest.raises(MixturaError, match="MB"):
        open_file("x.csv", GOOD)
    monkeypatch.setattr(upload, "LARGEST_UPLOAD", 20)
    monkeypatch.setattr(upload, "MOST_ROWS", 2)
    with pytest.raises(MixturaError, match="3 rows"):
        open_file("x.csv", GOOD)
    wide = ",".join(f"c{j}" for j in range(51)) + "\n" + "\n".join([",".join(["1"] * 51)] * 2)
    with pytest.raises(MixturaError, match="51 columns"):
        open_file("x.csv", wide.encode())


def test_bad_rows_can_be_left_out():
    table, left_out = without_bad_rows(b"name,a,b\nx,1,2\ny,3,\nz,5,?\nw,7,8\nv,9,inf\nu,1,2\n")
    assert table.columns == ("a", "b")
    assert table.skipped == ("name",)
    assert left_out == 3
    np.testing.assert_array_equal(table.values, [[1, 2], [7, 8], [1, 2]])


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        (b"a\n1\nx\n3\n", ("a",), [[1], [3]]),
        (b"1,2\n3,x\n5,6\n", ("x1", "x2"), [[1, 2], [5, 6]]),
        (b"a  b\n1  2\n3  x\n5 6\n", ("a", "b"), [[1, 2], [5, 6]]),
    ],
)
def test_one_column_no_names_and_columns_by_spaces_are_mended_too(content, names, rows):
    table, left_out = without_bad_rows(content)
    assert (table.columns, left_out) == (names, 1)
    np.testing.assert_array_equal(table.values, rows)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\nx,y\nz,w\n", b"a,b\n,\n,\n"])
def test_what_cannot_be_mended_is_said(content):
    with pytest.raises(MixturaError):
        without_bad_rows(content)


def test_what_is_odd_is_counted():
    look = look_through(open_file("x.csv", b"a,b,c\n1,2,x\n1,2,y\n1,5,z\n"))
    assert look == (3, 1, ("a",), ("c",))
