// How fast training goes: so many steps or operations a second, or as fast as it can.

import type { Trainer } from "./trainer";

const LONGEST = 250; // milliseconds that are caught up after a pause of the machine

export class Pace {
  private looked = 0;
  private owed = 0;

  /** Begins anew; the first one is due at once. */
  start(): void {
    this.looked = performance.now();
    this.owed = 1;
  }

  /** Returns how many are due by now at so many a second. */
  due(perSecond: number): number {
    const now = performance.now();
    this.owed += (Math.min(now - this.looked, LONGEST) * perSecond) / 1000;
    this.looked = now;
    const whole = Math.floor(this.owed + 1e-9);
    this.owed -= whole;
    return whole;
  }

  /** Does the steps that are due, as far as the time goes. */
  train(trainer: Trainer, perSecond: number, milliseconds: number): void {
    const start = performance.now();
    const end = trainer.step + (perSecond === Infinity ? Infinity : this.due(perSecond));
    let chunk = 1;
    while (trainer.step < end && performance.now() - start < milliseconds && !trainer.bad) {
      const now = performance.now();
      trainer.train(Math.min(chunk, end - trainer.step));
      if (performance.now() - now < milliseconds / 8) chunk *= 2;
    }
  }
}
