"""Makes the parts of the documentation that nobody types: tables from the code, and pictures.

``python -m docs.make`` writes them all; the tests fail if a table is not what the code says.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from benchmarks.tables import filled
from scipy.special import logsumexp

import mixtura
from mixtura import course, datasets, exceptions, plot
from mixtura.cli import main as command_line
from mixtura.course.schema import Card
from mixtura.covariance import COVARIANCES
from mixtura.density import Density, Form
from mixtura.kernels import KERNELS, Kernel

__all__ = ["PAGES", "PICTURES", "SCALES", "draw", "methods", "sections", "serves"]

HERE = Path(__file__).parent
PAGES = (HERE.parent / "README.md", *sorted(HERE.glob("*.md")))
PICTURES = ("old-faithful.png", "bic.png")

SCALES = {Form.DENSE: "kdd", Form.SHARED: "dd", Form.DIAGONAL: "kd"}
_SIZES = {"k": 3, "d": 2}


def sections() -> dict[str, str]:
    """Every generated table in Markdown, by the name of its markers."""
    mixture, bayesian = mixtura.GaussianMixture, mixtura.BayesianGaussianMixture
    return {
        "kernels": kernels(),
        "commands": commands(),
        "lessons": lessons(),
        "names": listing({name: getattr(mixtura, name) for name in _public(mixtura)}),
        "parameters": table(("parameter", "", "meaning"), documented(mixture, "Parameters")),
        "attributes": table(("attribute", "", "meaning"), documented(mixture, "Attributes")),
        "methods": listing({name: getattr(mixture, name) for name in methods(mixture)}),
        "bayesian-parameters": table(
            ("parameter", "", "meaning"), documented(bayesian, "Parameters")
        ),
        "bayesian-attributes": table(
            ("attribute", "", "meaning"), documented(bayesian, "Attributes")
        ),
        "selection": listing(vars(mixtura.Selection)),
        "selector": table(
            ("attribute", "", "meaning"), documented(mixtura.MixtureSelector, "Attributes")
        ),
        "priors": table(
            ("parameter", "", "meaning"), documented(mixtura.priors.Mclust, "Parameters")
        ),
        "plot": listing({name: getattr(plot, name) for name in plot.__all__}),
        "datasets": listing({name: getattr(datasets, name) for name in datasets.__all__}),
        "exceptions": exception_tree(),
    }


def kernels() -> str:
    """Which kernel serves which form, by trying."""
    rows = []
    for form, scale in SCALES.items():
        families = (f"`{name}`" for name, family in COVARIANCES.items() if family.form is form)
        told = ("yes" if serves(kernel, form) else "not yet" for kernel in KERNELS.values())
        rows.append((form.value, f"({', '.join(scale)})", ", ".join(families), *told))
    header = ("form", "shape of `scale`", "families", *(f"`{name}`" for name in KERNELS))
    return table(header, rows)


def serves(kernel: Kernel, form: Form) -> bool:
    """Whether a kernel's log-likelihood in this form is the formula's."""
    random = np.random.default_rng(0)
    k, d = _SIZES.values()
    x, centres, offset = (random.standard_normal(shape) for shape in ((50, d), (k, d), (k,)))
    scale = random.uniform(0.5, 1.5, [_SIZES[letter] for letter in SCALES[form]])
    scale = scale if form is Form.DIAGONAL else np.triu(scale)
    try:
        stats = kernel.statistics(Density(offset, centres, scale, form), x)
    except LookupError:
        return False
    matrices = scale[:, None] * np.eye(d) if form is Form.DIAGONAL else scale
    factors = np.broadcast_to(matrices, (k, d, d))
    whitened = np.einsum("nkd,kde->nke", x[:, None] - centres, factors)
    expected = logsumexp(offset - 0.5 * np.sum(whitened**2, axis=-1), axis=1).sum()
    return bool(np.isclose(stats.log_likelihood, expected, rtol=1e-10))


def commands() -> str:
    """The commands of ``mixtura``, each with the first sentence of its help."""
    context = click.Context(command_line)
    rows = (
        (f"`mixtura {name}`", command_line.get_command(context, name).get_short_help_str(200))
        for name in command_line.list_commands(context)
    )
    return table(("command", "what it does"), rows)


def methods(cls: type) -> Iterator[str]:
    """Public methods of a class, those it inherits too."""
    for name, member in inspect.getmembers(cls):
        if callable(member) and not name.startswith("_"):
            yield name


def documented(cls: type, section: str) -> Iterator[tuple[str, str, str]]:
    """Name, type and meaning of every entry of a section of a class's docstring."""
    doc = inspect.getdoc(cls) or ""
    body = re.search(rf"^{section}\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)", doc, re.DOTALL | re.MULTILINE)
    for head, text in re.findall(r"^(\S.*)\n((?:    .*\n?)+)", body[1] + "\n", re.MULTILINE):
        name, _, kind = head.partition(" : ")
        yield f"`{name.replace(', ', '`, `')}`", _prose(kind), _prose(text)


def listing(members: dict[str, Any]) -> str:
    """Names and the first sentence that each says of itself."""
    rows = (
        (f"`{name}`", _first_sentence(member))
        for name, member in members.items()
        if not name.startswith("_")
    )
    return table(("name", "what it is"), rows)


def exception_tree() -> str:
    """The tree drawn in the docstring of the exceptions."""
    drawing = (exceptions.__doc__ or "").split("::\n\n")[1].split("\n\n")[0]
    return f"```text\n{inspect.cleandoc(drawing)}\n```"


def lessons() -> str:
    """The course: its lessons, and which come before which."""
    places = course.outline()
    number = {place.id: place.number for place in places}
    rows = []
    for place in places:
        lesson = course.lesson(place.id, "en")
        cards = len(lesson.of(Card))
        before = ", ".join(number[each] for each in place.after)
        rows.append((place.number, lesson.title, before, f"{lesson.minutes} min", str(cards)))
    return table(("", "lesson", "after", "", "cards"), rows)


def table(header: tuple[str, ...], rows: Any) -> str:
    """A Markdown table."""
    lines = [header, [":--"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _public(module: Any) -> list[str]:
    return [name for name in module.__all__ if not name.startswith("_")]


def _first_sentence(thing: Any) -> str:
    paragraph = (inspect.getdoc(thing) or "").split("\n\n")[0]
    return re.split(r"(?<=[.?])\s", _prose(paragraph))[0]


def _prose(text: str) -> str:
    return " ".join(text.replace("``", "`").replace("|", "\\|").split())


def draw(folder: Path) -> None:
    """The pictures: the mixture that BIC chooses for Old Faithful, and what BIC says of others."""
    import matplotlib

    matplotlib.use("Agg")
    faithful = datasets.load("faithful").data
    selection = mixtura.select(faithful, random_state=0)
    mixture = plot.mixture(selection.best, faithful)
    mixture.set(xlabel="eruption, minutes", ylabel="wait for the next, minutes")
    for axes, name in zip((mixture, selection.plot()), PICTURES, strict=True):
        axes.figure.set_size_inches(6.4, 4.4)
        axes.figure.savefig(folder / name, dpi=150)


def main() -> None:
    """Write every table between its markers, and the pictures."""
    made = sections()
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8"), made), encoding="utf-8")
    draw(HERE / "pictures")


if __name__ == "__main__":
    main()
