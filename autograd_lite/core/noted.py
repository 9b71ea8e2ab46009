"""Tensors that take notes, for whoever watches or follows what is recorded."""

from autograd_lite.core.tape import Node
from autograd_lite.core.tensor import Tensor


class Noted(Tensor):
    """A Tensor that takes a note of its node when it gets it: once, however often it is wrapped."""

    __slots__ = ("_node",)

    @property
    def node(self) -> Node:
        return self._node

    @node.setter
    def node(self, node: Node) -> None:
        self._node = node
        if not hasattr(node, "note"):
            self.take_note(node)

    def take_note(self, node: Node) -> None:
        raise NotImplementedError
