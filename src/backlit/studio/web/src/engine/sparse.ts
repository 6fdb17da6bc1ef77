// When something dear is to be worked out again: seldom while training, so that it takes
// a small share of the time, and always once training rests.

const PAUSE = 100; // milliseconds between two times, at least
const SHARE = 10; // times what it took last: a tenth of the time goes to it

export class Sparse {
  private ended = -Infinity;
  private took = 0;

  constructor(private readonly clock = () => performance.now()) {}

  due(atRest: boolean): boolean {
    return atRest || this.clock() - this.ended >= Math.max(PAUSE, SHARE * this.took);
  }

  /** Does it, and notes how long it took. */
  run<T>(work: () => T): T {
    const start = this.clock();
    const found = work();
    this.ended = this.clock();
    this.took = this.ended - start;
    return found;
  }
}
