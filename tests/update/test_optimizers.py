import importlib.util

import numpy as np
import pytest

import backlit as bl
from backlit.errors import OptionError
from backlit.graph import Graph, input_node
from backlit.interpret import Program
from backlit.update.optimizers import OPTIMIZERS, clipped, named, rate_of
from backlit.update.step import state_name

SHAPES = {"a": (3, 2), "b": (3,)}
STEPS = 20


def program(optimizer, dtype="f8"):
    """Return one update of parameters a and b from given gradients, ready to run."""
    step = input_node("step", ())
    inputs, outputs = {"step": step}, {}
    for name, shape in SHAPES.items():
        for kind in ("w", "g", *optimizer.state):
            full = state_name(kind, name)
            inputs[full] = input_node(full, shape)
    gradients = {name: inputs[state_name("g", name)] for name in SHAPES}
    rate = rate_of(optimizer, step)
    for name, g in clipped(optimizer, gradients).items():
        state = {kind: inputs[state_name(kind, name)] for kind in optimizer.state}
        w, new = optimizer.rule(inputs[state_name("w", name)], g, state, step, rate)
        outputs |= {
            f"new.{state_name(k, name)}": x for k, x in (new | {"w": w}).items()
        }
    return Program(Graph(inputs, outputs), dtype)


def gradients(step, scale=1.0):
    """Return the gradients of a step: random, of very different sizes, some 0."""
    random = np.random.default_rng(step)
    found = {
        n: scale * random.normal(size=s) * 10.0 ** -n.index(n)
        for n, s in SHAPES.items()
    }
    found["a"][0, 0] = 0
    found["b"] *= 100
    return found


def start():
    random = np.random.default_rng(99)
    return {name: random.normal(size=shape) for name, shape in SHAPES.items()}


def run(optimizer, steps=STEPS, gradient=gradients, dtype="f8"):
    """Return the parameters after each step."""
    move = program(optimizer, dtype)
    kept = {state_name("w", n): w for n, w in start().items()}
    for kind in optimizer.state:
        kept |= {state_name(kind, n): np.zeros(s) for n, s in SHAPES.items()}
    found = []
    for step in range(1, steps + 1):
        given = {state_name("g", n): g for n, g in gradient(step).items()}
        new = move({**kept, **given, "step": float(step)})
        kept = {name.removeprefix("new."): value for name, value in new.items()}
        found.append({n: kept[state_name("w", n)] for n in SHAPES})
    return found


def by_paper(rule, steps=STEPS, gradient=gradients):
    """Return the parameters after each step by a rule of the test: w, g, memory, t."""
    w, memory = start(), {name: {} for name in SHAPES}
    found = []
    for t in range(1, steps + 1):
        g = gradient(t)
        w = {n: rule(w[n], g[n], memory[n], t) for n in SHAPES}
        found.append(w)
    return found


def assert_same(found, expected, rel=1e-12):
    for ours, theirs in zip(found, expected, strict=True):
        for name in SHAPES:
            assert ours[name] == pytest.approx(theirs[name], rel=rel)


# The rules as their papers write them


def sgd(w, g, _m, _t):
    return w - 0.1 * g


def momentum(w, g, m, _t):  # Sutskever et al. 2013, eq. 1 and 2
    m["v"] = 0.9 * m.get("v", 0) - 0.1 * g
    return w + m["v"]


def adagrad(w, g, m, _t):  # Duchi, Hazan and Singer 2011, fig. 1 with a diagonal
    m["G"] = m.get("G", 0) + g * g
    return w - 0.1 * g / (np.sqrt(m["G"]) + 1e-10)


def rmsprop(w, g, m, _t):  # Tieleman and Hinton 2012
    m["r"] = 0.8 * m.get("r", 0) + 0.2 * g * g
    return w - 0.1 * g / (np.sqrt(m["r"]) + 1e-8)


def adam(w, g, m, t):  # Kingma and Ba 2015, algorithm 1
    m["m"] = 0.8 * m.get("m", 0) + 0.2 * g
    m["v"] = 0.95 * m.get("v", 0) + 0.05 * g**2
    return w - 0.1 * (m["m"] / (1 - 0.8**t)) / (np.sqrt(m["v"] / (1 - 0.95**t)) + 1e-8)


def adamw(w, g, m, t):  # Loshchilov and Hutter 2019, algorithm 2, line 12
    return adam(w, g, m, t) - 0.1 * 0.03 * w


ADAM = {"learning_rate": 0.1, "beta1": 0.8, "beta2": 0.95}
RULES = [
    (bl.SGD(0.1), sgd),
    (bl.SGD(0.1, momentum=0.9), momentum),
    (bl.Adagrad(0.1), adagrad),
    (bl.RMSprop(0.1, decay=0.8), rmsprop),
    (bl.Adam(**ADAM), adam),
    (bl.AdamW(**ADAM, weight_decay=0.03), adamw),
]


