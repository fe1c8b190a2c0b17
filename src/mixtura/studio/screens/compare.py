"""Compare: K-Means, a Gaussian mixture and DBSCAN on one data set, and where two of them meet."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from mixtura.covariance import COVARIANCES
from mixtura.plot.reading import parts_of
from mixtura.studio import charts, methods, parts
from mixtura.studio.choices import number, option, toggle
from mixtura.studio.fits import data_lines
from mixtura.studio.language import Words
from mixtura.studio.methods import Found, Settings
from mixtura.studio.presets import GROUPS, PRESETS
from mixtura.studio.takeaway import take_away

__all__ = ["script", "show"]

_NOISE = "#9AA3AD"


def show(say: Words) -> None:
    """Draw the screen."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        preset = option(say, "compare", "data", list(PRESETS), "cross")
        seed = number(say, "compare", "seed", 0, 999, 1)
        k = number(say, "compare", "k", 1, 8, 2)
        family = option(say, "compare", "family", list(COVARIANCES), "full")
        start = option(say, "compare", "start", list(methods.STARTS), "auto")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reach = number(say, "compare", "reach", 1, 30, 6)
        least = number(say, "compare", "least", 2, 30, 5)
        soft = toggle(say, "compare", "soft", True)
    settings = Settings(k, family, start, reach / 100, least)
    x = PRESETS[preset](seed)
    found = _run(preset, seed, settings)
    _pictures(say, preset, x, found, soft)
    _scores(say, preset, x, found)
    _limit(say, preset, x, found)
    query = {"data": preset, "seed": seed, "k": k, "family": family, "start": start}
    query |= {"reach": reach, "least": least, "soft": soft}
    take_away(say, script(preset, seed, settings), query, None, "compare")


def script(preset: str, seed: int, settings: Settings) -> str:
    """Python that runs the three methods."""
    lines = [
        *data_lines(preset, seed),
        f"kmeans = KMeans({settings.k}, n_init=5, random_state={seed}).fit_predict(X)",
        "mixture = mixtura.GaussianMixture(",
        f"    {settings.k},",
        f'    covariance_type="{settings.family}",',
        f'    init_params="{settings.start}",',
        f"    random_state={seed},",
        "    max_iter=500,",
        ")",
        "gmm = mixture.fit_predict(X)",
        f"eps = {settings.reach} * np.ptp(X, axis=0).max()",
        f"dbscan = DBSCAN(eps=eps, min_samples={settings.least}).fit_predict(X)",
    ]
    if preset in GROUPS:
        sizes = list(GROUPS[preset])
        lines += [
            f"truth = np.repeat(np.arange({len(sizes)}), {sizes})",
            "for labels in (kmeans, gmm, dbscan):",
            "    print(round(adjusted_rand_score(truth, labels), 3))",
        ]
    at = lines.index("import mixtura")
    lines[at:at] = [
        "from sklearn.cluster import DBSCAN, KMeans",
        "from sklearn.metrics import adjusted_rand_score",
        "",
    ]
    return "\n".join([*lines, ""])


@st.cache_data(max_entries=50, show_spinner=False)
def _labels(preset: str, seed: int, settings: Settings) -> Found:
    return methods.run(PRESETS[preset](seed), settings, seed)


def _run(preset: str, seed: int, settings: Settings) -> Found:
    return Found(*_labels(preset, seed, settings))


@st.fragment
def _pictures(say: Words, preset: str, x: np.ndarray, found: Found, soft: bool) -> None:
    """Three pictures side by side; a point that is clicked in one is ringed in all."""
    names = (say(f"axis.{preset}_x"), say(f"axis.{preset}_y"))
    chosen = _point(len(x))
    inks = {
        name: [charts.INKS[label % 8] if label >= 0 else _NOISE for label in labels]
        for name, labels in found.labels.items()
    }
    if soft:
        inks["gmm"] = charts.blend(found.responsibilities)
    for column, (name, labels) in zip(st.columns(3), found.labels.items(), strict=True):
        with column:
            st.markdown(f"**{say(f'compare.{name}')}**")
            shown = parts_of(found.mixture) if name == "gmm" else None
            chart = charts.points(x, labels, inks[name], names, shown, chosen)
            key = f"compare.{name}"
            st.altair_chart(chart, width="stretch", key=key, on_select=partial(_note, key))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(say("compare.point"), 1, len(x), key="compare.point", width=130)
        with st.container(width="stretch", key="compare-sentence"):
            parts.summary(_sentence(say, found, chosen))


def _point(n: int) -> int:
    """The point that is looked at; its box stands under the pictures."""
    kept = min(int(st.session_state.get("compare.point", 1)), n)
    st.session_state["compare.point"] = kept
    return kept - 1


def _note(key: str) -> None:
    """A click on a point chooses it in all three pictures."""
    rows = st.session_state[key]["selection"].get("pick", [])
    if rows:
        st.session_state["compare.point"] = int(rows[0]["point"])


def _sentence(say: Words, found: Found, chosen: int) -> str:
    label = int(found.dbscan[chosen])
    return say(
        "compare.sentence",
        point=chosen + 1,
        kmeans=int(found.kmeans[chosen]) + 1,
        shares=say("comma").join(f"{share:.2f}" for share in found.responsibilities[chosen]),
        dbscan=say("compare.noise") if label < 0 else say("compare.group", j=label + 1),
        groups=len(set(found.dbscan.tolist()) - {-1}),
        lost=int(np.sum(found.dbscan < 0)),
    )


def _scores(say: Words, preset: str, x: np.ndarray, found: Found) -> None:
    known = methods.truth(GROUPS[preset]) if preset in GROUPS else None
    rows = [
        [
            say(f"compare.{name}"),
            _number(methods.agreement(labels, known)),
            _number(methods.silhouette(x, labels)),
        ]
        for name, labels in found.labels.items()
    ]
    head = [say("compare.method"), say("compare.ari"), say("compare.silhouette")]
    parts.table(say("compare.scores"), head, rows)
    st.caption(say("compare.caveats"))


@st.fragment
def _limit(say: Words, preset: str, x: np.ndarray, found: Found) -> None:
    """Round components of one size: the smaller they are, the harder their shares."""
    st.header(say("compare.limit_title"), anchor=False)
    st.write(say("compare.limit_lead"))
    width = float(np.ptp(x, axis=0).max())
    share = st.slider(say("compare.sd"), 0.1, 30.0, 10.0, 0.1, format="%.1f%%", key="compare.sd")
    shares = methods.hardening(x, found.centres, share / 100 * width)
    sure = float(np.mean(shares.max(axis=1) > 0.99))
    same = float(np.mean(shares.argmax(axis=1) == found.kmeans))
    names = (say(f"axis.{preset}_x"), say(f"axis.{preset}_y"))
    left, right = st.columns([1.3, 1])
    with left:
        chart = charts.points(x, shares.argmax(axis=1), charts.blend(shares), names)
        st.altair_chart(chart, width="stretch")
    with right:
        parts.summary(
            say("compare.limit", sd=f"{share:.1f}", sure=f"{sure:.0%}", same=f"{same:.0%}")
        )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
