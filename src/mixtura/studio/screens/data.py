"""Your data: a file looked through, swept over k and family, and taken away with labels."""

from __future__ import annotations

import hashlib
import io
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from sklearn.decomposition import PCA
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mixtura import Selection, datasets, select
from mixtura.covariance import COVARIANCES
from mixtura.exceptions import MixturaError
from mixtura.plot.reading import Parts, parts_of
from mixtura.selection.selection import Candidate
from mixtura.studio import charts, parts
from mixtura.studio.language import Words
from mixtura.studio.server import LARGEST_UPLOAD
from mixtura.studio.takeaway import as_bytes, code_box
from mixtura.studio.upload import (
    MOST_COLUMNS,
    MOST_ROWS,
    Refused,
    look_through,
    mends,
    open_file,
    without_bad_rows,
)
from mixtura.tables import Table

__all__ = ["script", "show"]

_DRAWN = 2000  # points of a picture
_SWEPT = 20_000  # rows of a sweep


class _Source(NamedTuple):
    """A file and what has been left out of it."""

    name: str
    table: Table
    left_out: int


def show(say: Words) -> None:
    """Draw the screen."""
    st.info(
        say("data.privacy", mb=LARGEST_UPLOAD, rows=MOST_ROWS, columns=MOST_COLUMNS),
        icon=":material/lock:",
    )
    source = _source(say)
    if source is None:
        return
    _report(say, source)
    columns = _columns(say, source)
    if not columns:
        parts.alarm(say("data.no_column"))
        return
    standardise = st.toggle(say("data.standardise"), key="data.standardise")
    st.caption(say("data.standardise_why"))
    x = source.table.values[:, [source.table.columns.index(name) for name in columns]]
    x = np.asarray(x, dtype=float)
    if standardise:
        spread = x.std(axis=0)
        x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    _sweep(say, source, columns, x, standardise)


def script(name: str, columns: list[str], standardise: bool, ks: tuple[int, int]) -> str:
    """Python that reads the file, chooses and labels; the name of the file is all to fill in."""
    lines = [
        "import mixtura",
        "from mixtura.tables import read",
        "",
        f"X = read({name!r}, columns={columns!r}).values",
    ]
    if standardise:
        lines.append("X = (X - X.mean(axis=0)) / X.std(axis=0)")
    return "\n".join(
        [
            *lines,
            f"selection = mixtura.select(X, range({ks[0]}, {ks[1] + 1}), random_state=0)",
            "print(selection.verdict)",
            "labels = selection.best.predict(X)",
            'selection.best.save("mixture.safetensors")',
            "",
        ]
    )


def _source(say: Words) -> _Source | None:
    left, right = st.columns([2, 1], vertical_alignment="center")
    file = left.file_uploader(say("data.drop"), key="data.file", max_upload_size=LARGEST_UPLOAD)
    with right:
        sample = st.toggle(say("data.sample"), key="data.sample")
    if file is None:
        if not sample:
            st.caption(say("data.example"))
            st.code("height,coins\n141.5,12\n168.0,27.5", language=None, width=220)
            return None
        iris = datasets.load("iris")
        return _Source("iris.csv", Table(iris.data, iris.feature_names, "iris", ("label",)), 0)
    found = _read(file, mend=False)
    if isinstance(found, MixturaError):
        _refuse(say, found)
        if not mends(found) or not st.toggle(say("data.leave_out"), key="data.leave_out"):
            return None
        found = _read(file, mend=True)
    if isinstance(found, MixturaError):
        _refuse(say, found)
        return None
    return found


def _read(file: UploadedFile, *, mend: bool) -> _Source | MixturaError:
    """What a file holds, or why it cannot be used; read once, whatever is clicked after."""
    kept = st.session_state.get("data.read", {})
    st.session_state["data.read"] = kept = {
        key: found for key, found in kept.items() if key[0] == file.file_id
    }
    key = (file.file_id, mend)
    if key not in kept:
        content = file.getvalue()
        try:
            whole = without_bad_rows if mend else open_file
            kept[key] = _Source(file.name, *whole(file.name, content))
        except MixturaError as error:
            kept[key] = error
        except MemoryError:
            kept[key] = Refused("memory")
    return kept[key]


def _refuse(say: Words, error: MixturaError) -> None:
    parts.alarm(say("data.refused", reason=parts.why(say, error)))


def _report(say: Words, source: _Source) -> None:
    look = look_through(source.table)
    rows: list[list[Any]] = [
        [say("data.rows"), f"{look.rows:,}"],
        [say("data.left_out"), f"{source.left_out:,}"],
        [say("data.duplicates"), f"{look.duplicates:,}"],
        [say("data.constant"), say("comma").join(look.constant) or "–"],
        [say("data.skipped"), say("comma").join(look.skipped) or "–"],
    ]
    parts.table(say("data.report"), [say("data.what"), say("data.found")], rows)


