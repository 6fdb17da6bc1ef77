// A way to a step that may be far: in pieces, so that it can be stopped.

import type { Change, Trainer } from "./trainer";

export interface Goal {
  step: number;
  stage: number;
  /** What is to be changed by hand on the way. */
  changes: readonly Change[];
}

export class Journey {
  private changed = 0;
  private piece = 16; // steps

  constructor(readonly goal: Goal) {}

  /** Goes on for some milliseconds, at most; returns whether the goal is reached. */
  go(trainer: Trainer, milliseconds: number): boolean {
    const start = performance.now();
    while (performance.now() - start < milliseconds) {
      const change = this.goal.changes[this.changed];
      const end = change?.step ?? this.goal.step;
      if (trainer.bad && end >= trainer.step) break; // there is a way back, none on
      if (trainer.step !== end) this.advance(trainer, end, milliseconds / 4);
      else if (!change) return true;
      else {
        trainer.apply(change);
        this.changed += 1;
      }
    }
    return trainer.step === this.goal.step && this.changed === this.goal.changes.length;
  }

  /** Goes a piece of the way; where it has been before, snapshots make it one leap. */
  private advance(trainer: Trainer, end: number, milliseconds: number): void {
    const start = performance.now();
    trainer.seek(end <= trainer.last ? end : Math.min(end, trainer.last + this.piece));
    if (performance.now() - start < milliseconds) this.piece *= 2;
    else this.piece = Math.max(1, this.piece / 2);
  }
}
