"""How a run decides whether threads share its steps, from times that it is told."""

from itertools import pairwise

from backlit.compile.pace import LONGEST, PROBE, SHORTEST, STRETCH, Pace


def told(alone, shared, seconds=1.0, pace=None):
    """Run for some seconds on a clock of its own; return the seconds in each way.

    Args:
        alone: Seconds of a step of one thread, from the time passed.
        shared: Likewise of several.
        seconds: How long.
        pace: Where to go on.
    """
    pace = pace or Pace()
    now, spent = 0.0, {True: 0.0, False: 0.0}
    while now < seconds:
        share, steps = pace.following()
        took = steps * (shared if share else alone)(now)
        pace.note(share, steps, took)
        now += took
        spent[share] += took
    return spent, pace


def test_both_ways_are_tried_before_one_is_chosen():
    pace = Pace()
    first, _ = pace.following()
    pace.note(first, 2, 1.0)
    second, _ = pace.following()
    assert {first, second} == {True, False}


def test_one_thread_computes_where_several_are_slower():
    spent, pace = told(lambda _: 0.002, lambda _: 0.005, 10.0)
    assert not pace.faster
    assert spent[True] < 0.01 * spent[False]


def test_threads_share_where_that_is_faster():
    spent, pace = told(lambda _: 0.002, lambda _: 0.0011, 10.0)
    assert pace.faster
    assert spent[False] < 0.01 * spent[True]


def test_threads_are_left_as_soon_as_they_become_slower():
    _, pace = told(lambda _: 0.002, lambda _: 0.0011)
    spent, _ = told(lambda _: 0.002, lambda _: 0.004, 1.0, pace)
    assert spent[True] < 0.1 + 2 * STRETCH


def test_threads_are_found_again_when_the_other_processor_is_free():
    _, pace = told(lambda _: 0.002, lambda _: 0.004, 20.0)
    spent, pace = told(lambda _: 0.002, lambda _: 0.001, 2 * LONGEST, pace)
    assert pace.faster
    assert spent[True] > LONGEST / 2


def test_a_single_slow_moment_does_not_turn_threads_away_for_long():
    def late(now):
        return 0.05 if 1.0 < now < 1.05 else 0.0011

    spent, _ = told(lambda _: 0.002, late, 3.0)
    assert spent[False] < 2 * SHORTEST


def test_threads_that_gain_next_to_nothing_are_left_out():
    spent, pace = told(lambda _: 0.002, lambda _: 0.0019, 5.0)
    assert not pace.faster
    assert spent[True] < 0.02 * spent[False]


def test_a_way_that_is_taken_up_again_is_tried_shortly_at_first():
    pace = Pace({True: 0.001, False: 0.002})
    pace.note(True, 20, 0.1)  # five times as long as before
    assert pace.following() == (False, int(PROBE / 0.002))
    pace.note(False, 2, 0.004)
    assert pace.following() == (False, int(STRETCH / 0.002))


def test_tries_are_short_and_become_rare():
    pace = Pace({True: 0.0005, False: 0.0001})
    tries, now = [], 0.0
    while now < 20:
        share, steps = pace.following()
        seconds = steps * pace.seconds[share]
        pace.note(share, steps, seconds)
        now += seconds
        if share:
            assert seconds <= PROBE + 0.0005
            tries.append(now)
    pauses = [b - a for a, b in pairwise(tries)]
    assert [round(x, 6) for x in pauses] == sorted(round(x, 6) for x in pauses)
    assert LONGEST < pauses[-1] < LONGEST + 2 * STRETCH


def test_at_least_one_step_is_done():
    pace = Pace({True: 8.0, False: 9.5})
    assert pace.following() == (True, 1)
