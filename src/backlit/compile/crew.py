"""The step of a program that several threads share, in LLVM IR.

    first thread    for each group: wake the others, do its own part, wait for theirs
    the others      wait, do their part of the group, say so, until they are to leave

Waiting is asleep, after a look around that is shorter than waking up would take: no
thread spins while it has nothing to do. What they tell each other lies in the crew's
block, behind the program's values.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backlit.compile.body import Code, function
from backlit.compile.denormals import flush
from backlit.compile.ir import I64, PTR, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.compile.shares import Shares
    from backlit.compile.target import Target

LINE = 64  # bytes; what different threads write lies in lines of its own
FIELDS = (
    *("team", "rows", "job", "closed", "arrived", "shared"),
    *("data", "order", "start"),
)
FIRST = 2 * LINE  # where the semaphores begin
LOOKS = 20_000  # at a semaphore before sleeping: some 25 µs; to be woken takes 50
KERNEL = (("arena", PTR), ("rows", I64), ("part", I64), ("parts", I64))
SHARE = (("arena", PTR), ("rows", I64), ("job", PTR))
ALONE = "ptr %arena, i64 %rows, i64 0, i64 1"


def block_size(threads: int) -> int:
    """Return the bytes of the crew's block."""
    return FIRST + LINE * threads


def semaphore(thread: int) -> int:
    """Return where in the block the semaphore lies on which a thread waits.

    The first waits for the others on its own, until all have finished.
    """
    return FIRST + LINE * thread


def can_share(target: Target) -> bool:
    """Tell whether threads can wait for each other: by the system's semaphores."""
    return "linux" in target.triple


def emit_crew(shares: Shares, calls: Sequence[str], at: int, target: Target) -> str:
    """Return the functions `step` and `work`, and those of the groups.

    Args:
        shares: What each thread does of the kernels.
        calls: Their calls.
        at: Where the crew's block lies in the arena.
        target: The processor.
    """
    count = max(shares.groups, default=-1) + 1
    groups = [_group(g, shares, calls) for g in range(count)]
    step = _step(count, shares, at)
    if not can_share(target):
        return "\n".join([*groups, step, _UNSHARED])
    return "\n".join([_WAIT, *groups, step, _share(at), _work(at, target)])


def field(crew: Value, name: str) -> Value:
    """Return the address of a field of the crew's block."""
    return crew.code.address(crew, FIELDS.index(name), 8)


def call_shared(code: Code, name: str, rows: Value) -> None:
    """Write the call of a function of the form of a kernel, by all threads."""
    code.do(f"call void @share(ptr %arena, i64 {rows.name}, ptr @{name})")


def _group(group: int, shares: Shares, calls: Sequence[str]) -> str:
    """Return the function of a thread's part of a group."""
    code = Code()
    first = code.compare("eq", code.parameter("part", I64), 0)
    for n in shares.members(group):
        if shares.cuts[n]:
            code.do(calls[n])
        else:
            code.when(first, partial(code.do, calls[n]))
    return function(f"group{group}", KERNEL, code)


def _step(count: int, shares: Shares, at: int) -> str:
    """Return the function of a whole step, which the first thread calls."""
    code = Code()
    for group in range(count):
        if group in shares.together:
            call_shared(code, f"group{group}", code.parameter("rows", I64))
        else:
            code.do(f"call void @group{group}({ALONE})")
    crew = code.address(code.parameter("arena", PTR), at)
    shared = field(crew, "shared")
    counted = code.convert("zext", _all_there(crew), "i64")
    code.store(code.load(shared, I64) + counted, shared)
    return function("step", KERNEL[:2], code)


def _all_there(crew: Value) -> Value:
    """Tell whether the step is to be shared and the others have come."""
    code = crew.code
    team, arrived = code.load(field(crew, "team"), I64), _shared_load(crew, "arrived")
    return code.compare("lt", code.integer(1), team) & (arrived + 1 >= team)


def _share(at: int) -> str:
    """Return the function that has all threads do their parts of something."""
    code = Code()
    crew = code.address(code.parameter("arena", PTR), at)
    team = code.load(field(crew, "team"), I64)
    job = code.parameter("job", PTR)
    many = _all_there(crew)

    def together() -> None:
        code.store(code.parameter("rows", I64), field(crew, "rows"))
        code.store(job, field(crew, "job"))
        code.loop(1, team, 1, lambda i, _: _post(_own(crew, i)))
        code.do(f"call void {job.name}(ptr %arena, i64 %rows, i64 0, i64 {team.name})")
        code.loop(1, team, 1, lambda _, __: _wait(_own(crew, 0)))

    code.when(many, together)
    code.when(many ^ 1, lambda: code.do(f"call void {job.name}({ALONE})"))
    return function("share", SHARE, code)


def _work(at: int, target: Target) -> str:
    """Return what the other threads run, for as long as a slice takes."""
    code = Code()
    restore = flush(code, target.family)
    crew = code.address(code.parameter("arena", PTR), at)
    part = code.parameter("part", I64)
    own, first = (_own(crew, n) for n in (part, 0))
    arrived = field(crew, "arrived")
    code.do(f"%before = atomicrmw add ptr {arrived.name}, i64 1 seq_cst")

    def round_() -> Value:
        _wait(own)
        stay = code.compare("eq", _shared_load(crew, "closed"), 0)
        code.when(stay, one)
        return stay

    def one() -> None:
        rows, parts = (code.load(field(crew, name), I64) for name in ("rows", "team"))
        job = code.load(field(crew, "job"), PTR)
        code.do(
            f"call void {job.name}(ptr %arena, i64 {rows.name}, "
            f"i64 {part.name}, i64 {parts.name})"
        )
        _post(first)

    code.repeat(round_)
    restore()
    return function("work", (("arena", PTR), ("part", I64)), code, public=True)


def _own(crew: Value, thread: Value | int) -> Value:
    """Return the address of the semaphore on which a thread waits."""
    return crew.code.address(crew.code.address(crew, FIRST), thread, LINE)


def _post(semaphore: Value) -> list[Value]:
    semaphore.code.do(f"call i32 @sem_post(ptr {semaphore.name})")
    return []


def _wait(semaphore: Value) -> list[Value]:
    semaphore.code.do(f"call void @wait(ptr {semaphore.name})")
    return []


def _shared_load(crew: Value, name: str) -> Value:
    """Load what another thread may just be writing."""
    at = field(crew, name)
    return crew.code.emit(I64, f"load atomic i64, ptr {at.name} acquire, align 8")


_UNSHARED = f"""\
define internal void @share(ptr %arena, i64 %rows, ptr %job) nounwind {{
entry:
  call void %job({ALONE})
  ret void
}}
"""
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
