// The engine: training and looking, driven by commands; it runs in a worker.

import type { Bundle } from "../bundle";
import { grid } from "./grid";
import { landscape } from "./landscape";
import type { Answers, Command, Frame, Point, Question, Stride } from "./messages";
import { Program } from "./program";
import { Trainer } from "./trainer";
import { Viewer } from "./viewer";

const POINTS = 2000; // of a curve; then every second one goes

export class Engine {
  readonly trainer: Trainer;
  readonly viewer: Viewer;
  stage = 0;
  stepsPerSecond = 0; // 0: paused
  private maps: string[] = [];
  private points = 0;
  private curve: Point[] = [];

  constructor(readonly bundle: Bundle) {
    const module = Program.module(bundle);
    this.trainer = new Trainer(bundle, module);
    this.viewer = new Viewer(this.trainer, module);
    this.stage = this.stages("backward");
  }

  /** Returns how many operations of a pass there are up to the end of a phase. */
  stages(phase: "forward" | "error" | "backward" | "update"): number {
    return this.bundle.stages.findLastIndex((stage) => stage.phase === phase) + 1;
  }

  run(command: Command): void {
    switch (command.do) {
      case "play":
        this.stepsPerSecond = command.stepsPerSecond;
        return;
      case "pause":
        this.stepsPerSecond = 0;
        return;
      case "go":
        return command.back ? this.back(command.stride) : this.forward(command.stride);
      case "seek":
        this.trainer.seek(command.step);
        this.stage = command.stage ?? this.stages("backward");
        return;
      case "edit":
        this.trainer.edit(command.name, command.index, command.value);
        return this.cut();
      case "set":
        this.trainer.set(command);
        return this.cut();
      case "watch":
        this.maps = command.maps;
        this.points = command.points;
    }
  }

  /** Forgets the part of the curve that is of a future which will not be. */
  private cut(): void {
    this.curve = this.curve.filter((point) => point.step < this.trainer.step);
  }

  private forward(stride: Stride): void {
    const end = this.bundle.stages.length;
    if (stride === "operation" && this.stage < end) this.stage += 1;
    else if (stride === "operation") this.next(0);
    else if (stride === "pass") this.onePass();
    else if (stride === "update") this.next(this.stages("backward"));
    else this.finishEpoch();
  }

  private onePass(): void {
    const ends = [this.stages("error"), this.stages("backward"), this.bundle.stages.length];
    const end = ends.find((stage) => stage > this.stage);
    if (end === undefined) this.next(this.stages("error"));
    else this.stage = end;
  }

  private next(stage: number): void {
    const before = this.trainer.step;
    this.trainer.train(1);
    if (this.trainer.step > before) this.stage = stage;
  }

  private finishEpoch(): void {
    this.trainer.finishEpoch();
    this.stage = this.stages("backward");
  }

  private back(stride: Stride): void {
    if (stride === "operation" && this.stage > 0) this.stage -= 1;
    else if (stride === "pass" && this.stage > 0) {
      const ends = [0, this.stages("error"), this.stages("backward")];
      this.stage = ends.findLast((stage) => stage < this.stage) ?? 0;
    } else if (this.trainer.step > 0) this.backTo(stride);
    else this.stage = 0;
  }

  private backTo(stride: Stride): void {
    const perEpoch = Math.ceil(this.trainer.samples.learn / this.trainer.batchSize);
    const steps = stride === "epoch" ? perEpoch : 1;
    this.trainer.seek(Math.max(0, this.trainer.step - steps));
    const whole = stride === "operation" || stride === "pass";
    this.stage = whole ? this.bundle.stages.length : this.stages("backward");
  }

  /** Trains for a number of milliseconds. */
  work(milliseconds: number): number {
    const [start, first] = [performance.now(), this.trainer.step];
    const limit = this.stepsPerSecond;
    let chunk = 1;
    while (performance.now() - start < milliseconds && !this.trainer.bad) {
      this.trainer.train(chunk);
      if (performance.now() - start < milliseconds / 8) chunk *= 2;
      if (this.trainer.step - first >= (limit * milliseconds) / 1000) break;
    }
    if (this.trainer.bad) this.stepsPerSecond = 0;
    if (this.trainer.step > first) this.stage = this.stages("backward");
    return this.trainer.step - first;
  }

  frame(): Frame {
    const { trainer, viewer } = this;
    const batch = trainer.batch();
    return {
      step: trainer.step,
      epoch: trainer.epoch,
      last: trainer.last,
      stage: this.stage,
      running: this.stepsPerSecond > 0,
      stepsPerSecond: this.stepsPerSecond,
      bad: trainer.bad,
      batch,
      curve: this.drawn(),
      maps: this.points ? viewer.answers(grid(this.bundle, this.points), this.maps) : {},
      values: viewer.pass(batch),
    };
  }

  private drawn(): Point[] {
    const { step } = this.trainer;
    if (!this.curve.some((point) => point.step === step)) {
      this.curve.push(this.point());
      this.curve.sort((a, b) => a.step - b.step);
      if (this.curve.length > POINTS) this.curve = this.curve.filter((_, n) => n % 2 === 0);
    }
    return this.curve;
  }

  private point(): Point {
    const { trainer, viewer } = this;
    const { learn, rows } = trainer.samples;
    const [train, test] = [range(0, learn), range(learn, rows)];
    const { error, accuracy } = viewer.measure(train);
    const point: Point = { step: trainer.step, epoch: trainer.epoch, error, accuracy };
    if (!test.length) return point;
    const measured = viewer.measure(test);
    return { ...point, testError: measured.error, testAccuracy: measured.accuracy };
  }

  answer(question: Question): Answers[keyof Answers] {
    switch (question.of) {
      case "nudge":
        return this.nudge(question.name, question.index, question.h);
      case "landscape":
        return landscape(this, question.points, question.span);
      case "parameters":
        return this.parameters();
    }
  }

  parameters(): Record<string, number[]> {
    const names = Object.keys(this.bundle.first);
    return Object.fromEntries(
      names.map((name) => [name, Array.from(this.trainer.program.all(name))]),
    );
  }

  private nudge(name: string, index: number[], h: number) {
    const values = this.trainer.program.all(name);
    const shape = this.trainer.program.place(name).shape;
    const at = index.reduce((sum, i, axis) => sum * (shape[axis] ?? 1) + i, 0);
    const moved = (by: number) => values.map((value, n) => (n === at ? value + by : value));
    const batch = this.trainer.batch();
    const below = this.viewer.error(batch, { [name]: moved(-h) });
    const above = this.viewer.error(batch, { [name]: moved(h) });
    return { below, above, slope: (above - below) / (2 * h) };
  }
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, n) => start + n);
}
