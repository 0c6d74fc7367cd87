"""Turn a body's matrix products into whole numbers of eight bits: faster, and nearly the same."""

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

    from rhml_core.machine.protocol import Vectors

_CONTRIB = "com.microsoft"
_MIDDLE = 128
"""The eight-bit number that stands for zero in the activations."""
FULL_RANGE = 127
HALF_RANGE = 63
_PROCESSOR_FACTS = Path("/proc/cpuinfo")


def weight_range() -> int:
    """
    Largest whole number that a weight may become on this machine: 127, or 63.

    An x86 processor without VNNI adds two products in sixteen bits, which overflows with the
    full range.

    Source:
        ONNX Runtime, Quantize ONNX models, "reduce_range".
    """
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return FULL_RANGE
    try:
        facts = _PROCESSOR_FACTS.read_text(encoding="utf-8")
    except OSError:
        return HALF_RANGE
    return FULL_RANGE if "avx512_vnni" in facts or "avx_vnni" in facts else HALF_RANGE


def quantise_body(file: Path, *, largest: int) -> int:
    """
    Replace a body's products with constant matrices by eight-bit ones, in place.

    A weight is scaled by its column, an activation by its own token when it is read, so that a
    text's vector does not depend on the texts that it is read with.

    Args:
        file: the body as `export_body` wrote it.
        largest: see `weight_range`.

    Returns:
        How many products were replaced.

    Source:
        Dettmers et al., LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale
        (vector-wise quantisation, here without the outliers' part).
    """
    import onnx  # noqa: PLC0415 - only where exporting

    model = onnx.load(str(file))
    rewriting = _Rewriting(model.graph, largest)
    rewriting.rewrite()
    onnx.save(model, str(file))
    return rewriting.n_replaced


