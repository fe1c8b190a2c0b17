"""A Numba type for vectors of float64: the compiler's registers, with Python's operators."""

from __future__ import annotations

import operator

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

__all__ = [
    "LANES",
    "REGISTERS",
    "WIDTH",
    "add_folded",
    "broadcast",
    "expand",
    "exponent",
    "fill",
    "fma",
    "gather",
    "load",
    "mantissa",
    "maximum",
    "repeat",
    "scale_by_power",
    "spread",
    "sqrt",
    "store",
    "total",
]

_wide = bool(llvm.get_host_cpu_features().get("avx512f"))

LANES = 8 if _wide else 4  # float64 a register
REGISTERS = 4 if _wide else 2  # registers a vector; four columns of them fill the register file
WIDTH = LANES * REGISTERS  # float64 a vector: WIDTH rows, or LANES rows of REGISTERS features

_DOUBLE = ir.DoubleType()
_INT = ir.IntType(64)
_VECTOR = ir.VectorType(_DOUBLE, WIDTH)
_INTS = ir.VectorType(_INT, WIDTH)


class _Lanes(types.Type):
    """WIDTH float64 numbers, held in REGISTERS registers."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


lanes = _Lanes()


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, _VECTOR)


# --- memory ------------------------------------------------------------------------------------


def _pointer(context, builder, kind, array, offset, target):
    """Address of `array[offset]` as a pointer to `target`, unchecked."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [offset]), target.as_pointer())


def _load(builder, pointer):
    value = builder.load(pointer)
    value.align = 8
    return value


@intrinsic
def load(typingctx, array, offset):
    """The WIDTH numbers from `array[offset]` on."""

    def codegen(context, builder, signature, args):
        return _load(builder, _pointer(context, builder, signature.args[0], *args, _VECTOR))

    return lanes(array, types.intp), codegen


@intrinsic
def repeat(typingctx, array, offset):
    """The LANES numbers from `array[offset]` on, once in every register."""

    def codegen(context, builder, signature, args):
        narrow = ir.VectorType(_DOUBLE, LANES)
        value = _load(builder, _pointer(context, builder, signature.args[0], *args, narrow))
        return _shuffle(builder, value, value, [i % LANES for i in range(WIDTH)])

    return lanes(array, types.intp), codegen


@intrinsic
def broadcast(typingctx, array, offset):
    """The number ``array[offset]``, WIDTH times."""

    def codegen(context, builder, signature, args):
        return _splat(
            builder, _load(builder, _pointer(context, builder, signature.args[0], *args, _DOUBLE))
        )

    return lanes(array, types.intp), codegen


