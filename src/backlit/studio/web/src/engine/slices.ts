// Long work in the worker, a little at a time, so that it hears what it is told meanwhile.

const SLICE = 10; // milliseconds

export function inSlices<T>(work: Generator<undefined, T>, done: (result: T) => void): void {
  const end = performance.now() + SLICE;
  while (performance.now() < end) {
    const next = work.next();
    if (next.done) return done(next.value);
  }
  setTimeout(() => inSlices(work, done), 0);
}
