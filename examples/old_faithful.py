"""How many kinds of eruption does Old Faithful have? Choose a mixture, look at it, draw it."""

from __future__ import annotations

import matplotlib

import mixtura

matplotlib.use("Agg")

faithful = mixtura.datasets.load("faithful")
selection = mixtura.select(faithful.data, n_components=range(1, 6), random_state=0)
mixture = selection.best

print(selection.verdict)
for weight, (eruption, waiting) in zip(mixture.weights_, mixture.means_, strict=True):
    print(f"{weight:4.0%} of eruptions: {eruption:.1f} minutes, {waiting:.0f} to the next")

axes = mixtura.plot.mixture(mixture, faithful.data)
axes.set(xlabel=faithful.feature_names[0], ylabel=faithful.feature_names[1])
axes.figure.savefig("old-faithful.png", dpi=150)
mixture.save("old-faithful.safetensors")
print("wrote old-faithful.png")
print("wrote old-faithful.safetensors")
