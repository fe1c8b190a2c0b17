"""Counterfeit banknotes: learn what genuine notes are like, flag what is unlike them."""

from __future__ import annotations

import numpy as np

from mixtura import MixtureSelector, datasets

notes = datasets.load("banknote")
genuine = notes.data[notes.labels == "genuine"]
counterfeit = notes.data[notes.labels == "counterfeit"]
seen, unseen = np.split(np.random.default_rng(0).permutation(genuine), [60])

chooser = MixtureSelector(range(1, 4), "full", random_state=0).fit(seen)
print(chooser.selection_.verdict)

# Less likely than all but 2 % of the notes seen is suspicious.
threshold = np.quantile(chooser.score_samples(seen), 0.02)
caught = np.mean(chooser.score_samples(counterfeit) < threshold)
accused = np.mean(chooser.score_samples(unseen) < threshold)
print(f"{caught:.0%} of {len(counterfeit)} counterfeit notes are flagged")
print(f"{accused:.0%} of {len(unseen)} genuine notes that it had not seen are flagged")
