"""The text of the report's page: HTML and style, with $names where contents go."""

from __future__ import annotations

from string import Template

__all__ = ["PAGE"]

PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root { --page: #f6f7f8; --card: #fff; --ink: #1c2126; --quiet: #56606a; --line: #dde1e5;
  --accent: #0062a3; --best: #e3f1fb; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --card: #1e2226; --ink: #e8eaed; --quiet: #a9b3bd; --line: #363c43;
    --accent: #7cc4f5; --best: #12344c; }
  figure img { filter: brightness(.93); }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--quiet); overflow-wrap: anywhere; }
h2 { margin: 0 0 .6rem; font-size: 1.15rem; }
.headline { margin: .3rem 0 .5rem; font-size: clamp(1.5rem, 5vw, 2.3rem); font-weight: 700;
  line-height: 1.2; overflow-wrap: anywhere; }
.verdict { margin: 0 0 1.2rem; max-width: 46rem; font-size: 1.08rem; overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: .6rem 2rem; margin: 0 0 1.5rem; }
.facts div { display: flex; flex-direction: column-reverse; }
.facts dt { font-size: .85rem; color: var(--quiet); }
.facts dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.cards { display: flex; flex-wrap: wrap; gap: 1rem; }
.card { flex: 1 1 27rem; min-width: 0; max-width: 100%; margin: 0; padding: 1rem;
  background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.wide { flex-basis: 100%; }
figure img { display: block; width: 100%; max-width: 38rem; height: auto; margin: 0 auto;
  background: #fff; border-radius: .4rem; }
figure.wide img { min-width: 40rem; max-width: 58rem; }
figcaption, .note { margin: .6rem 0 0; font-size: .9rem; color: var(--quiet); }
.note { margin: 0 0 .6rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.scroll { position: relative; max-width: 100%; overflow: auto; }
.columns { max-height: 30rem; }
.scroll:focus-visible, summary:focus-visible { outline: 3px solid var(--accent);
  outline-offset: 2px; }
table { border-collapse: separate; border-spacing: 0; font-size: .92rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
th { font-weight: 600; vertical-align: bottom; background: var(--card); }
thead { position: sticky; top: 0; z-index: 2; }
th[scope=row] { position: sticky; left: 0; z-index: 1; }
th:first-child, .text { text-align: left; }
thead tr + tr th:first-child { text-align: right; }
th[scope=colgroup] { text-align: center; }
tr.best > * { background: var(--best); font-weight: 700; }
.pairs table { width: 100%; }
.pairs th, .pairs td { white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
.pairs th:first-child { width: 12rem; }
@media (max-width: 40rem) { .pairs th:first-child { width: 35%; } }
.pairs thead { display: none; }
details { margin-top: 1rem; }
summary { cursor: pointer; padding: .3rem 0; }
footer { margin-top: 1.5rem; font-size: .85rem; color: var(--quiet); }
@media print { .columns { max-height: none; overflow: visible; } }
</style>
</head>
<body>
<main>
<header>
<h1>$title</h1>
<p class="headline">$headline</p>
<p class="verdict">$verdict</p>
<dl class="facts">$facts</dl>
</header>
<div class="cards">
$sections
</div>
<footer>$footer</footer>
</main>
</body>
</html>
""")
