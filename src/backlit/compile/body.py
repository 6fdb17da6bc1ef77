"""The body of a function in LLVM IR, as it is being written: instructions and loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from backlit.compile.ir import I64, PTR, Type, Value, literal

Body = Callable[[Value, list[Value]], Sequence[Value]]


@dataclass(eq=False)
class Code:
    """The body of one function, as it is being written.

    Attributes:
        needs: Declarations of what it calls.
    """

    lines: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    _names: int = 0
    _block: str = "entry"

    def emit(self, result: Type, instruction: str) -> Value:
        """Write an instruction and return its result."""
        name = self._name("%v")
        self.lines.append(f"  {name} = {instruction}")
        return Value(name, result, self)

    def do(self, instruction: str) -> None:
        """Write an instruction without a result."""
        self.lines.append(f"  {instruction}")

    def parameter(self, name: str, type_: Type) -> Value:
        """Return a parameter of the function."""
        return Value(f"%{name}", type_, self)

    def number(self, value: float, type_: Type) -> Value:
        """Return a constant, the same in every lane."""
        text = literal(value, type_.scalar)
        if type_.lanes > 1:
            text = f"splat ({type_.scalar} {text})"
        return Value(text, type_, self)

    def integer(self, value: int) -> Value:
        """Return a 64-bit integer."""
        return Value(str(value), I64, self)

    def _pair(self, a: Value, b: Value | float) -> Value:
        return b if isinstance(b, Value) else self.number(b, a.type)

    def arithmetic(self, name: str, a: Value, b: Value | float) -> Value:
        """Write an operation on two numbers, of floats or integers."""
        other = self._pair(a, b)
        if a.type.is_float:
            flag = "" if name == "div" else "contract "
            text = f"f{name} {flag}{a.type} {a.name}, {other.name}"
        else:
            text = f"{name} {a.type} {a.name}, {other.name}"
        return self.emit(a.type, text)

    def bitwise(self, name: str, a: Value, b: Value | int) -> Value:
        """Write an operation on the bits of integers."""
        other = self._pair(a, b)
        return self.emit(a.type, f"{name} {a.type} {a.name}, {other.name}")

    def compare(self, name: str, a: Value, b: Value | float) -> Value:
        """Compare; floats are unequal to NaN and not ordered against it.

        Args:
            name: lt, le, gt, ge, eq or ne.
            a: The left side.
            b: The right side.
        """
        other = self._pair(a, b)
        result = a.type.of("i1")
        if a.type.is_float:
            kind = f"fcmp {'une' if name == 'ne' else 'o' + name}"
        else:
            kind = f"icmp {name if name in {'eq', 'ne'} else 's' + name}"
        return self.emit(result, f"{kind} {a.type} {a.name}, {other.name}")

    def select(self, condition: Value, a: Value | float, b: Value | float) -> Value:
        """Return a where the condition holds, else b; at least one is a value."""
        shape = a.type if isinstance(a, Value) else b.type  # type: ignore[union-attr]
        x, y = (v if isinstance(v, Value) else self.number(v, shape) for v in (a, b))
        text = f"select {condition.type} {condition.name}, {shape} {x.name}, "
        return self.emit(shape, f"{text}{shape} {y.name}")

    def call(self, intrinsic: str, *arguments: Value) -> Value:
        """Call an intrinsic on values of one float type: `llvm.fabs`, `llvm.floor`."""
        shape = arguments[0].type
        name = f"@llvm.{intrinsic}.{shape.short}"
        types = ", ".join([str(shape)] * len(arguments))
        self.needs.add(f"declare {shape} {name}({types})")
        given = ", ".join(f"{shape} {a.name}" for a in arguments)
        return self.emit(shape, f"call {shape} {name}({given})")

    def fma(self, a: Value, b: Value | float, c: Value | float) -> Value:
        """Return a b + c, fused where the processor can."""
        return self.call("fmuladd", a, self._pair(a, b), self._pair(a, c))

    def convert(self, how: str, value: Value, scalar: str) -> Value:
        """Convert lanes: sitofp, fptosi, bitcast, zext, trunc, fpext, fptrunc."""
        result = value.type.of(scalar)
        return self.emit(result, f"{how} {value.type} {value.name} to {result}")

    def splat(self, value: Value, lanes: int) -> Value:
        """Return a vector with the same scalar in every lane."""
        if lanes == 1:
            return value
        shape = Type(value.type.scalar, lanes)
        one = self.emit(
            shape, f"insertelement {shape} poison, {value.type} {value.name}, i64 0"
        )
        return self.shuffle(one, [0] * lanes)

    def shuffle(self, value: Value, order: Sequence[int]) -> Value:
        """Return lanes of a vector in another order."""
        return self.merge(value, Value("poison", value.type, self), order)

    def merge(self, a: Value, b: Value, order: Sequence[int]) -> Value:
        """Return lanes of two vectors; those of the second are counted on."""
        result = Type(a.type.scalar, len(order))
        mask = ", ".join(f"i32 {n}" for n in order)
        return self.emit(
            result,
            f"shufflevector {a.type} {a.name}, {b.type} {b.name}, "
            f"<{len(order)} x i32> <{mask}>",
        )

    def lane(self, value: Value, n: int) -> Value:
        """Return one lane of a vector; a scalar is its own lane 0."""
        if value.type.lanes == 1:
            return value
        one = Type(value.type.scalar)
        return self.emit(one, f"extractelement {value.type} {value.name}, i64 {n}")

    def part(self, value: Value, start: int, count: int) -> Value:
        """Return some lanes of a vector, side by side."""
        if value.type.lanes == count:
            return value
        if count == 1:
            return self.lane(value, start)
        return self.shuffle(value, range(start, start + count))

    def address(self, base: Value, offset: Value | int, size: int = 1) -> Value:
        """Return base + offset · size bytes."""
        index = offset.name if isinstance(offset, Value) else str(offset)
        return self.emit(
            PTR,
            f"getelementptr inbounds [{size} x i8], ptr {base.name}, i64 {index}",
        )

    def element(
        self,
        start: Value,
        fixed: int,
        steps: Iterable[tuple[Value | int, int]],
        size: int,
    ) -> Value:
        """Return the address of an element; what is constant becomes one number.

        Args:
            start: The address that is counted from.
            fixed: Elements from there.
            steps: Indices with their strides, in elements.
            size: Bytes of an element.
        """
        moving: Value | None = None
        for i, stride in steps:
            if isinstance(i, int):
                fixed += i * stride
            elif stride:
                term = i if stride == 1 else i * stride
                moving = term if moving is None else moving + term
        here = self.address(start, fixed, size) if fixed else start
        return here if moving is None else self.address(here, moving, size)

    def load(self, at: Value, type_: Type) -> Value:
        """Load; only the alignment of one lane is assumed."""
        return self.emit(type_, f"load {type_}, ptr {at.name}, align {type_.size}")

    def store(self, value: Value, at: Value) -> None:
        """Store; only the alignment of one lane is assumed."""
        align = value.type.size
        self.do(f"store {value.type} {value.name}, ptr {at.name}, align {align}")

    def loop(
        self,
        start: Value | int,
        stop: Value | int,
        step: int,
        body: Body,
        carry: Sequence[Value] = (),
    ) -> list[Value]:
        """Write a loop from start while below stop.

        Args:
            start: The first index.
            stop: Where it ends; with start ≥ stop the body is never run.
            step: What is added to the index.
            body: Writes one round, from the index and the carried values, and returns
                the values to carry on.
            carry: What is carried into the first round.

        Returns:
            The carried values after the last round.
        """
        first, last = (
            x if isinstance(x, Value) else self.integer(x) for x in (start, stop)
        )
        before, head, inside, after = (
            self._block,
            *map(self._name, ("head", "body", "after")),
        )
        self.do(f"br label %{head}")
        self._label(head)
        index = Value(self._name("%i"), I64, self)
        phis = [Value(self._name("%c"), v.type, self) for v in carry]
        at = len(self.lines)  # the phis go here, when their second source is known
        goes = self.compare("lt", index, last)
        self.do(f"br i1 {goes.name}, label %{inside}, label %{after}")
        self._label(inside)
        results = list(body(index, phis))
        following = index + step
        back = self._block
        self.do(f"br label %{head}")
        pairs = zip([index, *phis], [first, *carry], [following, *results], strict=True)
        self.lines[at:at] = [
            f"  {p.name} = phi {p.type} [ {a.name}, %{before} ], [ {b.name}, %{back} ]"
            for p, a, b in pairs
        ]
        self._label(after)
        return phis

    def when(self, condition: Value, body: Callable[[], None]) -> None:
        """Write code that is run only where a condition holds."""
        inside, after = self._name("then"), self._name("after")
        self.do(f"br i1 {condition.name}, label %{inside}, label %{after}")
        self._label(inside)
        body()
        self.do(f"br label %{after}")
        self._label(after)

    def either(
        self,
        condition: Value,
        then: Callable[[], Value],
        otherwise: Callable[[], Value],
    ) -> Value:
        """Return one of two values; only the code of that one is run."""
        yes, no, after = map(self._name, ("then", "else", "after"))
        self.do(f"br i1 {condition.name}, label %{yes}, label %{no}")
        ends = []
        for label, body in ((yes, then), (no, otherwise)):
            self._label(label)
            value = body()
            ends.append(f"[ {value.name}, %{self._block} ]")
            self.do(f"br label %{after}")
        self._label(after)
        return self.emit(value.type, f"phi {value.type} {', '.join(ends)}")

    def repeat(self, body: Callable[[], Value]) -> None:
        """Write code that is run again while what it returns holds."""
        again, after = self._name("again"), self._name("after")
        self.do(f"br label %{again}")
        self._label(again)
        self.do(f"br i1 {body().name}, label %{again}, label %{after}")
        self._label(after)

    def _label(self, name: str) -> None:
        self.lines.append(f"{name}:")
        self._block = name

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"


def function(
    name: str,
    parameters: Sequence[tuple[str, Type]],
    code: Code,
    *,
    result: Value | None = None,
    public: bool = False,
) -> str:
    """Return the text of a function around its body."""
    given = ", ".join(f"{t} %{n}" for n, t in parameters)
    kind = "" if public else "internal "
    returns = f"{result.type} {result.name}" if result else "void"
    type_ = result.type if result else "void"
    lines = "\n".join(code.lines)
    return (
        f"define {kind}{type_} @{name}({given}) nounwind {{\n"
        f"entry:\n{lines}\n  ret {returns}\n}}\n"
    )
