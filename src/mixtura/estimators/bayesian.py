"""BayesianGaussianMixture: variational Bayes with scikit-learn's contract."""

from __future__ import annotations

import os
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mixtura import mixture
from mixtura.checkpoint import Run
from mixtura.concentrations import CONCENTRATIONS
from mixtura.covariance import COVARIANCES
from mixtura.density import Density
from mixtura.estimators.beginning import Beginning, init_of_kept
from mixtura.estimators.believing import check_prior
from mixtura.estimators.checks import check_seed
from mixtura.estimators.exchange import posterior_like, posterior_to_sklearn
from mixtura.estimators.fittable import FittableMixture
from mixtura.estimators.parameters import fitted_posterior
from mixtura.estimators.problem import Problem, spread_of
from mixtura.estimators.runs import Memo, Mover
from mixtura.estimators.scoring import SCORERS
from mixtura.estimators.settings import check_settings
from mixtura.exceptions import InvalidParameterError
from mixtura.kernels import choose
from mixtura.memoized import memoized_after
from mixtura.reshaping import reshaped
from mixtura.rows import Rows
from mixtura.variational import VOLUMES, Draws, Variational, draws, expected_density

__all__ = ["BayesianGaussianMixture"]


class BayesianGaussianMixture(FittableMixture):
    """Gaussian mixture whose weights, means and covariances have a posterior distribution.

    A drop-in for ``sklearn.mixture.BayesianGaussianMixture``: same parameters, attributes and
    shapes, and the same numbers from the same start. Components that the data do not need are
    left with a weight near 0, so that `n_components` is an upper limit.

    Parameters
    ----------
    n_components : int, default=1
        Largest number of components k.
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
        Covariance family: own matrices, one shared matrix, own variances a feature, or one
        variance a component.
    tol : float, default=1e-7
        What `stopping` compares with, in nats, as `tol_per` says. Components that the rows do not
        need empty slowly, by gains that are small for a row and large for all of them.
    reg_covar : float, default=1e-6
        Added to the variance of every component's rows, in squared units of the features.
    max_iter : int, default=100
        Most steps of a run, moves that are kept among them; 0 returns the start.
    n_init : int, default=1
        Number of runs; the one with the highest bound is kept.
    init_params : str, callable, array-like or fitted mixture, default="kmeans"
        Where a run begins, as in `GaussianMixture`; "auto" for its contest of many short runs.
    weight_concentration_prior_type : str, default="dirichlet_process"
        Prior of the weights: "dirichlet_process", sticks broken off one after the other, or
        "dirichlet_distribution", which is symmetric.
    weight_concentration_prior : float or None, default=None
        Concentration of that prior; the smaller, the fewer components have weight. 1 / k if None.
    mean_precision_prior : float or None, default=None
        Rows that `mean_prior` counts for; 1 if None.
    mean_prior : array-like of shape (d,), default=None
        What means are drawn towards; the mean of all rows if None.
    degrees_of_freedom_prior : float or None, default=None
        Rows that `covariance_prior` counts for, above d - 1; d if None.
    covariance_prior : float or array-like, default=None
        Scatter of those rows: full and tied (d, d), diag (d,), spherical a number. The covariance
        of all rows if None.
    random_state : int, RandomState or None, default=None
        Seed of starts and of `sample`.
    warm_start : bool, default=False
        Begin where the last `fit` ended.
    verbose : int, default=0
        1 prints starts and iterations, 2 the gain and the time too.
    verbose_interval : int, default=10
        Iterations between two lines.
    covariance_prior_type : {"wishart", "conjugate"}, default="wishart"
        "wishart" gives a component of any family the normaliser of a d x d Wishart distribution,
        as scikit-learn does; "conjugate" that of the family's own prior: one Wishart for all
        (tied), a gamma for each variance (diag), one gamma (spherical). The same for "full".
    stopping : {"gain", "aitken"}, default="gain"
        As in `GaussianMixture`.
    tol_per : {"row", "sum"}, default="row"
        Whether `tol` is a gain of the bound a row, which means the same for any number of rows, or
        of the bound summed over rows, as scikit-learn has it.
    moves : bool, default=False
        Whether components are merged, deleted and born wherever a step of a run gains less than
        1e-3 nats a row, as long as that raises the bound (Hughes and Sudderth 2013); after the
        last move it goes on to `tol`. Then `n_components` may be generous. Of 40 000 rows and more,
        moves are tried on samples first.
    batches : int, default=1
        Pieces of the rows, in their order, after each of which the posterior is made anew: 1 for
        all rows at once, as scikit-learn does. With 20, a fit takes about half as many passes,
        since batches keep their sums (Hughes and Sudderth 2013); that takes `batches` times the
        memory of `covariances_`, and needs no learning rate.
    predictive : {"posterior", "plugin"}, default="posterior"
        How `score_samples` and `score` see new rows: with all that the posterior leaves open, a
        mixture of Student t; or with expected log densities, as scikit-learn's do.
    engine : {"auto", "numpy", "numba"}, default="auto"
        Kernel; "auto" takes the textbook for small data and the compiled one beyond.
    rows : str, default="auto"
        Where the rows are; "auto" tells from `X`. As in `GaussianMixture`.
    n_jobs : int or None, default=None
        Threads; None is every core, or one inside a joblib worker.
    checkpoint : path-like or None, default=None
        File that keeps what has been done, as in `GaussianMixture`.

    Attributes
    ----------
    weights_ : ndarray of shape (k,)
        Expected shares of the components.
    means_ : ndarray of shape (k, d)
        Expected means.
    covariances_, precisions_, precisions_cholesky_ : ndarray
        Expected precisions, their inverses and factors. Full (k, d, d), tied (d, d), diag (k, d),
        spherical (k,).
    weight_concentration_ : ndarray of shape (k,) or tuple of two
        Parameters of the posterior of the weights: of the Dirichlet distribution, or of the beta
        distribution of each break of the stick.
    mean_precision_ : ndarray of shape (k,)
        Rows that a mean is known by: its covariance is that of a row divided by this.
    degrees_of_freedom_ : ndarray of shape (k,), or float for "tied"
        Degrees of freedom of the precisions' posterior.
    weight_concentration_prior_, mean_precision_prior_, degrees_of_freedom_prior_ : float
        The prior that was used.
    mean_prior_, covariance_prior_ : ndarray
        Likewise.
    effective_components_ : ndarray of int
        Components that hold at least a row, the largest first.
    moves_ : list of Move
        Every move of all rows that was kept: `iteration`, `kind` ("merged", "deleted", "born", or
        "sorted", the largest component put first), `components` as numbered then, and what the
        bound summed over rows gained, in nats.
    elbo_ : float
        Evidence lower bound: at most the log probability of all rows under the prior, in nats.
    lower_bound_ : float
        `elbo_` a row. (Scikit-learn's is summed over rows, lacks constants, and is that of the
        step before.)
    log_likelihood_ : float
        Mean log density a row of the training data at the expected parameters, in nats.
    lower_bounds_ : list of float
        `lower_bound_` after every step of the best run.
    statistics_ : Stats
        Sums over the rows of the last pass.
    history_ : list of ndarray
        `lower_bound_` of every step of every run, the start's first; the best run last.
    converged_ : bool
        Whether the best run met `tol`.
    stop_reason_ : {"converged", "max_iter", "callback"}
        Why the best run ended.
    n_iter_ : int
        Steps of the best run.
    kernel_, rows_ : str
        What computed the blocks, and where the rows were.
    n_features_in_ : int
        Number of features d.
    feature_names_in_ : ndarray of shape (d,)
        Names of features, if `X` was a frame whose names are all strings.

    Examples
    --------
    >>> from mixtura import BayesianGaussianMixture, datasets
    >>> X = datasets.load("faithful").data
    >>> bgm = BayesianGaussianMixture(n_components=5, random_state=0, max_iter=500).fit(X)
    >>> bgm.weights_.shape
    (5,)
    >>> bool(abs(bgm.predict_proba(X).sum(axis=1) - 1.0).max() < 1e-12)
    True

    References
    ----------
    Bishop (2006), section 10.2; Blei and Jordan (2006), Bayesian Analysis 1, 121-143.
    """

    def __init__(
        self,
        *,
        n_components: int = 1,
        covariance_type: str = "full",
        tol: float = 1e-7,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: Any = "kmeans",
        weight_concentration_prior_type: str = "dirichlet_process",
        weight_concentration_prior: float | None = None,
        mean_precision_prior: float | None = None,
        mean_prior: Any = None,
        degrees_of_freedom_prior: float | None = None,
        covariance_prior: Any = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        covariance_prior_type: str = "wishart",
        stopping: str = "gain",
        tol_per: str = "row",
        moves: bool = False,
        batches: int = 1,
        predictive: str = "posterior",
        engine: str = "auto",
        rows: str = "auto",
        n_jobs: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
    ):
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weight_concentration_prior_type = weight_concentration_prior_type
        self.weight_concentration_prior = weight_concentration_prior
        self.mean_precision_prior = mean_precision_prior
        self.mean_prior = mean_prior
        self.degrees_of_freedom_prior = degrees_of_freedom_prior
        self.covariance_prior = covariance_prior
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.covariance_prior_type = covariance_prior_type
        self.stopping = stopping
        self.tol_per = tol_per
        self.moves = moves
        self.batches = batches
        self.predictive = predictive
        self.engine = engine
        self.rows = rows
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint

    @classmethod
    def from_sklearn(cls, mixture: Any) -> BayesianGaussianMixture:
        """A fitted Bayesian mixture of scikit-learn's as ours, with the very same numbers.

        Its bounds lack constants and are left out: `lower_bound_` is nan.

        Parameters
        ----------
        mixture : sklearn.mixture.BayesianGaussianMixture
            Fitted.

        Returns
        -------
        fitted : BayesianGaussianMixture

        Raises
        ------
        InvalidParameterError
            If it is not a fitted Bayesian mixture.
        """
        return posterior_like(mixture, cls(tol_per="sum", predictive="plugin"))

    def to_sklearn(self) -> Any:
        """The fitted mixture as scikit-learn's, with the very same numbers.

        Returns
        -------
        fitted : sklearn.mixture.BayesianGaussianMixture
            Without our bounds, which mean something else: its `lower_bound_` is nan.
        """
        check_is_fitted(self)
        return posterior_to_sklearn(self)

    def sample_posterior(self, size: int = 1, random_state: Any = None) -> Draws:
        """Draw mixtures from the posterior: intervals of any quantity are quantiles over them.

        Parameters
        ----------
        size : int, default=1
            Mixtures to draw, 1 or more.
        random_state : int, RandomState or None, default=None
            Seed; None takes the constructor's.

        Returns
        -------
        draws : Draws
            `weights` (size, k), `means` (size, k, d), and `covariances`, `size` times the shape of
            `covariances_`. Mean-field: what components take from each other is not varied, so that
            intervals are too narrow where they overlap.

        Examples
        --------
        >>> import numpy as np
        >>> from mixtura import BayesianGaussianMixture, datasets
        >>> X = datasets.load("faithful").data
        >>> draws = BayesianGaussianMixture(random_state=0).fit(X).sample_posterior(500)
        >>> low, high = np.quantile(draws.means[:, 0, 1], [0.05, 0.95])
        >>> bool(low < X[:, 1].mean() < high)
        True
        """
        check_is_fitted(self)
        if not isinstance(size, Integral) or size < 1:
            raise InvalidParameterError(
                f"`size` must be an integer >= 1, got {size!r}; type sample_posterior(1000)"
            )
        random = check_seed(self.random_state if random_state is None else random_state)
        concentration = CONCENTRATIONS[self.weight_concentration_prior_type]
        return draws(self._family, concentration, self._parameters, int(size), random)

    @property
    def _parameters(self) -> Any:
        return fitted_posterior(self, self._family)

    @property
    def _density(self) -> Density:
        volume = VOLUMES[self.covariance_prior_type]
        concentration = CONCENTRATIONS[self.weight_concentration_prior_type]
        return expected_density(self._family, concentration, volume, self._parameters)

    @property
    def _scorer(self) -> mixture.Scorer:
        check_settings({"predictive": self.predictive})
        return SCORERS[self.predictive](self._family, self._parameters)

    @property
    def _counts(self) -> bool:
        return False  # `n_components` is an upper limit already

    def _pose(self, rows: Rows) -> Problem:
        family = COVARIANCES[self.covariance_type]
        kernel = choose(self.engine, rows.n, rows.d, self.n_components, self.n_init)
        spread = spread_of(family, kernel, rows, self.reg_covar)
        model = Variational(
            family,
            float(self.reg_covar),
            spread,
            CONCENTRATIONS[self.weight_concentration_prior_type],
            check_prior(self, family, spread, rows.weight),
            VOLUMES[self.covariance_prior_type],
            rows.unit,
            float(rows.n),
        )
        return Problem(model, kernel, rows)

    def _mover(self, random: np.random.RandomState) -> Mover | None:
        return partial(reshaped, random=random) if self.moves else None

    def _memo(self, problem: Problem) -> Memo | None:
        model, kernel, rows = problem
        assert isinstance(model, Variational)
        memo = partial(memoized_after, model, kernel, rows, count=self.batches)
        return memo if self.batches > 1 else None

    def _told(self, run: Run) -> dict[str, Any]:
        return {"moves_": list(run.moves)}

    def _tol(self, rows: Rows) -> float:
        return self.tol / (rows.weight if self.tol_per == "sum" else 1.0)

    def _beginning(self, problem: Problem) -> Beginning:
        return Beginning(init_of_kept(self.init_params, problem.rows.kept), self.n_components)
