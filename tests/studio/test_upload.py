"""Files by strangers: each gets a message that says where and what, and none does harm."""

from __future__ import annotations

import bz2
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet as pq
from streamlit.testing.v1 import AppTest

from mixtura.course import carrying
from mixtura.course.progress import Progress
from mixtura.exceptions import MixturaError
from mixtura.studio import parts, upload
from mixtura.studio.language import LANGUAGES, words
from mixtura.studio.server import LARGEST_UPLOAD
from mixtura.studio.upload import look_through, mends, open_file, without_bad_rows

GOOD = b"a,b\n1,2\n3,4\n5,7\n"


def parquet(frame, **options):
    stream = io.BytesIO()
    frame.to_parquet(stream, **options)
    return stream.getvalue()


def npy(array, **options):
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def bomb(rows):
    """A Parquet file of some kilobytes that holds many equal rows."""
    stream, block = io.BytesIO(), pa.table({"a": np.zeros(1_000_000)})
    with pq.ParquetWriter(stream, block.schema, compression="zstd") as writer:
        for _ in range(rows // len(block)):
            writer.write_table(block)
    return stream.getvalue()


SMALL = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})


@pytest.mark.parametrize(
    ("name", "content", "shape"),
    [
        ("x.csv", GOOD, (3, 2)),
        ("x.tsv", GOOD.replace(b",", b"\t"), (3, 2)),
        ("../../etc/passwd", GOOD, (3, 2)),
        ("<img src=x>.csv", GOOD, (3, 2)),
        ("x.parquet", parquet(SMALL), (2, 2)),
        ("X.NPY", npy(np.arange(6.0).reshape(3, 2)), (3, 2)),
        ("one-column.csv", b"a\n1\n2\n3\n", (3, 1)),
        ("dos.csv", b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"), (3, 2)),
    ],
)
def test_a_good_file_is_read(name, content, shape):
    assert open_file(name, content)[0].values.shape == shape


WIDE = ",".join(f"c{j}" for j in range(51)) + "\n" + "\n".join([",".join("12" * 25 + "1")] * 3)
BAD = {  # key: file, and what the message must name
    "empty": ("x.csv", b"", []),
    "only-names": ("x.csv", b"a,b\n", []),
    "one-row": ("x.csv", b"1,2\n", []),
    "all-same": ("x.csv", b"a,b\n1,2\n1,2\n1,2\n", ["3"]),
    "no-columns": ("x.parquet", parquet(pd.DataFrame(index=[0, 1]), index=False), []),
    "no-rows": ("x.parquet", parquet(SMALL[:0]), []),
    "no-numbers": ("x.csv", b"=cmd|'/C calc'!A0,<script>\n=1+1,x\n", ["=cmd|'/C calc'!A0"]),
    "marks": ("x.csv", b"a;b\n1;1,234.5\n2;2,345.6\n", ["b", "2,345.6"]),
    "twice": ("x.csv", b"a,a\n1,2\n3,4\n", ["2", "a"]),
    "ragged": ("x.csv", b"a,b\n1,2\n3\n", ["3", "1", "2"]),
    "quote": ("x.csv", b'a,b\n1,2\n"3,4\n', ["3"]),
    "empty-cell-line": ("x.csv", b"a,b\n1,2\n3,\n5,6\n7,8\n", ["3", "b"]),
    "empty-cell-row": ("x.parquet", parquet(pd.DataFrame({"a": [1.0, None, 3]})), ["2", "a"]),
    "bad-cell-line": ("x.csv", b"a,b\n1,2\n3,=1+1\n5,6\n7,8\n", ["3", "b", "=1+1"]),
    "bad-cell-row": ("x.npy", npy(np.array([[1.0, 2], [3, np.inf]])), ["2", "x2", "inf"]),
    "too-far": ("x.csv", b"a,b\n1,1e300\n2,3\n", ["b", "1e+300"]),
    "too-large": ("x.csv", b"1,2\n" * 6_000_000, ["23", "20"]),
    "too-many-rows": ("x.parquet", bomb(20_000_000), ["20,000,000", "200,000"]),
    "too-many-columns": ("x.csv", WIDE.encode(), ["51", "50"]),
    "long-line": ("x.csv", b"a,b\n1," + b"2" * 200_000 + b"\n", ["2", "200,003", "100,000"]),
    "long-name": ("x.csv", b"a" * 300 + b",b\n1,2\n3,4\n", ["a" * 20, "300", "200"]),
    "not-utf-8": ("x.csv", "身高,硬币\n1,2\n3,4\n".encode("gbk"), ["UTF-8"]),
    "utf-16": ("x.csv", "a,b\n1,2\n".encode("utf-16"), ["UTF-16"]),
    "not-text": ("x.csv", b"a\0,b\n1,2\n3,4\n", ["CSV"]),
    "gzip": ("x.csv.gz", b"\x1f\x8b\x08\0", ["gzip"]),
    "packed": ("x.csv.bz2", bz2.compress(GOOD), []),
    "foreign": ("x.json", b'[{"a": 1.5}]', ["JSON"]),
    "zip": ("bomb.xlsx", b"PK\x03\x04" + b"0" * 99, ["zip"]),
    "excel": ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", ["Excel"]),
    "hdf5": ("x.h5", b"\x89HDF\r\n\x1a\n", ["HDF5"]),
    "arrow": ("x.feather", b"ARROW1\0\0", ["Arrow"]),
    "picture": ("x.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["CSV"]),
    "pdf": ("x.csv", b"%PDF-1.7", ["PDF"]),
    "pickle": ("x.pkl", b"\x80\x04\x95", ["pickle"]),
    "promise": ("x.parquet", GOOD, [".parquet"]),
    "parquet-damaged": ("x.parquet", parquet(SMALL)[:60], ["Parquet"]),
    "npy-damaged": ("x.npy", npy(np.ones((9, 2)))[:-8], ["NPY"]),
    "npy-type": ("x.npy", npy(np.array([[1j]])), ["complex128"]),
    "npy-shape": ("x.npy", npy(np.zeros(3)), ["(3,)"]),
}
MENDING = {"no-table", "no-whole-row"}
PROGRESS = {"no-progress", "progress-disk", "progress-foreign"}


def said(error, language):
    """The message in a language, without what is the same in all."""
    assert isinstance(error, MixturaError)
    text = parts.why(words(language), error)
    assert "[en]" not in text
    assert language == "en" or any("\u4e00" <= letter <= "\u9fff" for letter in text)
    return text


@pytest.mark.parametrize("key", BAD)
def test_a_bad_file_is_refused_by_place_in_every_language(key):
    name, content, named = BAD[key]
    with pytest.raises(MixturaError) as caught:
        open_file(name, content)
    assert caught.value.key == key
    for language in LANGUAGES:
        text = said(caught.value, language)
        assert all(each in text for each in named)


def test_a_column_of_numbers_with_marks_can_be_left_out():
    name, content, _ = BAD["marks"]
    with pytest.raises(MixturaError) as caught:
        open_file(name, content)
    assert upload.mends(caught.value)
    table, left_out = upload.without_bad_rows(name, content)
    assert (table.columns, table.skipped, left_out) == (("a",), ("b",), 0)


def test_every_text_has_a_file_that_leads_to_it():
    assert set(words("en").group("refused")) == BAD.keys() | MENDING | PROGRESS | {"memory"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_progress_that_cannot_be_used_is_said_in_every_language(tmp_path, language):
    foreign = tmp_path / "foreign.sqlite"
    foreign.write_text("no database " * 100)
    blocked = tmp_path / "folder"
    blocked.mkdir()
    with Progress(tmp_path / "progress.sqlite") as kept:
        for text in ("", "[]", '{"format": "mixtura-progress"}', "<script>"):
            with pytest.raises(MixturaError) as caught:
                carrying.join(kept, text)
            assert caught.value.key == "no-progress" and said(caught.value, language)
    for path, key in ((foreign, "progress-foreign"), (blocked, "progress-disk")):
        with pytest.raises(MixturaError) as caught:
            Progress(path)
        assert caught.value.key == key and path.name in said(caught.value, language)


@given(
    start=st.sampled_from([b"", b"a,b\n1,2\n", b"PAR1", b"\x93NUMPY\x01\0", b"\xef\xbb\xbf"]),
    content=st.binary(max_size=60) | st.text('0,;".\n\t \r-e=a\0', max_size=60).map(str.encode),
    name=st.sampled_from(["x.csv", "x.parquet", "x.npy", ""]),
)
def test_whatever_the_bytes_a_refusal_has_words(start, content, name):
    for use in (open_file, without_bad_rows):
        try:
            table, left_out = use(name, start + content)
        except MixturaError as error:
            assert said(error, "zh-Hant")
        else:
            assert len(table.values) >= 2 and np.isfinite(table.values).all() and left_out >= 0


def test_limits_are_kept(monkeypatch):
    monkeypatch.setattr(upload, "MOST_ROWS", 2)
    with pytest.raises(MixturaError) as caught:
        open_file("x.csv", GOOD)
    assert (caught.value.key, caught.value.values["rows"]) == ("too-many-rows", 3)


def test_bad_rows_can_be_left_out():
    content = b"name,a,b\nx,1,2\ny,3,\nz,5,?\nw,7,8\nv,9,inf\nu,1,2\n"
    with pytest.raises(MixturaError) as caught:
        open_file("x.csv", content)
    assert mends(caught.value)
    table, left_out = without_bad_rows("x.csv", content)
    assert table.columns == ("a", "b")
    assert table.skipped == ("name",)
    assert left_out == 3
    np.testing.assert_array_equal(table.values, [[1, 2], [7, 8], [1, 2]])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.npy", npy(np.array([[1.0, 2], [np.nan, 3], [4, 5]]))),
        ("x.parquet", parquet(pd.DataFrame({"x1": [1, None, 4], "x2": [2, 3, 5]}))),
    ],
)
def test_bad_rows_of_numbers_can_be_left_out_too(name, content):
    table, left_out = without_bad_rows(name, content)
    assert (table.columns, left_out) == (("x1", "x2"), 1)
    np.testing.assert_array_equal(table.values, [[1, 2], [4, 5]])


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        (b"a\n1\nx\n3\n", ("a",), [[1], [3]]),
        (b"1,2\n3,x\n5,6\n", ("x1", "x2"), [[1, 2], [5, 6]]),
        (b"a  b\n1  2\n3  x\n5 6\n", ("a", "b"), [[1, 2], [5, 6]]),
    ],
)
def test_one_column_no_names_and_columns_by_spaces_are_mended_too(content, names, rows):
    table, left_out = without_bad_rows("x.csv", content)
    assert (table.columns, left_out) == (names, 1)
    np.testing.assert_array_equal(table.values, rows)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "no-table"),
        (b"\xff\xfe\x00", "no-table"),
        (b"a,b\nx,y\nz,w\n", "no-whole-row"),
        (b"a,b\n,\n,\n", "no-whole-row"),
    ],
)
def test_what_cannot_be_mended_is_said(content, key):
    with pytest.raises(MixturaError) as caught:
        without_bad_rows("x.csv", content)
    assert caught.value.key == key and all(said(caught.value, each) for each in LANGUAGES)


