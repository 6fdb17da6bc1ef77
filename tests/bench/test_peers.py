"""The benchmark compares peers that compute the same, and says so if one does not."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import backlit as bl

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))  # as `python bench/…` has
contest, report, workloads, by_hand = (
    importlib.import_module(name)
    for name in ("contest", "report", "workloads", "peers.numpy_by_hand")
)
FIT = next(w for w in workloads.WORKLOADS if w.epochs)
SMALL = {w.name: replace(w, checked=30) for w in workloads.WORKLOADS[:4]}
small = pytest.mark.parametrize("name", SMALL)


@small
def test_the_reference_by_hand_is_the_interpreters(name):
    workload = replace(SMALL[name], samples=5 * SMALL[name].batch)
    job = workloads.job(workload)
    architecture = workloads.architecture(workload)
    net = bl.Network(architecture.inputs, architecture.layers, workload.loss)
    net.parameters.update(job.first)
    rule = {"sgd": bl.SGD, "adam": bl.Adam}[workload.optimizer](workload.rate)
    options = {"epochs": 6, "batch_size": workload.batch, "shuffle": False}
    net.fit(job.X, job.T, optimizer=rule, executor="interpret", **options)
    for parameter, value in contest.reference(job).items():
        assert value == pytest.approx(net.parameters[parameter], rel=1e-9, abs=1e-12)


@small
@pytest.mark.parametrize("module", ["numpy_by_hand", "backlit_native"])
def test_peers_of_this_process_agree_with_the_reference(name, module):
    job = workloads.job(SMALL[name])
    peer = importlib.import_module(f"peers.{module}").prepare(job)
    expected = contest.reference(job)
    for _ in range(2):  # the same again after a reset
        peer.reset()
        peer.train(10)
        peer.train(20)
        assert contest.disagreement(job, peer.parameters(), expected) < 1e-4


# In processes of their own: the C library, once loaded, has denormals taken for 0.
@pytest.mark.slow
@pytest.mark.parametrize("label", contest.PEERS)
def test_every_peer_that_is_installed_agrees_in_steps_and_fits(label, tmp_path):
    done = []
    with contest.contenders([label], 1) as (peer,):
        if "missing" in peer.about:
            pytest.skip(peer.about["missing"])
        for workload in (SMALL["4-32-16-4 tanh"], SMALL["64-32-10 relu"], FIT):
            job = workloads.job(workload)
            job.save(tmp_path / "job.npz")
            expected = contest.reference(job)
            try:
                off = contest.check(peer, job, tmp_path / "job.npz", expected)
            except contest.PeerError as error:
                assert str(error).startswith("NotImplementedError")  # noqa: PT017 - not all take all
                continue
            assert off <= contest.TOLERANCE, workload.name
            done.append(workload.name)
    assert done


def test_a_slightly_wrong_peer_is_reported_and_not_counted():
    workload = SMALL["64-32-10 relu"]
    job = workloads.job(workload)
    wrong = replace(job, workload=replace(workload, rate=1.01 * workload.rate))
    off = contest.disagreement(job, contest.reference(wrong), contest.reference(job))
    assert off > 4 * contest.TOLERANCE
    ours = contest.Entry("backlit", seconds=[2e-6, 3e-6, 4e-6])
    peer = contest.Entry("PyTorch", disagreement=off, seconds=[1e-6] * 3)
    assert not peer.counts
    text = report.steps([(workload, [ours, peer])])
    assert f"| **3.00 µs** | disagrees by {off:.1%} |" in text
    assert report.refused([(workload, [ours, peer])]) == [
        f"PyTorch on 64-32-10 relu: its parameters are off by {off:.1%}"
    ]


def test_a_value_that_is_not_finite_is_no_agreement():
    job = workloads.job(SMALL["2-1 sigmoid"])
    expected = contest.reference(job)
    broken = {name: np.full_like(value, np.nan) for name, value in expected.items()}
    assert contest.disagreement(job, broken, expected) == float("inf")


def test_goals_are_judged_by_the_ratio_within_rounds():
    workload = SMALL["64-32-10 relu"]  # 10 µs, 10/22 of JAX scan
    ours = contest.Entry("backlit", seconds=[8e-6, 16e-6, 9e-6])
    scan = contest.Entry("JAX scan", seconds=[16e-6, 32e-6, 18e-6])
    rows = list(report.goals_of([(workload, [ours, scan])], threads=1))
    assert [row[2:] for row in rows] == [["9.00 µs", "met"], ["0.50 ×", "missed"]]
    assert "| 18.0 µs (2.00) |" in report.steps([(workload, [ours, scan])])


def test_results_replace_the_earlier_ones_in_a_document(tmp_path):
    document = tmp_path / "performance.md"
    (begin, end), other = report.marks(1), " ".join(report.marks(2))
    document.write_text(f"before\n{begin}\nold\n{end}\nafter {other}\n")
    report.put_into(document, "new\n", 1)
    report.put_into(document, "newer\n", 1)
    assert document.read_text() == (
        f"before\n{begin}\n\nnewer\n\n{end}\nafter {other}\n"
    )
