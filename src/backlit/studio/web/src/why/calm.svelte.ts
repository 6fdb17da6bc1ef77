// A frame to read numbers from: the newest, but while training runs ten a second only.

import type { Frame } from "../engine/messages";

const PAUSE = 100; // milliseconds between two pictures of running numbers

export class Calm {
  frame: Frame | undefined = $state.raw();
  private last = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(newest: () => Frame | undefined) {
    $effect(() => {
      const frame = newest();
      const wait = this.last + PAUSE - performance.now();
      clearTimeout(this.timer);
      if (!frame?.running || wait <= 0) this.show(frame);
      else this.timer = setTimeout(() => this.show(frame), wait);
    });
    $effect(() => () => clearTimeout(this.timer));
  }

  private show(frame: Frame | undefined): void {
    this.last = performance.now();
    this.frame = frame;
  }
}