def test_what_is_odd_is_counted():
    look = look_through(open_file("x.csv", b"a,b,c\n1,2,x\n1,2,y\n1,5,z\n")[0])
    assert look == (3, 1, ("a",), ("c",))


def test_a_file_that_streamlit_itself_refuses_is_refused_in_words_too():
    """It is a sentence of Streamlit's own, with the limit in it; the page puts another there."""
    for language in LANGUAGES:
        text = words(language).group("streamlit")[f"File must be {LARGEST_UPLOAD}.0MB or smaller."]
        assert f"{LARGEST_UPLOAD} MB" in text


def open_data(language):
    from mixtura.studio.language import words
    from mixtura.studio.shell import open_screen

    open_screen("data", words(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_session_outlives_every_bad_file(language, monkeypatch):
    """One after the other in one page, each with its message, and then a good one."""
    app = AppTest.from_function(open_data, args=(language,), default_timeout=60)
    app.session_state.language = language
    say = words(language)
    for key in ("empty", "ragged", "picture", "no-numbers", "memory"):
        name, content, _ = BAD.get(key, ("x.csv", GOOD, []))
        with monkeypatch.context() as patched:
            if key == "memory":
                patched.setattr("mixtura.studio.screens.data.open_file", _starved)
            app.run().file_uploader[0].set_value((name, content, "text/csv")).run()
        assert not app.exception
        (message,) = [each.body for each in app.get("html") if 'role="alert"' in each.body]
        beginning = say(f"refused.{key}").split("{")[0]
        assert beginning in message and "<script>" not in message
    app.file_uploader[0].set_value(("good.csv", GOOD, "text/csv")).run()
    assert not app.exception
    assert app.multiselect[0].value == ["a", "b"]


def _starved(name, content):
    raise MemoryError
