"""exp and log of vectors, to the last bit or two, as a handful of multiply-adds."""

from __future__ import annotations

import math

from mixtura.kernels._compiled.arithmetic import (
    exponent,
    fill,
    fma,
    mantissa,
    maximum,
    scale_by_power,
)
from mixtura.kernels._compiled.compile import inlined

__all__ = ["exp", "log"]

_LN2_HIGH = 0.6931471803691238  # 33 bits, so that small multiples are exact
_LN2_LOW = 1.9082149292705877e-10
_INVERSE_LN2 = 1.0 / math.log(2.0)
_ROUND = 1.5 * 2.0**52  # adding it leaves the nearest integer in the low bits
_SMALLEST = -300.0  # exp of it, and its square, are far below any rounding and not denormal


@inlined
def exp(x):
    """e**x for x <= 0, at least e**-300; -inf is allowed.

    Range reduction to |r| <= ln(2)/2 and the Taylor series economised to degree 11.
    """
    x = maximum(x, fill(_SMALLEST))
    rounded = fma(x, fill(_INVERSE_LN2), fill(_ROUND))
    n = rounded - fill(_ROUND)
    r = fma(n, fill(-_LN2_LOW), fma(n, fill(-_LN2_HIGH), x))
    p = fill(2.5114882786996687e-08)
    p = fma(p, r, fill(2.763265575933203e-07))
    p = fma(p, r, fill(2.755722491836887e-06))
    p = fma(p, r, fill(2.480148543844738e-05))
    p = fma(p, r, fill(0.00019841269909260645))
    p = fma(p, r, fill(0.0013888888952356135))
    p = fma(p, r, fill(0.008333333333309507))
    p = fma(p, r, fill(0.04166666666648794))
    p = fma(p, r, fill(0.16666666666666702))
    p = fma(p, r, fill(0.5000000000000019))
    p = fma(p, r, fill(1.0))
    p = fma(p, r, fill(1.0))
    return scale_by_power(p, rounded)


@inlined
def log(x):
    """Natural logarithm of positive, normal x: twice the series of artanh((m - 1) / (m + 1))."""
    n = exponent(x)
    m = mantissa(x)
    z = (m - fill(1.0)) / (m + fill(1.0))
    w = z * z
    p = fill(2.0 / 21.0)
    p = fma(p, w, fill(2.0 / 19.0))
    p = fma(p, w, fill(2.0 / 17.0))
    p = fma(p, w, fill(2.0 / 15.0))
    p = fma(p, w, fill(2.0 / 13.0))
    p = fma(p, w, fill(2.0 / 11.0))
    p = fma(p, w, fill(2.0 / 9.0))
    p = fma(p, w, fill(2.0 / 7.0))
    p = fma(p, w, fill(2.0 / 5.0))
    p = fma(p, w, fill(2.0 / 3.0))
    series = z * fma(p, w, fill(2.0))
    return fma(n, fill(_LN2_HIGH), fma(n, fill(_LN2_LOW), series))