@intrinsic
def expand(typingctx, array, offset):
    """The REGISTERS numbers from `array[offset]` on, each filling one register."""

    def codegen(context, builder, signature, args):
        narrow = ir.VectorType(_DOUBLE, REGISTERS)
        value = _load(builder, _pointer(context, builder, signature.args[0], *args, narrow))
        return _shuffle(builder, value, value, [i // LANES for i in range(WIDTH)])

    return lanes(array, types.intp), codegen


@intrinsic
def store(typingctx, array, offset, value):
    """Write a vector to `array[offset]` and on."""

    def codegen(context, builder, signature, args):
        array, offset, value = args
        pointer = _pointer(context, builder, signature.args[0], array, offset, _VECTOR)
        builder.store(value, pointer, align=8)

    return types.void(array, types.intp, lanes), codegen


@intrinsic
def spread(typingctx, array, offset, stride, value):
    """Write the registers of a vector `stride` numbers apart, the first to `array[offset]`."""

    def codegen(context, builder, signature, args):
        array, offset, stride, value = args
        narrow = ir.VectorType(_DOUBLE, LANES)
        for register in range(REGISTERS):
            part = _shuffle(
                builder, value, value, [register * LANES + lane for lane in range(LANES)]
            )
            pointer = _pointer(context, builder, signature.args[0], array, offset, narrow)
            builder.store(part, pointer, align=8)
            offset = builder.add(offset, stride)

    return types.void(array, types.intp, types.intp, lanes), codegen


@intrinsic
def gather(typingctx, array, offset, stride):
    """WIDTH numbers of a float64 or float32 array, `stride` apart, the first `array[offset]`."""

    def codegen(context, builder, signature, args):
        array, offset, stride = args
        element = context.get_data_type(signature.args[0].dtype)
        data = context.make_array(signature.args[0])(context, builder, array).data
        vector = ir.VectorType(element, WIDTH)
        value = ir.Constant(vector, ir.Undefined)
        for lane in range(WIDTH):
            item = builder.load(builder.gep(data, [offset]))
            value = builder.insert_element(value, item, ir.Constant(ir.IntType(32), lane))
            offset = builder.add(offset, stride)
        return value if element == _DOUBLE else builder.fpext(value, _VECTOR)

    return lanes(array, types.intp, types.intp), codegen


@intrinsic
def add_folded(typingctx, array, offset, value):
    """Add the sum of each register of a vector to REGISTERS numbers from `array[offset]` on."""

    def codegen(context, builder, signature, args):
        array, offset, value = args
        size = WIDTH
        while size > REGISTERS:
            size //= 2
            even = _shuffle(builder, value, value, [2 * i for i in range(size)])
            odd = _shuffle(builder, value, value, [2 * i + 1 for i in range(size)])
            value = builder.fadd(even, odd)
        pointer = _pointer(context, builder, signature.args[0], array, offset, value.type)
        builder.store(builder.fadd(_load(builder, pointer), value), pointer, align=8)

    return types.void(array, types.intp, lanes), codegen


# --- arithmetic --------------------------------------------------------------------------------


def _shuffle(builder, a, b, order):
    kind = ir.VectorType(ir.IntType(32), len(order))
    return builder.shuffle_vector(a, b, ir.Constant(kind, order))


def _splat(builder, value, kind=_VECTOR):
    first = builder.insert_element(
        ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
    )
    return _shuffle(builder, first, first, [0] * WIDTH)


def _intrinsic(builder, name, *args):
    kind = ir.FunctionType(_VECTOR, [arg.type for arg in args])
    function = cgutils.get_or_insert_function(builder.module, kind, f"{name}.v{WIDTH}f64")
    return builder.call(function, args)


@intrinsic
def fill(typingctx, number):
    """A vector of one number."""

    def codegen(context, builder, signature, args):
        return _splat(builder, args[0])

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


@intrinsic
def total(typingctx, a):
    """The sum of a vector's numbers."""

    def codegen(context, builder, signature, args):
        (value,) = args
        size = WIDTH
        while size > 1:
            size //= 2
            low = _shuffle(builder, value, value, list(range(size)))
            high = _shuffle(builder, value, value, list(range(size, 2 * size)))
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
        if isinstance(a, _Lanes) and isinstance(b, _Lanes):
            return lambda a, b: apply(a, b)
        return None


_operator(operator.add, "fadd")
_operator(operator.sub, "fsub")
_operator(operator.mul, "fmul")
_operator(operator.truediv, "fdiv")


# --- the bits of a float64 ---------------------------------------------------------------------


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
        return builder.bitcast(builder.add(value, power), _VECTOR)

    return lanes(lanes, lanes), codegen


_HALF_ROOT = 0x3FE6A09E667F3BCD  # bits of sqrt(1/2)


def _power(builder, bits):
    return builder.ashr(builder.sub(bits, _constant(_HALF_ROOT)), _constant(52))


@intrinsic
def exponent(typingctx, value):
    """N of ``value = m * 2**n`` with m between sqrt(1/2) and sqrt(2)."""

    def codegen(context, builder, signature, args):
        return builder.sitofp(_power(builder, _bits(builder, args[0])), _VECTOR)

    return lanes(lanes), codegen


@intrinsic
def mantissa(typingctx, value):
    """M of ``value = m * 2**n`` with m between sqrt(1/2) and sqrt(2)."""

    def codegen(context, builder, signature, args):
        bits = _bits(builder, args[0])
        power = builder.shl(_power(builder, bits), _constant(52))
        return builder.bitcast(builder.sub(bits, power), _VECTOR)

    return lanes(lanes), codegen
