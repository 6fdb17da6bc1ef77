from __future__ import annotations

import pytest

from backlit.draw.curve import joined, path, sampled, straight, swung

A, B, C = (0.0, 0.0), (100.0, 60.0), (180.0, 60.0)


def test_a_curve_starts_and_ends_where_it_should():
    points = sampled(swung(A, B, aside=9))
    assert points[0] == A
    assert points[-1] == pytest.approx(B)


def test_an_s_leaves_and_arrives_level():
    start, one, two, end = swung(A, B)
    assert (start[1], two[1]) == (one[1], end[1])


def test_a_straight_line_has_all_its_points_on_it():
    assert all(y == pytest.approx(0.6 * x) for x, y in sampled(straight(A, B)))


def test_an_s_moved_aside_has_its_middle_moved_that_way():
    def middle(curve):
        points = sampled(curve)
        return points[len(points) // 2]

    assert middle(swung(A, B, aside=8))[0] == pytest.approx(middle(swung(A, B))[0] + 6)


def test_joined_curves_run_through_the_point_where_they_meet():
    curve = joined(swung(A, B), straight(B, C))
    assert curve[3] == B
    assert sampled(curve)[-1] == pytest.approx(C)
    assert path(curve).count("C") == 2
