"""Rows in Spark give what the same rows in memory give; errors come home without a Java stack."""

from __future__ import annotations

import signal
import sys

import numpy as np
import pandas as pd
import pytest

from mixtura import BayesianGaussianMixture, GaussianMixture
from mixtura.exceptions import InvalidDataError, InvalidParameterError, MissingExtraError
from mixtura.rows import Request, resolve

NAMES = ["width", "the height", "depth.cm"]
N = 3000

spark = pytest.mark.slow
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully:FutureWarning")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Two executors' threads in a JVM beside this process."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.ui.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "400",
    }
    own = pytest.MonkeyPatch()
    own.setenv("PYSPARK_PYTHON", sys.executable)
    handler = signal.getsignal(signal.SIGINT)
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
    signal.signal(signal.SIGINT, handler)
    own.undo()


@pytest.fixture(scope="module")
def x():
    random = np.random.default_rng(3)
    centres = np.array([[0, 0, 0], [6, 1, 0], [0, 5, 3]])
    return centres[random.integers(0, 3, N)] + random.normal(size=(N, 3)) * [1, 0.5, 2]


@pytest.fixture(scope="module")
def weights():
    return np.random.default_rng(4).choice([0.0, 0.5, 3.0], N)


@pytest.fixture(scope="module")
def frame(session, x, weights):
    table = pd.DataFrame(x, columns=NAMES).assign(mass=weights)
    frame = session.createDataFrame(table)
    assert frame.rdd.getNumPartitions() == 2
    return frame


def mixture(kind=GaussianMixture, **settings):
    return kind(**{"n_components": 3, "random_state": 0, **settings})


def opened(frame):
    request = Request(np.asanyarray, lambda names, d: None, lambda n: None, None, None, 1)
    return resolve("auto", frame, request)


def assert_same(found, expected):
    assert found.n_iter_ == expected.n_iter_
    for name in ("weights_", "means_", "covariances_", "history_"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(expected, name), rtol=1e-8, atol=1e-8, err_msg=name
        )


@spark
@pytest.mark.parametrize("kind", [GaussianMixture, BayesianGaussianMixture])
def test_a_frame_gives_what_memory_gives(frame, x, weights, kind):
    found = mixture(kind, engine="numba").fit(frame, sample_weight="mass")
    expected = mixture(kind, engine="numba").fit(x, sample_weight=weights)
    assert_same(found, expected)
    assert found.rows_ == "spark" and found.feature_names_in_.tolist() == NAMES
    score = found.score(frame, sample_weight="mass")
    assert score == pytest.approx(expected.score(x, sample_weight=weights), rel=1e-10)
    assert found.score(frame) == pytest.approx(expected.score(x), rel=1e-10)  # picked by name


@spark
def test_narrow_columns_and_partitions_without_rows(session, x):
    from pyspark.sql.functions import expr

    narrow = x.astype(np.float32)
    table = pd.DataFrame(narrow, columns=list("abc"))
    frame = session.createDataFrame(table).repartition(7, expr("a > 3"))
    rows = opened(frame)
    assert (rows.n, rows.d, rows.dtype) == (N, 3, np.float32)
    (piece,) = rows.batches(9, 500)
    np.testing.assert_allclose(piece(lambda block, _: block.sum(0)), narrow.sum(0), rtol=1e-4)
    sizes = rows.concatenate(lambda block, _: np.array([len(block)]), 500)
    assert sizes.max() <= 500 and sizes.sum() == N
    taken = rows.take(np.arange(1, N)).x
    assert len(taken) == N - 1 and {*map(tuple, taken)} < {*map(tuple, narrow)}


@spark
def test_results_as_a_column(frame, x):
    """The way that `predict` names where it is refused."""
    fitted = mixture().fit(x[:, :2])
    with pytest.raises(InvalidDataError, match=r"no order.*X\.mapInPandas"):
        fitted.predict(frame)

    def labelled(parts):
        for part in parts:
            yield part.assign(label=fitted.predict(part[NAMES[:2]].to_numpy()))

    two = frame.select(NAMES[:2])
    schema = two.selectExpr("*", "0 AS label").schema
    found = [row.label for row in two.mapInPandas(labelled, schema).collect()]
    np.testing.assert_array_equal(found, fitted.predict(x[:, :2]))


@spark
def test_a_hole_is_named_and_no_java_stack_is_shown(session, x):
    table = pd.DataFrame(x, columns=list("abc"))
    table.loc[N - 2, "b"] = np.nan
    frame = session.createDataFrame(table)
    expected = rf"nan in partition 1, row {N // 2 - 2} of it, column 'b'.*X\.dropna\(\)"
    with pytest.raises(InvalidDataError, match=expected) as caught:
        mixture().fit(frame)
    assert "java" not in str(caught.value).lower() and caught.value.__cause__ is None
    assert mixture(max_iter=500).fit(frame.dropna()).converged_


@spark
def test_an_executor_that_fails_says_its_last_line_alone(frame):
    rows = opened(frame.select("width"))
    with pytest.raises(InvalidDataError, match=r"run Mixtura.*ZeroDivisionError") as caught:
        rows.total(lambda block, weights: 1 / 0, 100)
    assert "\n" not in str(caught.value)
    rows._frame = rows._frame.limit(N // 2)
    with pytest.raises(InvalidDataError, match=r"same rows in every pass.*X\.persist\(\)"):
        rows.total(lambda block, weights: len(block), 100)


@spark
def test_what_cannot_be_used_is_named(frame, session):
    from pyspark.sql.functions import lit

    with pytest.raises(InvalidDataError, match=r"'day': 'date'.*X\.select\(\['width'"):
        mixture().fit(frame.withColumn("day", lit("2026-01-01").cast("date")))
    with pytest.raises(InvalidDataError, match="one column 'w', got columns"):
        mixture().fit(frame, sample_weight="w")
    with pytest.raises(InvalidDataError, match="different names"):
        mixture().fit(frame.select("width", "width"))
    with pytest.raises(InvalidParameterError, match="`sample_weight` must be the name of a col"):
        mixture().fit(frame, sample_weight=np.ones(N))
    with pytest.raises(InvalidDataError, match="none in the Spark frame"):
        mixture().fit(frame.where("width > 1e9"))
    with pytest.raises(InvalidDataError, match="got ndarray; type session"):
        mixture(rows="spark").fit(np.ones((5, 2)))


def test_spark_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(MissingExtraError, match=r"Java 17 .*pip install 'mixtura\[spark\]'"):
        mixture(rows="spark").fit(np.ones((5, 2)))
