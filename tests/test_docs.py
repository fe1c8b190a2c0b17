"""The documentation does what it says: blocks run, tables are the code's, links lead somewhere."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import signal
import subprocess
import sys
import sysconfig
import warnings
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
import pytest
from benchmarks import run
from benchmarks.tables import filled
from docs import make

import mixtura
from mixtura.cli import main as command_line

ROOT = Path(__file__).parents[1]
TEXTS = (
    *make.PAGES,
    ROOT / "ARCHITECTURE.md",
    ROOT / "CHANGELOG.md",
    ROOT / "benchmarks/README.md",
)
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SLOW = {"big_data", "image_colours", "spark"}  # the last one needs Java too
ENVIRONMENT = {
    **os.environ,
    "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
    "COLUMNS": "80",
    "MPLBACKEND": "Agg",
}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"""(?:\]\(|src=")([^)#"]+)""")


def blocks(page):
    """Language and text of every block, and the output that is shown right below it, or None."""
    text = page.read_text(encoding="utf-8")
    found = [*_FENCE.finditer(text), None]
    for block, below in pairwise(found):
        shown = below and below[1] == "text" and not text[block.end() : below.start()].strip()
        if block[1] != "text":
            yield block[1], block[2], below[2] if shown else None


def run_python(code, namespace):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "<documentation>", "exec"), namespace)
    return output.getvalue()


def run_shell(code, _):
    """Commands of mixtura are run, targets of make must exist, and nothing is installed."""
    targets = re.findall(
        r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(re.findall(r"^make (\S+)", code, re.MULTILINE)) <= set(targets)
    code = re.sub(r"^(make|pip) .*\n", "", code, flags=re.MULTILINE)
    command = ["bash", "-euo", "pipefail", "-c", code]
    ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


RUN = {"python": run_python, "sh": run_shell}


def some_slow(paths):
    return [pytest.param(p, marks=pytest.mark.slow if p.stem in SLOW else ()) for p in paths]


@pytest.fixture
def ctrl_c():
    """Spark takes the handler of Ctrl-C and does not give it back."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully:FutureWarning")
@pytest.mark.parametrize("page", some_slow(make.PAGES), ids=lambda page: page.stem)
def test_blocks_run_in_order_and_print_what_is_shown(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    namespace = {"__name__": "documentation"}
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for language, code, shown in blocks(page):
        with warnings.catch_warnings():
            printed = RUN[language](code, namespace)
        if shown is not None:
            as_shown = doctest.OutputChecker().check_output(shown, printed, flags)
            assert as_shown, f"{code}\nshown:\n{shown}\nprinted:\n{printed}"


def test_generated_tables_are_what_the_code_says():
    made = make.sections()
    for page in make.PAGES:
        text = page.read_text(encoding="utf-8")
        assert filled(text, made) == text, "type: python -m docs.make"
    text = "".join(page.read_text(encoding="utf-8") for page in make.PAGES)
    for name in made:
        assert text.count(f"<!-- begin {name} -->") == text.count(f"<!-- end {name} -->") == 1


def test_the_readme_shows_the_kept_figures():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("<!-- begin figures -->") == text.count("<!-- end figures -->") == 1
    assert filled(text, run.front(run.RESULTS)) == text


def test_a_kernel_without_a_form_is_told():
    class Nothing:
        def statistics(self, density, x):
            raise KeyError(density.form)

    assert not any(make.serves(Nothing(), form) for form in make.SCALES)


def test_the_readme_leads_to_every_page_and_example():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = {ROOT / link for link in _LINK.findall(readme)}
    assert {*make.PAGES[1:], *EXAMPLES} <= linked


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(text):
    links = _LINK.findall(text.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (text.parent / link).exists()]
    assert not missing


def test_every_public_name_is_documented():
    mixture = mixtura.GaussianMixture(2, random_state=0).fit(
        np.random.default_rng(0).normal(size=(20, 2))
    )
    bayesian = mixtura.BayesianGaussianMixture().fit(np.random.default_rng(0).normal(size=(20, 2)))
    names = set(mixtura.__all__) - {"__version__"}
    for each in (mixture, bayesian):
        names |= {*each.get_params(), *make.methods(type(each))}
        names |= {name for name in dir(each) if name.endswith("_") and not name.startswith("_")}
    text = "".join(page.read_text(encoding="utf-8") for page in make.PAGES)
    assert not [name for name in sorted(names) if f"`{name}" not in text]


def test_every_command_has_an_example_that_runs():
    code = "".join(
        code for page in make.PAGES for language, code, _ in blocks(page) if language == "sh"
    )
    names = command_line.list_commands(click.Context(command_line))
    assert not [name for name in names if not re.search(rf"\bmixtura {name}\b", code)]


def test_the_architecture_names_every_module():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folder = ROOT / "src" / "mixtura"
    modules = {
        p.stem for p in folder.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
    }
    modules |= {p.stem for p in (folder / "estimators").glob("*.py")}
    assert not [name for name in sorted(modules) if not name.startswith("_") and name not in text]


@pytest.mark.parametrize("example", some_slow(EXAMPLES), ids=lambda example: example.stem)
def test_examples_run(example, tmp_path):
    command = [sys.executable, "-W", "error", str(example)]
    ran = subprocess.run(command, env=ENVIRONMENT, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip()
    for name in re.findall(r"^wrote (\S+)", ran.stdout, re.MULTILINE):
        assert (tmp_path / name).stat().st_size > 0


def test_the_pictures_are_what_is_drawn(tmp_path):
    from matplotlib.image import imread

    make.draw(tmp_path)
    for name in make.PICTURES:
        kept = make.HERE / "pictures" / name
        assert kept.stat().st_size < 200_000
        was, now = imread(kept), imread(tmp_path / name)
        assert was.shape == now.shape
        assert np.mean(np.abs(was - now)) < 0.02, "type: python -m docs.make"
