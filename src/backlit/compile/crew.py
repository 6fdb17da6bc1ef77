"""The step of a program that several threads share, in LLVM IR.

    first thread    for each group: wake the others, do its own part, wait for theirs
    the others      wait, do their part of the group, say so, until they are to leave

Waiting is asleep, after a look around that is shorter than waking up would take: no
thread spins while it has nothing to do. What they tell each other lies in the crew's
block, behind the program's values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.compile.body import Code, function
from backlit.compile.driver import flush
from backlit.compile.ir import I64, PTR, Value

if TYPE_CHECKING:
    from backlit.compile.shares import Shares
    from backlit.compile.target import Target

LINE = 64  # bytes; what different threads write lies in lines of its own
FIELDS = ("team", "rows", "group", "closed", "arrived", "shared")
LOOKS = 1500  # at a semaphore before sleeping: some 10 µs, waking takes 50
KERNEL = (("arena", PTR), ("rows", I64), ("part", I64), ("parts", I64))
_GIVEN = "ptr %arena, i64 %rows, i64 %part, i64 %parts"


def block_size(threads: int) -> int:
    """Return the bytes of the crew's block."""
    return LINE * (1 + threads)


def semaphore(thread: int) -> int:
    """Return where in the block the semaphore lies on which a thread waits.

    The first waits for the others on its own, until all have finished.
    """
    return LINE * (1 + thread)


def can_share(target: Target) -> bool:
    """Tell whether threads can wait for each other: by the system's semaphores."""
    return "linux" in target.triple


def emit_crew(shares: Shares, at: int, target: Target) -> str:
    """Return the functions `step` and `work`, and those of the groups.

    Args:
        shares: What each thread does of the kernels.
        at: Where the crew's block lies in the arena.
        target: The processor.
    """
    count = max(shares.groups, default=-1) + 1
    groups = [_group(g, shares) for g in range(count)]
    if not can_share(target):
        return "\n".join([*groups, _alone(count)])
    return "\n".join([_WAIT, *groups, _step(count, shares, at), _work(shares, at, target)])


def _group(group: int, shares: Shares) -> str:
    """Return the function of a thread's part of a group."""
    code = Code()
    first = code.compare("eq", code.parameter("part", I64), 0)
    for n in shares.members(group):
        call = f"call void @kernel{n}({_GIVEN})"
        if shares.cuts[n]:
            code.do(call)
        else:
            code.when(first, lambda call=call: code.do(call))  # type: ignore[misc]
    return function(f"group{group}", KERNEL, code)


def _alone(count: int) -> str:
    code = Code()
    for group in range(count):
        code.do(f"call void @group{group}(ptr %arena, i64 %rows, i64 0, i64 1)")
    return function("step", KERNEL[:2], code)


def _step(count: int, shares: Shares, at: int) -> str:
    """Return the function that the first thread calls; it shares if all are there."""
    code = Code()
    crew = code.address(code.parameter("arena", PTR), at)
    team = code.load(_field(crew, "team"), I64)
    arrived = _shared_load(crew, "arrived")
    many = code.compare("lt", code.integer(1), team)
    many &= code.compare("ge", arrived + 1, team)
    parts = code.select(many, team, 1)
    code.store(code.parameter("rows", I64), _field(crew, "rows"))
    counted = code.convert("zext", many, "i64")
    shared = _field(crew, "shared")
    code.store(code.load(shared, I64) + counted, shared)
    others = code.select(many, team, 0)
    for group in range(count):
        if group not in shares.together:
            code.do(f"call void @group{group}(ptr %arena, i64 %rows, i64 0, i64 1)")
            continue
        code.store(code.integer(group), _field(crew, "group"))
        _each(crew, others, "call i32 @sem_post")
        code.do(
            f"call void @group{group}(ptr %arena, i64 %rows, i64 0, i64 {parts.name})"
        )
        own = code.address(crew, semaphore(0))
        code.loop(1, others, 1, lambda _, __: _wait(own))
    return function("step", KERNEL[:2], code)


def _each(crew: Value, others: Value, call: str) -> None:
    code = crew.code

    def one(i: Value, _: list[Value]) -> list[Value]:
        line = code.address(crew, i + 1, LINE)
        code.do(f"{call}(ptr {line.name})")
        return []

    code.loop(1, others, 1, one)


def _wait(semaphore: Value) -> list[Value]:
    semaphore.code.do(f"call void @wait(ptr {semaphore.name})")
    return []


def _work(shares: Shares, at: int, target: Target) -> str:
    """Return what the other threads run, for as long as a slice takes."""
    code = Code()
    restore = flush(code, target.family)
    crew = code.address(code.parameter("arena", PTR), at)
    part = code.parameter("part", I64)
    arrived = _field(crew, "arrived")
    code.do(f"%before = atomicrmw add ptr {arrived.name}, i64 1 seq_cst")
    own = code.address(crew, part + 1, LINE)
    first = code.address(crew, semaphore(0))

    def round_() -> Value:
        _wait(own)
        stay = code.compare("eq", _shared_load(crew, "closed"), 0)
        code.when(stay, job)
        return stay

    def job() -> None:
        rows, parts = (code.load(_field(crew, name), I64) for name in ("rows", "team"))
        group = code.load(_field(crew, "group"), I64)
        given = f"ptr %arena, i64 {rows.name}, i64 %part, i64 {parts.name}"
        for g in sorted(shares.together):
            call = f"call void @group{g}({given})"
            here = code.compare("eq", group, g)
            code.when(here, lambda call=call: code.do(call))  # type: ignore[misc]
        code.do(f"call i32 @sem_post(ptr {first.name})")

    code.repeat(round_)
    restore()
    return function("work", (("arena", PTR), ("part", I64)), code, public=True)


def _field(crew: Value, name: str) -> Value:
    return crew.code.address(crew, FIELDS.index(name), 8)


def _shared_load(crew: Value, name: str) -> Value:
    """Load what another thread may just be writing."""
    at = _field(crew, name)
    return crew.code.emit(I64, f"load atomic i64, ptr {at.name} acquire, align 8")


_WAIT = f"""\
declare i32 @sem_post(ptr)
declare i32 @sem_wait(ptr)
declare i32 @sem_trywait(ptr)

define internal void @wait(ptr %semaphore) nounwind {{
entry:
  br label %look
look:
  %i = phi i64 [ 0, %entry ], [ %n, %again ]
  %missed = call i32 @sem_trywait(ptr %semaphore)
  %taken = icmp eq i32 %missed, 0
  br i1 %taken, label %out, label %again
again:
  %n = add i64 %i, 1
  %more = icmp slt i64 %n, {LOOKS}
  br i1 %more, label %look, label %sleep
sleep:
  %woken = call i32 @sem_wait(ptr %semaphore)
  %cut = icmp ne i32 %woken, 0
  br i1 %cut, label %sleep, label %out
out:
  ret void
}}
"""
