from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import backlit as bl
from backlit.errors import BacklitError, DtypeError, GraphError, ShapeError
from backlit.graph import show

W, X = np.array([[0.4, -0.6], [0.1, 0.3]]), np.array([0.5, 0.8])


class Pair(NamedTuple):
    a: float
    b: float


# Values and gradients


def test_value_and_gradient_of_a_layer():
    value, gradient = bl.value_and_grad(lambda w, x: bl.sum(bl.tanh(w @ x)))(W, X)
    assert value == pytest.approx(np.tanh(W @ X).sum(), rel=1e-15)
    expected = np.outer(1 - np.tanh(W @ X) ** 2, X)
    np.testing.assert_allclose(gradient, expected, rtol=1e-14)


def test_a_number_an_array_and_a_list_are_taken():
    assert float(bl.grad(lambda x: x * x)(3)) == 6
    assert bl.grad(lambda x: bl.sum(x * x))(np.array([1, 2])).tolist() == [2, 4]
    assert [float(x) for x in bl.grad(lambda x: x[0] * x[1])([3, 4])] == [4, 3]


def test_a_gradient_has_the_form_of_its_argument():
    def loss(p, x):
        hidden = bl.tanh(p["layers"][0] @ x)
        return p["scale"] * bl.sum(hidden) + p["pair"].a * p["pair"].b + p["none"][0]

    p = {"layers": [W], "scale": 2.0, "pair": Pair(3.0, 4.0), "none": (1.0, None)}
    found = bl.grad(loss)(p, X)
    assert list(found) == list(p)
    assert found["layers"][0].shape == W.shape
    assert found["scale"] == pytest.approx(np.tanh(W @ X).sum())
    assert isinstance(found["pair"], Pair)
    assert (found["pair"].a, found["pair"].b) == (4, 3)
    assert found["none"] == (1, None)


def test_several_arguments_give_a_tuple_in_the_order_asked_for():
    f = lambda a, b, c: a * b + c  # noqa: E731
    assert [float(x) for x in bl.grad(f, (1, 0))(2.0, 5.0, 7.0)] == [2, 5]
    assert float(bl.grad(f, -2)(2.0, 5.0, 7.0)) == 2
    assert bl.grad(f, (2,))(2.0, 5.0, 7.0) == (1,)


def test_what_the_value_does_not_depend_on_has_zeros():
    a, b = bl.grad(lambda a, _: bl.sum(a) * 2, (0, 1))(X, W)
    assert a.tolist() == [2, 2]
    assert b.tolist() == [[0, 0], [0, 0]]
    assert float(bl.grad(lambda _: 5.0)(1.0)) == 0
    assert bl.grad(lambda x: bl.sum(bl.step(x)))(X).tolist() == [0, 0]


def test_integers_that_are_not_differentiated_stay_places():
    def picked(x, at):
        return bl.sum(x[at])

    assert bl.grad(picked)(X, np.array([1, 1])).tolist() == [0, 2]


def test_an_argument_used_as_itself_has_gradient_one():
    assert float(bl.grad(lambda x: x)(2.0)) == 1


# Higher derivatives


@pytest.mark.parametrize("x", [-1.3, 0.0, 0.7])
def test_derivatives_of_tanh_up_to_the_fourth(x):
    t = np.tanh(x)
    expected = [
        1 - t**2,
        -2 * t * (1 - t**2),
        (6 * t**2 - 2) * (1 - t**2),
        (16 * t - 24 * t**3) * (1 - t**2),
    ]
    f = bl.tanh
    for value in expected:
        f = bl.grad(f)
        assert float(f(x)) == pytest.approx(value, rel=1e-12, abs=1e-14)


def rosenbrock(x):
    return bl.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


HESSIAN_AT = np.array([-1.2, 1.0])
HESSIAN = np.array([[1330.0, 480.0], [480.0, 200.0]])  # by hand, well known


@pytest.mark.parametrize(
    "product",
    [
        lambda x, v: bl.grad(lambda x: bl.sum(bl.grad(rosenbrock)(x) * v))(x),
        lambda x, v: bl.vjp(bl.grad(rosenbrock), x)[1](v)[0],
        lambda x, v: bl.grad(
            lambda c: bl.sum(bl.vjp(bl.grad(rosenbrock), x)[1](c)[0] * v)
        )(np.zeros(2)),
    ],
    ids=["gradient of a product", "pullback of the gradient", "transposed pullback"],
)
def test_products_with_the_hessian(product):
    for v in np.eye(2):
        np.testing.assert_allclose(product(HESSIAN_AT, v), HESSIAN @ v, rtol=1e-12)


def test_mixed_derivatives_are_symmetric():
    f = lambda a, b: bl.exp(a * b) * bl.sin(a)  # noqa: E731
    ab = bl.grad(bl.grad(f, 0), 1)(0.3, 0.8)
    ba = bl.grad(bl.grad(f, 1), 0)(0.3, 0.8)
    assert ab == pytest.approx(ba, rel=1e-14)


def test_nested_derivatives_do_not_confuse_their_variables():
    """The inner derivative of x*y to y is x, whatever the two are called."""
    outer = bl.grad(lambda x: x * bl.grad(lambda y: x + y)(2.0))
    assert float(outer(1.0)) == 1
    same = bl.grad(lambda x: x * bl.grad(lambda y: x * y)(x))
    assert float(same(3.0)) == 6


def test_a_closure_over_an_outer_node_is_differentiated_through():
    def outer(x):
        return bl.grad(lambda y: y**3 * x)(2.0)  # 12 x

    assert float(bl.grad(outer)(5.0)) == 12
    value, slope = bl.value_and_grad(outer)(5.0)
    assert (float(value), float(slope)) == (60, 12)


