"""Arithmetic on vectors of float64, with Python's operators, and on their bits."""

from __future__ import annotations

import operator

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

from mixtura.kernels._compiled.lanes import VECTOR, WIDTH, Lanes, lanes, shuffle, splat

__all__ = [
    "exceeds",
    "exponent",
    "fill",
    "fma",
    "mantissa",
    "maximum",
    "scale_by_power",
    "sqrt",
    "total",
]

_INT = ir.IntType(64)
_INTS = ir.VectorType(_INT, WIDTH)
_HALF_ROOT = 0x3FE6A09E667F3BCD  # bits of sqrt(1/2)


def _intrinsic(builder, name, *args):
    kind = ir.FunctionType(VECTOR, [arg.type for arg in args])
    function = cgutils.get_or_insert_function(builder.module, kind, f"{name}.v{WIDTH}f64")
    return builder.call(function, args)


@intrinsic
def fill(typingctx, number):
    """A vector of one number."""

    def codegen(context, builder, signature, args):
        return splat(builder, args[0])

    return lanes(types.float64), codegen


@intrinsic
def fma(typingctx, a, b, c):
    """``a * b + c``, in one instruction where the machine has it."""

    def codegen(context, builder, signature, args):
        return _intrinsic(builder, "llvm.fmuladd", *args)

    return lanes(lanes, lanes, lanes), codegen


@intrinsic
def sqrt(typingctx, a):
    """Square roots."""

    def codegen(context, builder, signature, args):
        return _intrinsic(builder, "llvm.sqrt", *args)

    return lanes(lanes), codegen


@intrinsic
def maximum(typingctx, a, b):
    """The larger of each pair."""

    def codegen(context, builder, signature, args):
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return lanes(lanes, lanes), codegen


def _number(value):
    return ir.Constant(VECTOR, [value] * WIDTH)


@intrinsic
def exceeds(typingctx, a, b):
    """One where a > b, else zero."""

    def codegen(context, builder, signature, args):
        above = builder.fcmp_ordered(">", *args)
        return builder.select(above, _number(1.0), _number(0.0))

    return lanes(lanes, lanes), codegen


@intrinsic
def total(typingctx, a):
    """The sum of a vector's numbers."""

    def codegen(context, builder, signature, args):
        (value,) = args
        size = WIDTH
        while size > 1:
            size //= 2
            low = shuffle(builder, value, value, list(range(size)))
            high = shuffle(builder, value, value, list(range(size, 2 * size)))
            value = builder.fadd(low, high)
        return builder.extract_element(value, ir.Constant(ir.IntType(32), 0))

    return types.float64(lanes), codegen


def _operator(symbol, emit):
    """Give two vectors, or a vector and a number, an operator of Python."""

    @intrinsic
    def apply(typingctx, a, b):
        def codegen(context, builder, signature, args):
            return getattr(builder, emit)(*args)

        return lanes(lanes, lanes), codegen

    @overload(symbol)
    def typed(a, b):
        if isinstance(a, Lanes) and isinstance(b, Lanes):
            return lambda a, b: apply(a, b)
        return None


_operator(operator.add, "fadd")
_operator(operator.sub, "fsub")
_operator(operator.mul, "fmul")
_operator(operator.truediv, "fdiv")


def _bits(builder, value):
    return builder.bitcast(value, _INTS)


def _constant(value):
    return ir.Constant(_INTS, [value] * WIDTH)


@intrinsic
def scale_by_power(typingctx, value, rounded):
    """``value * 2**n``, where `rounded` is n + 1.5 * 2**52 and so ends in the bits of n."""

    def codegen(context, builder, signature, args):
        value, rounded = (_bits(builder, arg) for arg in args)
        power = builder.shl(rounded, _constant(52))
        return builder.bitcast(builder.add(value, power), VECTOR)

    return lanes(lanes, lanes), codegen


def _power(builder, bits):
    return builder.ashr(builder.sub(bits, _constant(_HALF_ROOT)), _constant(52))


@intrinsic
def exponent(typingctx, value):
    """N of ``value = m * 2**n`` with m between sqrt(1/2) and sqrt(2)."""

    def codegen(context, builder, signature, args):
        return builder.sitofp(_power(builder, _bits(builder, args[0])), VECTOR)

    return lanes(lanes), codegen


@intrinsic
def mantissa(typingctx, value):
    """M of ``value = m * 2**n`` with m between sqrt(1/2) and sqrt(2)."""

    def codegen(context, builder, signature, args):
        bits = _bits(builder, args[0])
        power = builder.shl(_power(builder, bits), _constant(52))
        return builder.bitcast(builder.sub(bits, power), VECTOR)

    return lanes(lanes), codegen
