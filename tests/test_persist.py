"""A saved model comes back bit for bit; a file that is not one is refused by name."""

from __future__ import annotations

import errno
import json
import os
import pickle
import stat
import struct
import warnings

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.mixture import BayesianGaussianMixture as SklearnBayesian
from sklearn.mixture import GaussianMixture as Peer

from mixtura import adapt, datasets, sealed
from mixtura.estimators import BayesianGaussianMixture, GaussianMixture
from mixtura.exceptions import (
    FileAccessError,
    FileFormatError,
    InvalidParameterError,
    MixturaWarning,
)
from mixtura.persist import load, save

FAITHFUL = datasets.load("faithful").data
FAMILIES = ("full", "tied", "diag", "spherical")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.fixture(scope="module")
def model():
    return GaussianMixture(3, covariance_type="tied", random_state=0).fit(FAITHFUL)


@pytest.fixture(scope="module")
def content(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("content") / "model.safetensors"
    save(model, path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def bayesian(tmp_path_factory):
    path = tmp_path_factory.mktemp("bayesian") / "model.safetensors"
    save(BayesianGaussianMixture(n_components=3, max_iter=500).fit(FAITHFUL), path)
    return path.read_bytes()


def assert_same(a, b):
    """Equal in type, and in every bit of every number."""
    assert type(a) is type(b)
    if isinstance(a, list | tuple):
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            assert_same(one, other)
    elif isinstance(a, np.ndarray | np.generic) and a.dtype != object:
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    else:
        assert np.array_equal(a, b) or (a != a and b != b)


def assert_same_model(a, b):
    assert type(a) is type(b)
    for one, other in ((a.get_params(), b.get_params()), (vars(a), vars(b))):
        assert one.keys() == other.keys()
        for name in one:
            assert_same(one[name], other[name])


def header_of(content):
    size = struct.unpack("<Q", content[:8])[0]
    return json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["mixtura"])


def forge(content, change):
    """The file with its header or tensors changed and a checksum that agrees."""
    header, tensors = header_of(content), safetensors.numpy.load(content)
    change(header, tensors)
    header.pop("sha256")
    header["sha256"] = sealed._digest(header, tensors)
    return safetensors.numpy.save(tensors, metadata={"mixtura": json.dumps(header)})


# There and back


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("covariance_type", FAMILIES)
def test_a_model_comes_back_bit_for_bit(path, covariance_type, dtype):
    X = FAITHFUL.astype(dtype)
    model = GaussianMixture(
        2, covariance_type=covariance_type, init_params="kmeans", n_init=2, random_state=1
    ).fit(X)
    save(model, path)
    again = load(path)
    assert_same_model(model, again)
    assert_same(again.predict_proba(X), model.predict_proba(X))
    assert_same(again.sample(5), model.sample(5))


def test_parameters_that_are_arrays_come_back(path):
    means = np.array([[2.0, 55.0], [4.0, 80.0]], dtype=np.float32)
    model = GaussianMixture(
        2, means_init=means, weights_init=[0.5, 0.5], tol=1e-9, max_iter=np.int64(200)
    ).fit(FAITHFUL)
    save(model, path)
    assert_same_model(model, load(path))


def test_feature_names_come_back(path):
    frame = pd.DataFrame(FAITHFUL, columns=["eruptions", "waiting (min) – größe"])
    model = GaussianMixture(2, random_state=0).fit(frame)
    save(model, path)
    again = load(path)
    assert_same_model(model, again)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again.predict(frame)


def test_a_loaded_model_can_be_fitted_on(path, model):
    save(model, path)
    again = load(path).set_params(warm_start=True)
    before = again.lower_bound_
    assert again.fit(FAITHFUL).lower_bound_ >= before - 1e-12


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(
    value=st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(),
            finite.map(np.float64),
            finite.map(lambda x: np.array([[x, -x]])),
            st.integers(-9, 9).map(np.int8),
            st.just(np.array(["a", "é"], dtype=object)),
            st.just(np.zeros((0, 2), np.float32)),
            st.just(np.arange(6.0).reshape(2, 3).T),
        ),
        lambda children: st.lists(children) | st.lists(children).map(tuple),
        max_leaves=6,
    )
)
def test_every_kind_of_value_survives_the_file(value):
    tensors = {}
    encoded = json.dumps(sealed.encode(value, "fitted.value_", tensors), allow_nan=False)
    tensors = safetensors.numpy.load(safetensors.numpy.save(tensors))
    assert_same(value, sealed.decode(json.loads(encoded), tensors, {}))