def test_the_same_node_inside_and_outside_counts_apart():
    assert float(bl.grad(lambda x: bl.grad(lambda y: x * y)(x) + x * x)(3.0)) == 7


def test_gradients_run_inside_a_traced_function():
    text = show(bl.trace_function(bl.grad(lambda x: bl.sum(bl.exp(x))), X))
    assert text.splitlines() == [
        "input x : float[2]",
        "%1 = constant(value=1.0) : float[]",
        "%2 = reshape(%1, shape=(1,)) : float[1]",
        "%3 = broadcast_to(%2, shape=(2,)) : float[2]",
        "%4 = reshape(x, shape=(2,)) : float[2]",
        "%5 = exp(%4) : float[2]",
        "output = mul(%3, %5) : float[2]",
        "return output",
    ]


# vjp


def test_the_pullback_of_a_vector_is_linear_and_repeatable():
    value, pullback = bl.vjp(lambda w, x: bl.tanh(w @ x), W, X)
    np.testing.assert_allclose(value, np.tanh(W @ X), rtol=1e-15)
    slope = 1 - np.tanh(W @ X) ** 2
    for g in ([1.0, 0.0], [0.0, 1.0], [2.0, -3.0]):
        w_bar, x_bar = pullback(g)
        np.testing.assert_allclose(w_bar, np.outer(slope * g, X), rtol=1e-14)
        np.testing.assert_allclose(x_bar, W.T @ (slope * g), rtol=1e-14)


def test_a_pullback_returns_the_form_of_each_argument():
    _, pullback = bl.vjp(lambda p, s: p["w"] * s, {"w": X, "rest": 1.0}, 2.0)
    p_bar, s_bar = pullback([1, 1])
    assert p_bar["w"].tolist() == [2, 2]
    assert p_bar["rest"] == 0
    assert s_bar == pytest.approx(X.sum())


def test_a_cotangent_of_another_shape_is_refused():
    _, pullback = bl.vjp(bl.tanh, X)
    with pytest.raises(
        ShapeError, match=r"cotangent is float\[3\], the output is float"
    ):
        pullback(np.ones(3))


# Traced functions


def test_inputs_are_named_by_the_functions_arguments():
    def f(weight, *rest, scale):
        return weight * rest[0] * rest[1]["a"] + scale

    graph = bl.trace_function(
        lambda weight, *rest: f(weight, *rest, scale=1.0), X, 2.0, {"a": 3.0}
    )
    assert list(graph.inputs) == ["weight", "rest[0]", "rest[1]['a']"]


def test_tuples_as_arguments_keep_their_names():
    graph = bl.trace_function(lambda pair, z: pair[0] * pair[1] + z, (1.0, 2.0), 3.0)
    assert list(graph.inputs) == ["pair[0]", "pair[1]", "z"]
    single = bl.trace_function(lambda one, z: one[0] + z, (1.0,), 3.0)
    assert list(single.inputs) == ["one[0]", "z"]


def test_a_function_with_an_argument_named_output_is_traced():
    graph = bl.trace_function(lambda output: output * 2, 1.0)
    assert list(graph.outputs) == ["result"]


def test_several_outputs_are_named_by_their_place():
    graph = bl.trace_function(lambda x: {"y": x * 2, "z": [x, x + 1]}, 1.0)
    assert list(graph.outputs) == ["output['y']", "output['z'][0]", "output['z'][1]"]


def test_a_function_that_shows_no_signature_has_numbered_inputs():
    graph = bl.trace_function(dict, {"a": 1.0})
    assert list(graph.inputs) == ["x0['a']"]


def test_defaults_that_are_not_given_are_no_inputs():
    graph = bl.trace_function(lambda x, scale=2.0: x * scale, 1.0)
    assert list(graph.inputs) == ["x"]


# Mistakes


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: bl.grad(bl.tanh)(X),
            ShapeError,
            (
                "the output has the shape (2,); differentiate a scalar, such as its "
                "sum or mean, or give a cotangent of that shape"
            ),
        ),
        (
            lambda: bl.grad(lambda x: x if x > 0 else -x)(1.0),
            GraphError,
            (
                "a node has no truth value while the graph is being built; write "
                "where(condition, a, b) instead of if"
            ),
        ),
        (
            lambda: bl.grad(lambda x: bl.sum(x))([1.0, 2.0]),  # noqa: PLW0108
            DtypeError,
            "a list of nodes is no array; concatenate them, or pass arrays",
        ),
        (
            lambda: bl.grad(lambda x: x > 0)(1.0),
            DtypeError,
            "only floats have derivatives, the output is <greater: bool[]>",
        ),
        (
            lambda: bl.grad(lambda x: [x])(1.0),
            GraphError,
            (
                "the function returned a list; a single array is needed to "
                "differentiate it"
            ),
        ),
        (
            lambda: bl.grad(lambda _: None)(1.0),
            GraphError,
            (
                "the function returned a NoneType; a single array is needed to "
                "differentiate it"
            ),
        ),
        (
            lambda: bl.grad(lambda x: x)("text"),
            DtypeError,
            "numbers are needed, got <U4; convert the data to floats first",
        ),
        (
            lambda: bl.grad(lambda x: x, 1)(1.0),
            GraphError,
            "there is no argument 1, 1 were given",
        ),
    ],
)
def test_a_mistake_is_explained_in_one_line(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_too_many_arguments_are_an_error_that_names_the_function():
    def f(x):
        return x

    with pytest.raises(BacklitError, match="f cannot be called: too many positional"):
        bl.grad(f)(1.0, 2.0)


def test_an_error_inside_the_function_is_its_own():
    def f(_):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        bl.grad(f)(1.0)
