"""The Merkle tree of RFC 6962 section 2.1 over a growing list, of which only every eighth level is kept.

A node is the root of a complete subtree: `level` 0 are the leaves, node (level, position) is over the leaves
[position << level, position + 1 << level).
"""

from collections.abc import Callable, Iterable, Sequence

from core.hashes import HASHES

#: the hash of node (level, position)
Node = Callable[[int, int], bytes]


class Merkle:
    """The arithmetic of the tree under one hash algorithm (core.hashes)."""

    def __init__(self, algorithm: str = "sha256") -> None:
        self.algorithm = algorithm
        self._hash = HASHES[algorithm]

    def leaf(self, content: bytes) -> bytes:
        """Told apart from a node by its first byte, so that no node can be passed off as a leaf."""
        return self._hash(b"\0" + content)

    def parent(self, left: bytes, right: bytes) -> bytes:
        return self._hash(b"\1" + left + right)

    def root(self, node: Node, size: int) -> bytes:
        """The hash of the list of the first `size` leaves."""
        return self._over(node, 0, size) if size else self._hash(b"")

    def root_of(self, nodes: Sequence[bytes]) -> bytes:
        """The node over 2, 4, 8 … nodes of one level."""
        while len(nodes) > 1:
            nodes = [self.parent(nodes[n], nodes[n + 1]) for n in range(0, len(nodes), 2)]
        return nodes[0]

    def path(self, node: Node, index: int, size: int) -> list[bytes]:
        """The inclusion proof of leaf `index` in the first `size` leaves, from the leaf up (RFC 6962, 2.1.1)."""
        return self._path(node, index, 0, size)

    def root_by_path(self, leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
        """The root that a proof leads to; None when its length is not that of such a leaf (RFC 9162, 2.1.3.2)."""
        if not 0 <= index < size:
            return None
        fn, sn, found = index, size - 1, leaf
        for sibling in path:
            if sn == 0:
                return None
            if fn & 1 or fn == sn:
                found = self.parent(sibling, found)
                while fn and not fn & 1:
                    fn, sn = fn >> 1, sn >> 1
            else:
                found = self.parent(found, sibling)
            fn, sn = fn >> 1, sn >> 1
        return found if sn == 0 else None

    def _over(self, node: Node, low: int, high: int) -> bytes:
        """Over the leaves [low, high), where low is a multiple of the largest power of two below their number."""
        count = high - low
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return node(level, low >> level)
        middle = low + _split(count)
        return self.parent(self._over(node, low, middle), self._over(node, middle, high))

    def _path(self, node: Node, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + _split(high - low)
        if index < middle:
            return [*self._path(node, index, low, middle), self._over(node, middle, high)]
        return [*self._path(node, index, middle, high), self._over(node, low, middle)]


class Growing:
    """The root of everything that was added so far, without keeping it: what a walk over a whole chain needs."""

    def __init__(self, merkle: Merkle) -> None:
        self._merkle = merkle
        #: by level; None where the number of leaves has no such part
        self._peaks: list[bytes | None] = []
        self.size = 0

    def add(self, content: bytes) -> None:
        """One more leaf, by what it is the hash of."""
        found, parent, peaks = self._merkle.leaf(content), self._merkle.parent, self._peaks
        self.size += 1
        for level, peak in enumerate(peaks):
            if peak is None:
                peaks[level] = found
                return
            peaks[level], found = None, parent(peak, found)
        peaks.append(found)

    def root(self) -> bytes:
        peaks = [peak for peak in self._peaks if peak is not None]
        if not peaks:
            return self._merkle.root(lambda _level, _position: b"", 0)
        found = peaks[0]
        for peak in peaks[1:]:
            found = self._merkle.parent(peak, found)
        return found


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
