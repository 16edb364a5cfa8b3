"""Kaldi's nnet3: a network as a list of nodes and components, written in its binary form."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy.typing as npt

from voice_coach.acoustic.kaldi import integer, integers, matrix, real, token, vector


class Network:
    """A network under construction; each method adds a layer and returns the name of its output.

    An input is the name of a node or one of Kaldi's descriptors: ``Append(a, Offset(b, -2))``, ``Sum(a, b)``.
    """

    def __init__(self, inputs: int) -> None:
        self._lines = [f"input-node name=input dim={inputs}"]
        self._components: list[bytes] = []

    def affine(self, name: str, source: str, weights: npt.ArrayLike, bias: npt.ArrayLike) -> str:
        """``weights @ x + bias``."""
        body = token("<LinearParams>") + matrix(weights) + token("<BiasParams>") + vector(bias)
        return self._add(name, source, "FixedAffineComponent", body)

    def add(self, name: str, source: str, constants: npt.ArrayLike) -> str:
        """``x + constants``."""
        return self._add(name, source, "FixedBiasComponent", token("<Bias>") + vector(constants))

    def rectify(self, name: str, source: str, size: int) -> str:
        """``max(x, 0)``."""
        return self._add(name, source, "RectifiedLinearComponent", _nonlinear(size))

    def sigmoid(self, name: str, source: str, size: int) -> str:
        """``1 / (1 + exp(-x))``."""
        return self._add(name, source, "SigmoidComponent", _nonlinear(size))

    def softmax(self, name: str, source: str, size: int) -> str:
        """``exp(x)``, scaled to add up to one."""
        return self._add(name, source, "SoftmaxComponent", _nonlinear(size))

    def log_softmax(self, name: str, source: str, size: int) -> str:
        """The logarithm of the softmax."""
        return self._add(name, source, "LogSoftmaxComponent", _nonlinear(size))

    def product(self, name: str, source: str, size: int) -> str:
        """The product of the first and the second *size* values."""
        body = token("<InputDim>") + integer(2 * size) + token("<OutputDim>") + integer(size)
        return self._add(name, source, "ElementwiseProductComponent", body)

    def logarithm(self, name: str, source: str, size: int) -> str:
        """For each x the pair (sign of x, ln |x|), floored at ln 2**-33.

        Kaldi divides blocks by their root mean square and appends its logarithm; here each block is one value.
        """
        body = token("<InputDim>") + integer(size)
        if size > 1:
            body += token("<BlockDim>") + integer(1)
        body += token("<TargetRms>") + real(1.0) + token("<AddLogStddev>") + b"T"
        return self._add(name, source, "NormalizeComponent", body)

    def sum_groups(self, name: str, source: str, sizes: Sequence[int]) -> str:
        """The sums of neighbouring values, *sizes* of them at a time."""
        return self._add(name, source, "SumGroupComponent", token("<Sizes>") + integers(sizes))

    def part(self, name: str, source: str, start: int, size: int) -> str:
        """*size* of the values of a node, from *start*."""
        self._lines.append(f"dim-range-node name={name} input-node={source} dim-offset={start} dim={size}")
        return name

    def binary(self, output: str, before: int, after: int) -> bytes:
        """The network as it stands at the end of a model file: it says *output*, seeing frames *before* and *after*."""
        lines = [*self._lines, f"output-node name=output input={output} objective=linear"]
        text = "\n" + "".join(line + "\n" for line in lines) + "\n"
        head = token("<Nnet3>") + text.encode("ascii") + token("<NumComponents>") + integer(len(self._components))
        tail = token("</Nnet3>") + token("<LeftContext>") + integer(before) + token("<RightContext>") + integer(after)
        return head + b"".join(self._components) + tail + token("<Priors>") + vector([])

    def _add(self, name: str, source: str, kind: str, body: bytes) -> str:
        self._lines.append(f"component-node name={name} component={name} input={source}")
        self._components.append(
            token("<ComponentName>") + token(name) + token(f"<{kind}>") + body + token(f"</{kind}>")
        )
        return name


def _nonlinear(size: int) -> bytes:
    """The parameters of an elementwise layer; the training statistics are empty."""
    nothing = token("<ValueAvg>") + vector([]) + token("<DerivAvg>") + vector([])
    return token("<Dim>") + integer(size) + nothing + token("<Count>") + struct.pack("<bd", 8, 0.0)