class _Rewriting:
    """One graph on its way from floating to whole numbers."""

    def __init__(self, graph: "GraphProto", largest: int) -> None:
        from onnx import numpy_helper  # noqa: PLC0415 - only where exporting

        self._graph = graph
        self._largest = largest
        self._matrices = {
            tensor.name: numpy_helper.to_array(tensor)
            for tensor in graph.initializer
            if len(tensor.dims) == 2  # noqa: PLR2004 - a matrix
        }
        self._nodes: list[NodeProto] = []
        self._added: set[str] = set()
        self.n_replaced = 0

    def rewrite(self) -> None:
        """Replace every product and attention whose matrix is constant."""
        for node in self._graph.node:
            matrix = self._matrices.get(node.input[1]) if len(node.input) > 1 else None
            if node.op_type == "MatMul" and matrix is not None:
                self._multiply(node.input[0], matrix, node.output[0])
            elif node.op_type == "Attention" and matrix is not None and _is_plain(node):
                self._attend(node, matrix)
            else:
                self._nodes.append(node)
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)
        needed = {name for node in self._nodes for name in node.input}
        kept = [tensor for tensor in self._graph.initializer if tensor.name in needed]
        del self._graph.initializer[:]
        self._graph.initializer.extend(kept)

    def _attend(self, node: "NodeProto", matrix: "Vectors") -> None:
        """Take the products for query, key and value out of an attention step."""
        joined = f"{node.output[0]}_joined"
        parts = [f"{node.output[0]}_{part}" for part in ("query", "key", "value")]
        self._multiply(node.input[0], matrix, joined)
        self._add("Split", [joined], parts, axis=2)
        kept = {
            attribute.name: attribute
            for attribute in node.attribute
            if attribute.name in {"num_heads", "mask_filter_value", "scale"}
        }
        self._add("MultiHeadAttention", [*parts, *node.input[2:4]], [node.output[0]], _CONTRIB)
        self._nodes[-1].attribute.extend(kept.values())

    def _multiply(self, given: str, matrix: "Vectors", result: str) -> None:
        """`result = given @ matrix`, in whole numbers."""
        name = f"int8_{self.n_replaced}"
        self.n_replaced += 1
        n_in = len(matrix)
        weight_scale = np.maximum(np.abs(matrix).max(axis=0), np.finfo(np.float32).tiny)
        weight_scale = (weight_scale / self._largest).astype(np.float32)
        weights = np.clip(np.rint(matrix / weight_scale), -self._largest, self._largest)
        rows = self._constant(f"int8_rows_of_{n_in}", np.array([-1, n_in], dtype=np.int64))
        self._add("Reshape", [given, rows], [f"{name}_tokens"])
        self._scale_tokens(name)
        factors = [
            f"{name}_whole",
            self._constant(f"{name}_weights", weights.astype(np.int8)),
            self._constant("int8_one", np.array(1.0, dtype=np.float32)),
            self._constant(f"{name}_weight_scale", weight_scale),
            self._constant("int8_middle", np.array(_MIDDLE, dtype=np.uint8)),
        ]
        self._add("MatMulIntegerToFloat", factors, [f"{name}_product"], _CONTRIB)
        self._add("Mul", [f"{name}_product", f"{name}_scale"], [f"{name}_scaled"])
        self._add("Reshape", [f"{name}_scaled", self._shape_like(given, name)], [result])

    def _scale_tokens(self, name: str) -> None:
        """Each token as whole numbers around 128, and the scale that turns them back."""
        from onnx import numpy_helper  # noqa: PLC0415 - only where exporting

        step = self._constant("int8_step", np.array(1 / FULL_RANGE, dtype=np.float32))
        least = self._constant("int8_least", np.array(1e-12, dtype=np.float32))
        flat = self._constant("int8_flat", np.array([-1], dtype=np.int64))
        self._add("Abs", [f"{name}_tokens"], [f"{name}_size"])
        self._add("ReduceMax", [f"{name}_size"], [f"{name}_most"], axes=[1], keepdims=1)
        self._add("Mul", [f"{name}_most", step], [f"{name}_raw_scale"])
        self._add("Max", [f"{name}_raw_scale", least], [f"{name}_scale"])
        self._add("Reshape", [f"{name}_scale", flat], [f"{name}_scales"])
        self._add("Shape", [f"{name}_scales"], [f"{name}_n"])
        middle = numpy_helper.from_array(np.array([_MIDDLE], dtype=np.uint8))
        self._add("ConstantOfShape", [f"{name}_n"], [f"{name}_middles"], value=middle)
        scaled = [f"{name}_tokens", f"{name}_scales", f"{name}_middles"]
        self._add("QuantizeLinear", scaled, [f"{name}_whole"], axis=0)

    def _shape_like(self, given: str, name: str) -> str:
        """Name of the shape of a tensor with its last axis left open."""
        ends = [
            self._constant(f"int8_{word}", np.array([at], dtype=np.int64))
            for word, at in (("start", 0), ("last", -1), ("axis", 0))
        ]
        self._add("Shape", [given], [f"{name}_shape"])
        self._add("Slice", [f"{name}_shape", *ends], [f"{name}_outer"])
        last = self._constant("int8_flat", np.array([-1], dtype=np.int64))
        self._add("Concat", [f"{name}_outer", last], [f"{name}_result_shape"], axis=0)
        return f"{name}_result_shape"

    def _add(
        self,
        operation: str,
        inputs: list[str],
        outputs: list[str],
        domain: str = "",
        **attributes: Any,
    ) -> None:
        from onnx import helper  # noqa: PLC0415 - only where exporting

        name = f"{outputs[0]}_made"
        node = helper.make_node(operation, inputs, outputs, name=name, domain=domain, **attributes)
        self._nodes.append(node)

    def _constant(self, name: str, value: np.ndarray) -> str:
        from onnx import numpy_helper  # noqa: PLC0415 - only where exporting

        if name not in self._added:
            self._added.add(name)
            self._graph.initializer.append(numpy_helper.from_array(value, name))
        return name


def _is_plain(node: "NodeProto") -> bool:
    """Whether an attention step has weights, biases and lengths alone, as an encoder's has."""
    return len(node.input) == 4 and all(node.input)  # noqa: PLR2004 - tokens and those three
