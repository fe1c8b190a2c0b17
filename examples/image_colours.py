"""The colours of a photograph: a mixture of its pixels, and the picture in eight colours."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_image

from mixtura import GaussianMixture

photograph = load_sample_image("china.jpg")  # (427, 640, 3), integers from 0 to 255
pixels = photograph.reshape(-1, 3) / 255

mixture = GaussianMixture(8, random_state=0).fit(pixels)
print(f"{len(pixels):,} pixels, {mixture.n_iter_} iterations with the {mixture.kernel_} kernel")
for colour in np.argsort(-mixture.weights_):
    red, green, blue = (255 * mixture.means_[colour]).round().astype(int)
    print(f"{mixture.weights_[colour]:4.0%}  #{red:02x}{green:02x}{blue:02x}")

reduced = mixture.means_[mixture.predict(pixels)].reshape(photograph.shape)
plt.imsave("colours.png", np.hstack([photograph / 255, reduced]).clip(0, 1))
print("wrote colours.png")