@pytest.mark.parametrize(("optimizer", "rule"), RULES, ids=lambda x: repr(x)[:20])
def test_twenty_steps_are_those_of_the_paper(optimizer, rule):
    assert_same(run(optimizer), by_paper(rule))


@pytest.mark.parametrize(("optimizer", "rule"), RULES, ids=lambda x: repr(x)[:20])
def test_float32_is_near_float64(optimizer, rule):
    assert_same(run(optimizer, dtype="f4"), by_paper(rule), rel=1e-3)


def test_nesterov_is_the_lookahead_of_sutskever_seen_from_the_lookahead_point():
    # Sutskever et al. 2013, eq. 3 and 4, takes the gradient at w + μ v; on a quadratic
    # error g = h w the paper's w is found from ours, which stands at that point.
    h, mu, eta = 3.0, 0.9, 0.1
    w = {n: p.copy() for n, p in start().items()}
    v = {n: np.zeros(s) for n, s in SHAPES.items()}
    move = program(bl.SGD(eta, momentum=mu, nesterov=True))
    ours = start()
    velocity = {n: np.zeros(s) for n, s in SHAPES.items()}
    for step in range(1, STEPS + 1):
        for n in SHAPES:
            v[n] = mu * v[n] - eta * h * (w[n] + mu * v[n])
            w[n] = w[n] + v[n]
        given = {state_name("w", n): p for n, p in ours.items()}
        given |= {state_name("g", n): h * p for n, p in ours.items()}
        given |= {state_name("velocity", n): x for n, x in velocity.items()}
        new = move({**given, "step": float(step)})
        ours = {n: new[f"new.{state_name('w', n)}"] for n in SHAPES}
        velocity = {n: new[f"new.{state_name('velocity', n)}"] for n in SHAPES}
        for n in SHAPES:
            assert ours[n] == pytest.approx(w[n] + mu * v[n], rel=1e-10, abs=1e-14)


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="needs PyTorch")
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (bl.SGD(0.1), ("SGD", {"lr": 0.1})),
        # PyTorch keeps v = μ v + g and steps by η v: the same for a constant rate.
        (bl.SGD(0.1, momentum=0.9), ("SGD", {"lr": 0.1, "momentum": 0.9})),
        (
            bl.SGD(0.1, momentum=0.9, nesterov=True),
            ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        ),
        (bl.Adagrad(0.1), ("Adagrad", {"lr": 0.1, "eps": 1e-10})),
        (bl.RMSprop(0.1), ("RMSprop", {"lr": 0.1, "alpha": 0.9, "eps": 1e-8})),
        (bl.Adam(0.1), ("Adam", {"lr": 0.1})),
        (
            bl.AdamW(0.1, weight_decay=0.03),
            ("AdamW", {"lr": 0.1, "weight_decay": 0.03}),
        ),
    ],
)
def test_twenty_steps_are_pytorchs(ours, theirs):
    torch = pytest.importorskip("torch")
    kind, options = theirs
    w = {n: torch.tensor(p, requires_grad=True) for n, p in start().items()}
    optimizer = getattr(torch.optim, kind)(w.values(), **options)
    expected = []
    for step in range(1, STEPS + 1):
        for n, g in gradients(step).items():
            w[n].grad = torch.tensor(g)
        optimizer.step()
        expected.append({n: p.detach().numpy().copy() for n, p in w.items()})
    assert_same(run(ours), expected, rel=1e-9)


def test_learning_rate_may_be_a_schedule():
    def falling(w, g, _m, t):
        return w - 0.5 * 0.9 ** (t - 1) * g

    assert_same(run(bl.SGD(bl.Exponential(0.5, 0.9))), by_paper(falling))


# Clipping

EVERY = [
    *(bl.SGD, bl.Adagrad, bl.RMSprop, bl.Adam, bl.AdamW),
]


def norm(g):
    return np.sqrt(sum((x**2).sum() for x in g.values()))


@pytest.mark.parametrize("kind", EVERY)
def test_clipping_by_value_limits_each_element(kind):
    def limited(step):
        return {n: np.clip(g, -0.5, 0.5) for n, g in gradients(step).items()}

    found = run(kind(0.1, clip_value=0.5))
    assert_same(found, run(kind(0.1), gradient=limited))
    assert not np.allclose(found[-1]["a"], run(kind(0.1))[-1]["a"])


@pytest.mark.parametrize("kind", EVERY)
def test_clipping_by_norm_scales_all_gradients_together(kind):
    def limited(step):
        g = gradients(step)
        return {n: x * min(1, 0.5 / norm(g)) for n, x in g.items()}

    found = run(kind(0.1, clip_norm=0.5))
    assert_same(found, run(kind(0.1), gradient=limited))
    assert not np.allclose(found[-1]["a"], run(bl.SGD(0.1))[-1]["a"])