@pytest.mark.parametrize(
    ("name", "value", "default"),
    [
        ("init_params", lambda X, k, random: np.arange(len(X)) % k, "auto"),
        ("init_params", Peer(2, random_state=0).fit(FAITHFUL), "auto"),
        ("random_state", np.random.RandomState(0), None),
    ],
)
def test_what_a_file_cannot_hold_is_told_and_saved_as_its_default(path, name, value, default):
    model = GaussianMixture(2, **{name: value}).fit(FAITHFUL)
    with pytest.warns(MixturaWarning, match=f"`{name}` .*default {default!r}.*mixtura.load"):
        save(model, path)
    again = load(path)
    assert again.get_params()[name] == default
    assert_same(again.means_, model.means_)


def test_the_header_says_what_the_file_is(content):
    header = header_of(content)
    assert (header["format"], header["class"]) == (1, "GaussianMixture")
    assert header["parameters"]["covariance_type"] == "tied"
    assert safetensors.numpy.load(content)["fitted.means_"].shape == (3, 2)


def test_equal_models_make_equal_files(tmp_path, model):
    for name in "abc":
        save(model, tmp_path / name)
    assert len({(tmp_path / name).read_bytes() for name in "abc"}) == 1


# What is not saved


def test_only_fitted_estimators_of_ours_are_saved(path):
    with pytest.raises(InvalidParameterError, match=r"sklearn.*from_sklearn\(model\)"):
        save(Peer(2).fit(FAITHFUL), path)
    with pytest.raises(NotFittedError):
        save(GaussianMixture(2), path)
    model = GaussianMixture(2, random_state=0).fit(FAITHFUL)
    model.note_ = {"a": object()}
    with pytest.raises(InvalidParameterError, match=r"`fitted\.note_\.a` is a object"):
        save(model, path)
    assert not path.exists()


def test_a_file_is_replaced_whole_and_keeps_its_rights(path, model):
    path.write_text("old")
    path.chmod(0o640)
    save(model, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(path.parent) == [path.name]
    assert_same_model(model, load(path))


def test_a_link_stays_a_link(path, model):
    link = path.with_name("link.safetensors")
    link.symlink_to(path)
    save(model, link)
    assert link.is_symlink() and path.is_file()


@pytest.mark.parametrize(
    ("code", "message"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "permission denied")]
)
@pytest.mark.parametrize("stage", ["write_bytes", "replace"])
def test_a_failed_save_leaves_the_old_file(path, model, monkeypatch, code, message, stage):
    def fail(*_):
        raise OSError(code, os.strerror(code))

    path.write_text("old")
    monkeypatch.setattr(f"pathlib.Path.{stage}", fail)
    with pytest.raises(FileAccessError, match=f"`path` .*written.*{message}"):
        save(model, path)
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize(
    ("name", "message"), [("none/model", "mkdir -p .*none"), (".", "is a folder")]
)
def test_places_that_cannot_be_written(tmp_path, model, name, message):
    with pytest.raises(FileAccessError, match=message):
        save(model, tmp_path / name)


def test_a_missing_file_is_named(path):
    with pytest.raises(FileAccessError, match=r"model\.safetensors.*no such file"):
        load(path)


# Files that are not a model


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 100, -9, -1])
def test_a_truncated_file(path, content, length):
    path.write_bytes(content[:length])
    with pytest.raises(FileFormatError, match=r"model\.safetensors is not a whole safetensors"):
        load(path)


def test_no_truncation_and_no_flipped_bit_gives_another_model(path, content, model):
    rng = np.random.default_rng(0)
    damaged = [content[:length] for length in rng.choice(len(content), 100, replace=False)]
    for position in rng.choice(len(content), 300, replace=False):
        flipped = content[position] ^ (1 << rng.integers(8))
        damaged.append(content[:position] + bytes([flipped]) + content[position + 1 :])
    for broken in damaged:
        path.write_bytes(broken)
        try:
            again = load(path)
        except FileFormatError as error:
            assert str(path) in str(error)
        else:
            assert_same_model(model, again)


