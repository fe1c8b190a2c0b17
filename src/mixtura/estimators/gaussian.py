"""GaussianMixture: maximum-likelihood or MAP Gaussian mixtures with scikit-learn's contract."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mixtura import mixture
from mixtura.checkpoint import Run
from mixtura.covariance import Parameters
from mixtura.density import Density
from mixtura.estimators.automatic import counts
from mixtura.estimators.beginning import Beginning, init_of_kept
from mixtura.estimators.criteria import PenalisedMixture
from mixtura.estimators.exchange import fitted_like, to_sklearn
from mixtura.estimators.parameters import (
    as_numbers,
    check_covariances,
    check_means,
    check_precisions,
    check_weights,
    fitted_parameters,
)
from mixtura.estimators.problem import Problem, pose
from mixtura.estimators.runs import Memo, Mover
from mixtura.estimators.settings import check_settings
from mixtura.estimators.stepwise import StepwiseMixture
from mixtura.exceptions import InvalidParameterError
from mixtura.model import density
from mixtura.rows import Rows

__all__ = ["GaussianMixture"]


class GaussianMixture(PenalisedMixture, StepwiseMixture):
    """Gaussian mixture fitted by expectation-maximisation.

    A drop-in for ``sklearn.mixture.GaussianMixture``: same parameters, attributes and shapes.

    Parameters
    ----------
    n_components : int or "auto", default=1
        Number of components k. "auto" finds it: too many are fitted once and merged, and BIC
        chooses; see `choice_`.
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
        Covariance family: own matrices, one shared matrix, own variances a feature, or one
        variance a component.
    tol : float, default=1e-3
        What `stopping` compares with, in nats a row.
    reg_covar : float, default=1e-6
        Added to every variance, in squared units of the features; nothing is added where there
        is a `prior`.
    max_iter : int, default=100
        Most M-steps of a run; 0 returns the start.
    n_init : int, default=1
        Number of runs; the best is kept.
    init_params : str, callable, array-like or fitted mixture, default="auto"
        Where a run begins. "auto": short runs on a sample of rows, the best kept
        (Biernacki, Celeux and Govaert 2003), their components, if more than two, split and
        merged (Ueda et al. 2000). "kmeans", "random", "k-means++",
        "random_from_data": as in scikit-learn, but the last two begin with covariances of the
        data's own size. A callable gets ``(X, n_components, random_state)`` and returns labels
        (n,) or responsibilities (n, k), which may also be given as they are. A fitted mixture,
        ours or scikit-learn's: its parameters.
    weights_init : array-like of shape (k,), default=None
        Starting weights, instead of those of `init_params`.
    means_init : array-like of shape (k, d), default=None
        Starting means, likewise.
    precisions_init : array-like, default=None
        Starting precisions in the shape of `precisions_`, likewise.
    random_state : int, RandomState or None, default=None
        Seed of starts, repairs, and of `sample`.
    warm_start : bool, default=False
        Begin where the last `fit` ended.
    verbose : int, default=0
        1 prints starts and iterations, 2 the gain and the time too.
    verbose_interval : int, default=10
        Iterations between two lines.
    proportions : {"free", "equal"}, default="free"
        Whether components have shares of their own or all the same.
    prior : {"mclust"}, object of `mixtura.priors` or None, default=None
        What is believed of means and covariances before the rows are seen; the fit is then the
        maximum of the posterior density, and no component collapses. "mclust": the conjugate
        prior of Fraley and Raftery (2007), to be recommended where rows are few.
    stopping : {"gain", "aitken"}, default="gain"
        EM stops when a step gains less than `tol`; or, with "aitken", when the likelihood is within
        `tol` of Aitken's estimate of where it is going (Böhning et al. 1994), which goes on for
        longer where EM is slow.
    engine : {"auto", "numpy", "numba"}, default="auto"
        Kernel; "auto" takes the textbook for small data and the compiled one beyond.
    rows : {"auto", "memory", "arrow", "sliced", "blocks", "dask", "spark"}, default="auto"
        Where the rows are; "auto" tells from `X`. Paths of Parquet are read by Dask's workers with
        "dask".
    n_jobs : int or None, default=None
        Threads; None is every core, or one inside a joblib worker.
    checkpoint : path-like or None, default=None
        File that keeps what has been done, every few seconds and at the end. The same fit made
        again goes on from it and ends with the same bits, whatever stopped the first one.
    decay : float, default=0.6
        How fast `partial_fit` forgets, from 0, where only the last block of rows counts, to 1,
        where all rows count alike.

    Attributes
    ----------
    weights_ : ndarray of shape (k,)
        Shares of the components. 0 for one that was pruned.
    means_ : ndarray of shape (k, d)
        Means, float64 whatever `X` is.
    covariances_, precisions_, precisions_cholesky_ : ndarray
        Full (k, d, d), tied (d, d), diag (k, d), spherical (k,). The factor is upper triangular:
        precision = factor @ factor'.
    n_components_ : int
        Number of components k, also where it was to be found.
    choice_ : Choice
        With "auto", what was tried (`tried`, `table`), and how sure it is (`lead`, `verdict`).
    converged_ : bool
        Whether the best run met `tol`.
    stop_reason_ : {"converged", "max_iter", "callback", "given", "partial"}
        Why the best run ended; "given" if its parameters were not fitted, "partial" after
        `partial_fit`.
    n_iter_ : int
        M-steps of the best run, or blocks of `partial_fit`.
    statistics_ : Stats
        Sums over the rows of the last pass, or of all blocks as far as they count; `partial_fit`
        goes on from them.
    lower_bound_ : float
        What the fit climbs, of these very parameters: the mean log-likelihood a row, in nats;
        with a `prior`, its log density over n is added, up to a constant. (Scikit-learn's
        belongs to the parameters before the last M-step.)
    log_likelihood_ : float
        Mean log-likelihood a row of the training data, in nats; without a prior the same.
    lower_bounds_ : list of float
        `lower_bound_` after every M-step of the best run.
    degenerate_components_ : ndarray of int
        Components without rows, or with too few to give their covariance a volume.
    history_ : list of ndarray
        `lower_bound_` of every step of every run, the start's first; the best run last.
    kernel_, rows_ : str
        What computed the blocks, and where the rows were.
    n_features_in_ : int
        Number of features d.
    feature_names_in_ : ndarray of shape (d,)
        Names of features, if `X` was a frame whose names are all strings.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> gm = GaussianMixture(n_components=2, random_state=0).fit(X)
    >>> np.sort(gm.means_[:, 0]).round(6).tolist()
    [1.0, 10.0]
    >>> bool(gm.predict([[0, 0]])[0] == gm.predict([[1, 2]])[0])
    True

    References
    ----------
    Dempster, Laird and Rubin (1977), JRSS B 39; Bishop (2006), equations 9.23 to 9.27.
    """

    def __init__(
        self,
        n_components: int | str = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: Any = "auto",
        weights_init: Any = None,
        means_init: Any = None,
        precisions_init: Any = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        proportions: str = "free",
        prior: Any = None,
        stopping: str = "gain",
        engine: str = "auto",
        rows: str = "auto",
        n_jobs: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        decay: float = 0.6,
    ):
        self.n_components: Any = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.proportions = proportions
        self.prior = prior
        self.stopping = stopping
        self.engine = engine
        self.rows = rows
        self.n_jobs = n_jobs
        self.checkpoint = checkpoint
        self.decay = decay

    @classmethod
    def from_parameters(
        cls,
        weights: Any,
        means: Any,
        covariances: Any,
        *,
        covariance_type: str = "full",
        **settings: Any,
    ) -> GaussianMixture:
        """A fitted mixture with given parameters.

        Parameters
        ----------
        weights : array-like of shape (k,)
            Shares that sum to 1.
        means : array-like of shape (k, d)
        covariances : array-like
            Full (k, d, d), tied (d, d), diag (k, d) or spherical (k,).
        covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
        **settings
            Other constructor parameters.

        Returns
        -------
        fitted : GaussianMixture

        Raises
        ------
        InvalidParameterError
            If a shape is wrong, the weights do not sum to 1, or a covariance is not symmetric
            and positive definite.

        Examples
        --------
        >>> from mixtura import GaussianMixture
        >>> two = GaussianMixture.from_parameters(
        ...     [0.5, 0.5], [[0.0], [4.0]], [1.0, 1.0], covariance_type="spherical"
        ... )
        >>> two.predict([[0.2], [3.9]]).tolist()
        [0, 1]
        """
        means = as_numbers(means, "(n_components, n_features)", "means")
        if means.ndim != 2 or 0 in means.shape:
            raise InvalidParameterError(
                f"`means` must have shape (n_components, n_features), got {means.shape}; "
                "for one feature type [[m0], [m1]]"
            )
        k, d = means.shape
        fitted = cls(k, covariance_type=covariance_type, **settings)
        check_settings(fitted.get_params(deep=False))
        family = fitted._family
        fitted.weights_ = check_weights(weights, k, "weights")
        fitted.means_ = check_means(means, k, d, "means")
        fitted.covariances_ = check_covariances(covariances, family, k, d, "covariances")
        fitted.precisions_cholesky_ = family.cholesky(fitted.covariances_)
        fitted.precisions_ = family.precisions(fitted.precisions_cholesky_)
        fitted.n_features_in_ = d
        fitted.converged_, fitted.stop_reason_, fitted.n_iter_ = True, "given", 0
        fitted.lower_bound_ = fitted.log_likelihood_ = math.nan
        fitted.lower_bounds_, fitted.history_ = [], []
        fitted.degenerate_components_ = np.array([], dtype=int)
        fitted.kernel_, fitted.rows_ = "none", "none"
        return fitted

    @classmethod
    def from_sklearn(cls, mixture: Any) -> GaussianMixture:
        """A fitted mixture of scikit-learn's as ours, with the very same numbers.

        Parameters
        ----------
        mixture : sklearn.mixture.GaussianMixture
            Fitted.

        Returns
        -------
        fitted : GaussianMixture

        Raises
        ------
        InvalidParameterError
            If it is not a fitted Gaussian mixture.
        """
        return fitted_like(mixture, cls())

    def to_sklearn(self) -> Any:
        """The fitted mixture as scikit-learn's, with the very same numbers.

        Returns
        -------
        fitted : sklearn.mixture.GaussianMixture
        """
        check_is_fitted(self)
        return to_sklearn(self)

    @property
    def n_components_(self) -> int:
        """Number of components k."""
        check_is_fitted(self)
        return len(self.weights_)

    @property
    def _parameters(self) -> Parameters:
        return fitted_parameters(self, self._family)

    @property
    def _density(self) -> Density:
        return density(self._family, self._parameters)

    @property
    def _scorer(self) -> mixture.Scorer:
        return mixture.plugin

    @property
    def _counts(self) -> bool:
        return counts(self.n_components)

    def _pose(self, rows: Rows) -> Problem:
        return pose(self, rows)

    def _mover(self, random: np.random.RandomState) -> Mover | None:
        return None

    def _memo(self, problem: Problem) -> Memo | None:
        return None

    def _told(self, run: Run) -> dict[str, Any]:
        return {}

    def _tol(self, rows: Rows) -> float:
        return self.tol

    def _beginning(self, problem: Problem) -> Beginning:
        k, d, family = self.n_components, problem.rows.d, problem.model.family
        weights, means, precisions = self.weights_init, self.means_init, self.precisions_init
        return Beginning(
            init_of_kept(self.init_params, problem.rows.kept),
            k,
            None if weights is None else check_weights(weights, k, "weights_init"),
            None if means is None else check_means(means, k, d, "means_init"),
            None
            if precisions is None
            else check_precisions(precisions, family, k, d, "precisions_init"),
        )