def test_both_limits_are_value_first_then_norm():
    def limited(step):
        g = {n: np.clip(x, -0.5, 0.5) for n, x in gradients(step).items()}
        return {n: x * min(1, 0.7 / norm(g)) for n, x in g.items()}

    found = run(bl.SGD(0.1, clip_value=0.5, clip_norm=0.7))
    assert_same(found, run(bl.SGD(0.1), gradient=limited))


@pytest.mark.parametrize("limit", ["clip_norm", "clip_value"])
def test_below_the_limit_not_a_bit_changes(limit):
    largest = max(norm(gradients(step)) for step in range(1, STEPS + 1))
    found = run(bl.SGD(0.1, **{limit: 1.01 * largest}))
    for ours, theirs in zip(found, run(bl.SGD(0.1)), strict=True):
        assert all((ours[n] == theirs[n]).all() for n in SHAPES)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("clip", [{}, {"clip_norm": 1}, {"clip_value": 1}])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_zero_gradients_leave_finite_parameters_where_they_are(kind, clip, dtype):
    def zeros(_step):
        return {n: np.zeros(s) for n, s in SHAPES.items()}

    last = run(kind(0.1, **clip), gradient=zeros, dtype=dtype)[-1]
    decay = (1 - 0.1 * 0.01) ** STEPS if kind is bl.AdamW else 1
    for n, w in start().items():
        assert last[n] == pytest.approx(decay * w, rel=1e-5)


# Options

MISTAKES = [
    *((kind, {"learning_rate": 0}, "learning_rate=0; it must be a") for kind in EVERY),
    *((kind, {"learning_rate": -0.1}, "learning_rate=-0.1; it must") for kind in EVERY),
    *(
        (kind, {"learning_rate": "a"}, "learning_rate='a'; it must be")
        for kind in EVERY
    ),
    *((kind, {"learning_rate": None}, "learning_rate=None; it must") for kind in EVERY),
    *((kind, {"clip_norm": 0}, "clip_norm=0; it must be a positive") for kind in EVERY),
    *((kind, {"clip_value": -1}, "clip_value=-1; it must be a pos") for kind in EVERY),
    (bl.SGD, {"learning_rate": float("nan")}, "learning_rate=nan; it must be a pos"),
    (bl.SGD, {"learning_rate": float("inf")}, "learning_rate=inf; it must be a pos"),
    (bl.SGD, {"momentum": 1}, "momentum=1; it must be at least 0 and below 1"),
    (bl.SGD, {"momentum": -0.1}, "momentum=-0.1; it must be at least 0 and below 1"),
    (bl.SGD, {"nesterov": True}, "nesterov=True needs a momentum"),
    (bl.Adagrad, {"epsilon": 0}, "epsilon=0; it must be a positive number"),
    (bl.RMSprop, {"decay": 1}, "decay=1; it must be at least 0 and below 1"),
    (bl.RMSprop, {"epsilon": -1}, "epsilon=-1; it must be a positive number"),
    (bl.Adam, {"beta1": 1}, "beta1=1; it must be at least 0 and below 1"),
    (bl.Adam, {"beta2": 1.5}, "beta2=1.5; it must be at least 0 and below 1"),
    (bl.AdamW, {"beta2": -1}, "beta2=-1; it must be at least 0 and below 1"),
    (bl.AdamW, {"weight_decay": -1}, "weight_decay=-1; it must be 0 or a positive"),
]


@pytest.mark.parametrize(("kind", "options", "message"), MISTAKES)
def test_option_outside_its_range_is_refused(kind, options, message):
    with pytest.raises(OptionError) as caught:
        kind(**options)
    assert str(caught.value).startswith(message)


def test_optimizers_of_the_same_options_are_equal_whatever_kind_of_numbers():
    assert bl.SGD(1) == bl.SGD(np.float64(1.0))
    assert hash(bl.Adam(np.float32(0.5))) == hash(bl.Adam(0.5))
    assert bl.Adam(0.5) != bl.AdamW(0.5)
    assert type(bl.SGD(np.float64(0.5)).learning_rate) is float


def test_optimizers_have_names():
    assert named("adam") == bl.Adam()
    assert named("nesterov") == bl.SGD(momentum=0.9, nesterov=True)
    assert named(bl.SGD(3)) == bl.SGD(3)
    assert [named(name) for name in OPTIMIZERS] == list(OPTIMIZERS.values())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("adm", "unknown optimizer 'adm'; did you mean 'adam'?"),
        ("lbfgs", "unknown optimizer 'lbfgs'; known are sgd, momentum, nesterov"),
        (3, "optimizer=3; one such as Adam(0.001) is needed, or its name"),
        (bl.Adam, "optimizer=<class 'backlit.update.optimizers.Adam'>; one such as"),
        (bl.Step(1, 1), "optimizer=Step(initial=1.0, every=1, factor=0.1); one such"),
    ],
)
def test_what_is_no_optimizer_is_refused(given, message):
    with pytest.raises(OptionError) as caught:
        named(given)
    assert str(caught.value).startswith(message)