@pytest.mark.parametrize(
    ("foreign", "message"),
    [
        (pickle.dumps({"a": 1}), "not a whole safetensors file"),
        (b"a,b\n1,2\n", "not a whole safetensors file"),
        (b"\0" * 64, "not a whole safetensors file"),
        (safetensors.numpy.save({"a": np.ones(2)}), "another program"),
        (safetensors.numpy.save({"a": np.ones(2)}, metadata={"format": "pt"}), "another program"),
        (safetensors.numpy.save({}, metadata={"mixtura": "[1]"}), "header cannot be read"),
        (safetensors.numpy.save({}, metadata={"mixtura": "[" * 10**5}), "header cannot be read"),
        (safetensors.numpy.save({}, metadata={"mixtura": "{}"}), "header cannot be read"),
    ],
)
def test_a_foreign_file(path, foreign, message):
    path.write_bytes(foreign)
    with pytest.raises(FileFormatError, match=message):
        load(path)


def set_header(**fields):
    return lambda header, tensors: header.update(fields)


def set_parameter(**fields):
    return lambda header, tensors: header["parameters"].update(fields)


def set_tensor(name, change):
    def apply(header, tensors):
        tensors[f"fitted.{name}"] = change(tensors[f"fitted.{name}"])

    return apply


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_header(format=2, version="9.1"), "saved by mixtura 9.1.*pip install --upgrade"),
        (set_header(format="x"), "header cannot be read"),
        (set_header(**{"class": "Other"}), "'Other'"),
        (set_parameter(n_components=4), r"`weights_` has shape \(3,\), not \(4,\)"),
        (set_parameter(n_components="x"), "is damaged"),
        (set_parameter(covariance_type="full"), r"`covariances_` has shape \(2, 2\)"),
        (set_parameter(covariance_type="none"), "`covariance_type` must be one of"),
        (set_parameter(nonsense=1), "nonsense"),
        (set_parameter(tol={"pickle": "x"}), "pickle"),
        (set_parameter(tol={"tensor": "missing"}), "missing"),
        (set_parameter(tol={}), "does not describe a model"),
        (lambda header, _: header["fitted"].pop("means_"), "means_"),
        (lambda header, _: header["fitted"].update(means_=3), "`means_` has shape"),
        (lambda header, _: header["fitted"].update(weights_="x"), "is damaged"),
        (lambda header, _: header.update(fitted=[]), "does not describe a model"),
        (set_tensor("means_", lambda a: a.T.copy()), "`means_` has shape"),
        (set_tensor("means_", lambda a: a * np.nan), "`means_` is not finite floats"),
        (set_tensor("means_", lambda a: a.astype("f2")), "floats of 32 or 64 bits"),
        (set_tensor("covariances_", lambda a: a.astype(int)), "floats of 32 or 64 bits"),
        (set_tensor("weights_", lambda a: a * 2), "shares that sum to 1"),
        (set_tensor("covariances_", lambda a: -a), "not positive definite"),
        (set_tensor("precisions_cholesky_", lambda a: 0 * a), "not positive definite"),
    ],
)
def test_a_file_that_contradicts_itself(path, content, change, message):
    path.write_bytes(forge(content, change))
    with pytest.raises(FileFormatError, match=message) as caught:
        load(path)
    assert "model.safetensors" in str(caught.value)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight_concentration_", None),
        ("weight_concentration_", "x"),
        ("weight_concentration_.0", -1.0),
        ("mean_precision_", None),
        ("mean_precision_", 0.0),
        ("degrees_of_freedom_", None),
        ("degrees_of_freedom_", 1.0),
        ("degrees_of_freedom_", -1.0),
    ],
)
def test_a_posterior_that_is_none_is_refused_when_it_is_read(path, family, name, value):
    """Not later, by a prediction or a draw; a Wishart's degrees of freedom exceed d - 1 = 1."""
    save(BayesianGaussianMixture(covariance_type=family, max_iter=2).fit(FAITHFUL), path)

    def change(header, tensors):
        attribute = name.removesuffix(".0")
        if value is None:
            del header["fitted"][attribute]
        elif isinstance(value, str):
            header["fitted"][attribute] = value
        else:
            tensors[f"fitted.{name}"] = np.full_like(tensors[f"fitted.{name}"], value)

    path.write_bytes(forge(path.read_bytes(), change))
    if value == 1.0 and family in ("diag", "spherical"):
        load(path).predict(FAITHFUL)
        return
    with pytest.raises(FileFormatError, match=f"is damaged: .*{name.removesuffix('.0')}"):
        load(path)


def set_fitted(**fields):
    return lambda header, tensors: header["fitted"].update(fields)


