"""The bundled data are what their provenance says, and give mclust's known answers."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from mixtura import datasets
from mixtura.exceptions import InvalidParameterError


def provenance():
    with (datasets.path("iris").parent / "PROVENANCE.csv").open(newline="") as file:
        return [(row["path"].removesuffix(".csv"), row) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("name", "facts"), provenance())
def test_a_set_is_as_its_provenance_says(name, facts):
    data, feature_names, labels, description = datasets.load(name)
    assert data.shape == (int(facts["n"]), int(facts["d"]))
    assert data.dtype == np.float64 and np.isfinite(data).all()
    assert len(feature_names) == data.shape[1]
    assert facts["source"] in description and facts["licence"] in description
    classes = 0 if labels is None else len(set(labels))
    assert (f"{classes} classes" in facts["label"]) or (classes == 0 and not facts["label"])
    assert labels is None or len(labels) == len(data)


def test_every_csv_file_has_a_provenance_and_the_other_way_round():
    folder = datasets.path("iris").parent
    files = {file.stem for file in folder.glob("*.csv")} - {"PROVENANCE"}
    assert files == set(datasets.names()) == {name for name, _ in provenance()}


def test_faithful_is_the_azzalini_bowman_set():
    # Means as R prints them: colMeans(faithful).
    faithful = datasets.load_faithful()
    np.testing.assert_allclose(faithful.data.mean(axis=0), [3.487783, 70.897059], atol=1e-6)
    assert faithful.labels is None


def test_iris_classes_are_of_equal_size():
    _, counts = np.unique(datasets.load("iris").labels, return_counts=True)
    assert counts.tolist() == [50, 50, 50]


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(InvalidParameterError, match=r"`name` must be .*'faithful'.*'fathful'"):
        datasets.load("fathful")
