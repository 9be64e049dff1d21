import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import DataError
from reco_core.inspect.maps import pca
from reco_core.inspect.moving import aligned, follow, moving

RNG = np.random.default_rng(0)
CLOUD = (RNG.normal(size=(80, 5)) * [5, 3, 1, 0.5, 0.2] + 2).astype(np.float32)
NEXT = CLOUD + RNG.normal(size=CLOUD.shape).astype(np.float32) * 0.1


def turned_vectors(vectors: np.ndarray, seed: int) -> np.ndarray:
    """The same vectors in axes of their own: rotated, and mirrored for half of the seeds."""
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(vectors.shape[1],) * 2))
    return (vectors @ rotation).astype(np.float32)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_a_rotated_copy_of_the_vectors_maps_onto_itself(seed: int) -> None:
    before = pca(CLOUD)
    found = aligned(pca(turned_vectors(CLOUD, seed)), before.xy)
    assert np.abs(found.xy - before.xy).max() < 1e-3
    assert found.explained == pytest.approx(before.explained, abs=1e-5)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_rotated_copy_does_not_move_when_a_live_map_gets_a_new_plane(seed: int) -> None:
    before = follow(CLOUD, 2)
    found = follow(turned_vectors(CLOUD, seed), 8, before)
    assert found.basis_epoch == 8
    assert np.abs(found.map.xy - before.map.xy).max() < 1e-3


def test_a_turned_plane_still_projects_its_vectors_onto_its_points() -> None:
    found = aligned(pca(NEXT), pca(turned_vectors(CLOUD, 1)).xy * [1, -1])
    assert np.abs(found.project(NEXT) - found.xy).max() < 1e-4
    assert found.components @ found.components.T == pytest.approx(np.eye(2), abs=1e-6)
    assert found.explained.sum() == pytest.approx(pca(NEXT).explained.sum())
    along = ((found.xy - found.xy.mean(axis=0)) ** 2).sum(axis=0) / ((NEXT - NEXT.mean(axis=0)) ** 2).sum()
    assert found.explained == pytest.approx(along, rel=1e-4)


def test_epochs_share_the_plane_of_the_last_one() -> None:
    found = moving({3: NEXT, 0: CLOUD})
    assert (found.epochs, found.basis_epoch, found.xy.shape, found.xy.dtype) == ((0, 3), 3, (2, 80, 2), np.float32)
    plane = pca(NEXT)
    assert (found.at(3) == plane.xy).all()
    assert (found.at(0) == plane.project(CLOUD)).all()
    assert found.share(3) == pytest.approx(tuple(plane.explained))


def test_another_epoch_may_give_the_plane() -> None:
    found = moving({0: CLOUD, 3: NEXT}, basis_epoch=0)
    assert (found.at(0) == pca(CLOUD).xy).all()


def test_what_did_not_change_does_not_move_and_what_did_does() -> None:
    changed = CLOUD.copy()
    changed[7] += 4
    found = moving({0: CLOUD, 1: changed}, basis_epoch=0)
    moved = np.abs(found.at(1) - found.at(0)).max(axis=1)
    assert np.flatnonzero(moved > 1e-4).tolist() == [7]


def test_the_box_holds_every_point_of_every_epoch() -> None:
    found = moving({0: CLOUD * 0.1, 1: CLOUD, 2: CLOUD * 2})
    low, high = found.box
    assert (found.xy >= low).all() and (found.xy <= high).all()
    assert (high == found.xy.reshape(-1, 2).max(axis=0)).all()


def test_a_live_map_keeps_its_plane_until_the_epochs_have_grown_by_half() -> None:
    seen, planes = None, []
    for epoch in range(0, 14):
        seen = follow(CLOUD, epoch, seen)
        planes.append(seen.basis_epoch)
    assert planes == [0, 1, 2, 3, 3, 5, 5, 5, 8, 8, 8, 8, 12, 12]


def test_a_live_map_begins_anew_with_other_vectors_or_an_earlier_epoch() -> None:
    seen = follow(CLOUD, 5)
    assert follow(CLOUD[:40], 6, seen).basis_epoch == 6
    assert follow(CLOUD, 1, seen).basis_epoch == 1


def test_vectors_that_do_not_differ_have_no_share_to_explain() -> None:
    found = moving({0: np.zeros((4, 3)), 1: np.ones((4, 3))})
    assert (found.xy == 0).all() or np.isfinite(found.xy).all()
    assert found.share(0) == (0, 0)


def test_misuse_and_broken_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="basis_epoch must be one of"):
        moving({})
    with pytest.raises(ValueError, match=r"basis_epoch must be one of \(0,\); got 4"):
        moving({0: CLOUD}, basis_epoch=4)
    with pytest.raises(DataError, match="finite"):
        follow(np.full((3, 2), np.nan), 1)