def _columns(say: Words, source: _Source) -> list[str]:
    look = look_through(source.table)
    offered = [name for name in source.table.columns if name not in look.constant]
    key = f"data.columns.{hashlib.sha256(repr(offered).encode()).hexdigest()[:8]}"
    return st.multiselect(
        say("data.columns"), offered, default=offered[:8], key=key, placeholder=""
    )


def _sweep(
    say: Words, source: _Source, columns: list[str], x: np.ndarray, standardise: bool
) -> None:
    low, high = st.slider(say("data.ks"), 1, 12, (1, 6), key="data.ks")
    digest = hashlib.sha256(x.tobytes() + repr((low, high)).encode()).hexdigest()
    if st.button(say("data.go"), type="primary", icon=":material/query_stats:"):
        _fit(say, digest, x, low, high)
    kept = st.session_state.get("data.selection")
    if kept is None or kept[0] != digest:
        return
    _outcome(say, kept[1], columns, x)
    with st.expander(say("take.code"), icon=":material/code:"):
        code_box(script(source.name, columns, standardise, (low, high)))


def _fit(say: Words, digest: str, x: np.ndarray, low: int, high: int) -> None:
    bar = st.progress(0.0, say("selection.working"))

    def tell(done: int, total: int, _: Candidate) -> None:
        bar.progress(done / total, say("selection.working"))

    some = x[np.random.default_rng(0).permutation(len(x))[:_SWEPT]] if len(x) > _SWEPT else x
    try:
        selection = select(some, range(low, high + 1), random_state=0, progress=tell)
        st.session_state["data.selection"] = (digest, selection)
    except MixturaError as error:
        _refuse(say, error)
    except MemoryError:
        _refuse(say, Refused("memory"))
    bar.empty()


def _outcome(say: Words, selection: Selection, columns: list[str], x: np.ndarray) -> None:
    best = selection.best
    parts.summary(
        say(
            "data.verdict",
            k=best.n_components,
            family=best.covariance_type,
            bic=f"{selection.best_candidate.bic:,.1f}",
            lead=f"{selection.lead:,.1f}",
        )
    )
    shares = best.predict_proba(x)
    left, right = st.columns([1.2, 1])
    with left:
        _picture(say, x, shares, parts_of(best), columns)
    with right:
        _candidates(say, selection)
        st.download_button(
            say("data.labels"),
            _labels(shares),
            "responsibilities.csv",
            "text/csv",
            on_click="ignore",
        )
        st.download_button(
            say("take.model"), lambda: as_bytes(best), "mixture.safetensors", on_click="ignore"
        )


def _picture(
    say: Words, x: np.ndarray, shares: np.ndarray, found: Parts | None, columns: list[str]
) -> None:
    """Two columns as they are, one spread out at random, more in their widest directions."""
    random = np.random.default_rng(0)
    some = random.permutation(len(x))[:_DRAWN]
    names = (columns[0], columns[-1])
    if x.shape[1] == 1:
        x = np.column_stack([x[:, 0], random.uniform(-1, 1, len(x))])
        names, found = (columns[0], ""), None
    elif x.shape[1] > 2 and found is not None:
        turn = PCA(2).fit(x)
        turned = np.einsum("ai,kij,bj->kab", turn.components_, found.covariances, turn.components_)
        found = Parts(found.weights, turn.transform(found.means), turned, ("1", "2"))
        x, names = turn.transform(x), (say("data.pca", i=1), say("data.pca", i=2))
        st.caption(say("data.pca_note", share=f"{turn.explained_variance_ratio_.sum():.0%}"))
    labels = shares.argmax(axis=1)
    chart = charts.points(x[some], labels[some], charts.blend(shares[some]), names, found)
    st.altair_chart(chart, width="stretch")


def _candidates(say: Words, selection: Selection) -> None:
    values = {(c.covariance_type, c.n_components): c.bic for c in selection.candidates}
    ks = sorted({k for _, k in values})
    parts.table(
        say("selection.table", criterion="BIC"),
        ["k", *COVARIANCES],
        [[k, *(f"{values[family, k]:,.1f}" for family in COVARIANCES)] for k in ks],
        mark=ks.index(selection.best.n_components),
    )


def _labels(shares: np.ndarray) -> bytes:
    frame = pd.DataFrame(shares, columns=[f"r{j + 1}" for j in range(shares.shape[1])])
    frame.insert(0, "component", shares.argmax(axis=1) + 1)
    text = io.StringIO()
    frame.to_csv(text, index=False)
    return text.getvalue().encode()
