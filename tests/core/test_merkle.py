"""The tree of RFC 6962: known roots, every proof leads to the root, and no forged one does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.merkle import Growing, Merkle, Node

#: the leaves and roots that the reference implementation of Certificate Transparency tests itself with
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MERKLE = Merkle()


def nodes_of(contents: list[bytes], merkle: Merkle = MERKLE) -> Node:
    def node(level: int, position: int) -> bytes:
        if level == 0:
            return merkle.leaf(contents[position])
        return merkle.parent(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))

    return node


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    contents = [bytes.fromhex(leaf) for leaf in LEAVES]
    growing = Growing(MERKLE)
    for content in contents[:size]:
        growing.add(content)

    assert MERKLE.root(nodes_of(contents), size).hex() == ROOTS[size]
    assert growing.root().hex() == ROOTS[size]


@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proved_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    contents = [bytes([n % 251, n // 251]) for n in range(size)]
    node, index = nodes_of(contents), data.draw(st.integers(0, size - 1))
    root, path, leaf = MERKLE.root(node, size), MERKLE.path(node, index, size), node(0, index)

    assert MERKLE.root_by_path(leaf, index, size, path) == root
    assert MERKLE.root_by_path(MERKLE.leaf(b"forged"), index, size, path) != root
    other = data.draw(st.integers(0, size - 1))
    assert other == index or MERKLE.root_by_path(leaf, other, size, path) != root
    if path:
        assert MERKLE.root_by_path(leaf, index, size, path[:-1]) is None
    assert MERKLE.root_by_path(leaf, index, size, [*path, root]) is None


def test_a_proof_for_a_place_beyond_the_end_leads_nowhere() -> None:
    assert MERKLE.root_by_path(b"\0" * 32, 3, 3, []) is None
    assert MERKLE.root_by_path(b"\0" * 32, -1, 3, []) is None


def test_sm3_builds_a_tree_of_its_own() -> None:
    contents = [b"a", b"b", b"c"]
    sm3 = Merkle("sm3")

    found = sm3.root(nodes_of(contents, sm3), 3)

    assert len(found) == 32
    assert found != MERKLE.root(nodes_of(contents), 3)


def test_an_unknown_hash_function_is_refused() -> None:
    with pytest.raises(KeyError, match="sha-nothing"):
        Merkle("sha-nothing")