def drop(name):
    return lambda header, tensors: header["fitted"].pop(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_fitted(predict="x"), "`predict` is set, which is no fitted attribute"),
        (set_fitted(_family="x"), "`_family` is set"),
        (set_fitted(__class__="x"), "`__class__` is set"),
        (set_fitted(covariance_matrices_=1), "`covariance_matrices_` is set"),
        (set_fitted(tol=0.1), "`tol` is set"),
        (drop("lower_bound_"), "`lower_bound_` is missing"),
        (set_fitted(lower_bound_="high"), "`lower_bound_` is not a number"),
        (set_fitted(lower_bound_={"tensor": "fitted.means_"}), "`lower_bound_` is not a number"),
        (set_fitted(elbo_=None), "`elbo_` is not a number"),
        (set_fitted(n_iter_=-1), "`n_iter_` is not a number of steps"),
        (set_fitted(converged_="yes"), "`converged_` is not true or false"),
        (set_fitted(kernel_=3), "`kernel_` is not text"),
        (set_fitted(history_=[1.0]), "`history_` is not a list of arrays"),
        (set_fitted(history_={"list": [1.0]}), "`history_` is not a list of arrays"),
        (set_fitted(moves_={"list": [1]}), "`moves_` is not a list of moves"),
        (set_tensor("effective_components_", lambda a: a + 3), "`effective_components_` is not"),
        (set_tensor("effective_components_", lambda a: 0 * a), "`effective_components_` is not"),
        (drop("mean_prior_"), "`mean_prior_` is missing"),
        (set_tensor("mean_prior_", lambda a: a[:1]), "`mean_prior_` is not finite floats"),
        (set_tensor("mean_prior_", lambda a: a * np.inf), "`mean_prior_` is not finite floats"),
        (set_fitted(mean_precision_prior_=-1.0), "`mean_precision_prior_` is not a finite number"),
        (set_fitted(weight_concentration_prior_=0.0), "`weight_concentration_prior_` is not"),
        (set_fitted(degrees_of_freedom_prior_=1.0), "`degrees_of_freedom_prior_` is not"),
        (set_tensor("covariance_prior_", lambda a: -a), "`covariance_prior_` is not a positive"),
        (set_tensor("covariance_prior_", np.ravel), "`covariance_prior_` is not a positive"),
        (set_fitted(statistics_=4), "`statistics_` is not the sums of a pass"),
        (set_tensor("statistics_.counts", lambda a: -a), "`statistics_` is not the sums"),
        (
            set_tensor("statistics_.scatter", lambda a: a[:, 0].copy()),
            "`statistics_` is not the sums",
        ),
        (set_tensor("statistics_.shift", lambda a: a * np.nan), "`statistics_` is not the sums"),
    ],
)
def test_an_attribute_that_no_fit_leaves_is_refused_by_name(path, bayesian, change, message):
    path.write_bytes(forge(bayesian, change))
    with pytest.raises(FileFormatError, match=message):
        load(path)


def test_what_a_map_fit_did_not_leave_is_refused(path):
    save(GaussianMixture(2, prior="mclust", random_state=0).fit(FAITHFUL), path)
    whole = path.read_bytes()
    for change in (
        set_fitted(lower_bound_={"list": []}),
        set_tensor("statistics_.centres", lambda a: a[:1]),
        set_tensor("lower_bound_", lambda a: np.array(["x"]).view("u4")),
    ):
        path.write_bytes(forge(whole, change))
        with pytest.raises(FileFormatError, match=r"`(lower_bound|statistics)_`"):
            load(path)


@pytest.mark.parametrize("family", FAMILIES)
def test_mixtures_that_were_made_without_a_fit_come_back(path, family):
    settings = {"covariance_type": family, "random_state": 0}
    theirs = SklearnBayesian(n_components=2, **settings).fit(FAITHFUL)
    fitted = GaussianMixture(2, **settings).fit(FAITHFUL)
    parts = (fitted.weights_, fitted.means_, fitted.covariances_)
    for each in (
        BayesianGaussianMixture.from_sklearn(theirs),
        GaussianMixture.from_sklearn(Peer(2, **settings).fit(FAITHFUL)),
        GaussianMixture.from_parameters(*parts, covariance_type=family),
        GaussianMixture(2, **settings).partial_fit(FAITHFUL),
        adapt(fitted, FAITHFUL[:50]),
    ):
        save(each, path)
        assert_same_model(each, load(path))


@pytest.mark.parametrize("nothing", [None, 3, b"model", "mo\0del"])
def test_what_names_no_file_is_refused(model, nothing):
    for use in (lambda: load(nothing), lambda: save(model, nothing)):
        with pytest.raises(InvalidParameterError, match=r"`path` must be the name of a file.*type"):
            use()
