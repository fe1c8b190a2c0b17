"""A Numba type for vectors of float64, and the ways between memory and registers."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.extending import intrinsic, models, register_model

__all__ = [
    "LANES",
    "REGISTERS",
    "VECTOR",
    "WIDTH",
    "Lanes",
    "add_folded",
    "broadcast",
    "expand",
    "gather",
    "lanes",
    "load",
    "repeat",
    "shuffle",
    "splat",
    "spread",
    "store",
]

_wide = "+avx512f" in cpu_target.target_context.codegen().magic_tuple()[2]

LANES = 8 if _wide else 4  # float64 a register
REGISTERS = 4 if _wide else 2  # registers a vector; four columns of them fill the register file
WIDTH = LANES * REGISTERS  # float64 a vector: WIDTH rows, or LANES rows of REGISTERS features

_DOUBLE = ir.DoubleType()
VECTOR = ir.VectorType(_DOUBLE, WIDTH)


class Lanes(types.Type):
    """WIDTH float64 numbers, held in REGISTERS registers."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


lanes = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, VECTOR)


def shuffle(builder, a, b, order):
    """Numbers of two vectors in a new order."""
    kind = ir.VectorType(ir.IntType(32), len(order))
    return builder.shuffle_vector(a, b, ir.Constant(kind, order))


def splat(builder, value, kind=VECTOR):
    """A vector of one number."""
    first = builder.insert_element(
        ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
    )
    return shuffle(builder, first, first, [0] * WIDTH)


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
        return _load(builder, _pointer(context, builder, signature.args[0], *args, VECTOR))

    return lanes(array, types.intp), codegen


@intrinsic
def repeat(typingctx, array, offset):
    """The LANES numbers from `array[offset]` on, once in every register."""

    def codegen(context, builder, signature, args):
        narrow = ir.VectorType(_DOUBLE, LANES)
        value = _load(builder, _pointer(context, builder, signature.args[0], *args, narrow))
        return shuffle(builder, value, value, [i % LANES for i in range(WIDTH)])

    return lanes(array, types.intp), codegen


@intrinsic
def broadcast(typingctx, array, offset):
    """The number ``array[offset]``, WIDTH times."""

    def codegen(context, builder, signature, args):
        return splat(
            builder, _load(builder, _pointer(context, builder, signature.args[0], *args, _DOUBLE))
        )

    return lanes(array, types.intp), codegen


@intrinsic
def expand(typingctx, array, offset):
    """The REGISTERS numbers from `array[offset]` on, each filling one register."""

    def codegen(context, builder, signature, args):
        narrow = ir.VectorType(_DOUBLE, REGISTERS)
        value = _load(builder, _pointer(context, builder, signature.args[0], *args, narrow))
        return shuffle(builder, value, value, [i // LANES for i in range(WIDTH)])

    return lanes(array, types.intp), codegen


@intrinsic
def store(typingctx, array, offset, value):
    """Write a vector to `array[offset]` and on."""

    def codegen(context, builder, signature, args):
        array, offset, value = args
        pointer = _pointer(context, builder, signature.args[0], array, offset, VECTOR)
        builder.store(value, pointer, align=8)

    return types.void(array, types.intp, lanes), codegen


@intrinsic
def spread(typingctx, array, offset, stride, value):
    """Write the registers of a vector `stride` numbers apart, the first to `array[offset]`."""

    def codegen(context, builder, signature, args):
        array, offset, stride, value = args
        narrow = ir.VectorType(_DOUBLE, LANES)
        for register in range(REGISTERS):
            part = shuffle(
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
        return value if element == _DOUBLE else builder.fpext(value, VECTOR)

    return lanes(array, types.intp, types.intp), codegen


@intrinsic
def add_folded(typingctx, array, offset, value):
    """Add the sum of each register of a vector to REGISTERS numbers from `array[offset]` on."""

    def codegen(context, builder, signature, args):
        array, offset, value = args
        size = WIDTH
        while size > REGISTERS:
            size //= 2
            even = shuffle(builder, value, value, [2 * i for i in range(size)])
            odd = shuffle(builder, value, value, [2 * i + 1 for i in range(size)])
            value = builder.fadd(even, odd)
        pointer = _pointer(context, builder, signature.args[0], array, offset, value.type)
        builder.store(builder.fadd(_load(builder, pointer), value), pointer, align=8)

    return types.void(array, types.intp, lanes), codegen
