"""Where values lie, told as data: read there, they are what the graph says."""

import numpy as np

import backlit as bl
from backlit.compile.block import Block
from backlit.compile.module import build
from backlit.compile.places import constants, place, places
from backlit.compile.target import host
from backlit.graph import Graph, constant, input_node
from backlit.ops.shape import transpose


def graph():
    x = input_node("x", (2, 3))
    table = constant(np.arange(6.0).reshape(3, 2))
    outputs = {"y": x @ table, "turned": transpose(bl.exp(x), axes=(1, 0))}
    return Graph({"x": x}, outputs | {"half": constant(0.5)})


def test_every_input_and_output_has_a_place():
    module = build(graph(), host(), "float64")
    found = places(module)
    assert set(found) == {"x", "y", "turned", "half"}
    assert found["half"] == {"value": 0.5, "shape": []}
    assert found["x"]["dtype"] == "f8"
    assert found["turned"]["shape"] == [3, 2]
    assert found["turned"]["strides"] == [1, 3]
    assert place(module, module.graph.inputs["x"]) == found["x"]


def test_places_count_from_where_the_arena_begins():
    module = build(graph(), host())
    here, there = places(module), places(module, 1000)
    assert all(
        there[n]["offset"] == here[n]["offset"] + 1000 for n in ("x", "y", "turned")
    )
    assert [at + 1000 for at in constants(module)] == [*constants(module, 1000)]


def test_constants_are_in_the_arena_from_the_start():
    module = build(graph(), host(), "float64")
    arena = Block(module.memory.size, constants(module))
    (at,) = constants(module)
    about = {"offset": at, "shape": [3, 2], "strides": [2, 1], "dtype": "f8"}
    assert arena.array(about).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert arena.address % 64 == 0
    assert not arena.array(places(module)["x"]).any()
