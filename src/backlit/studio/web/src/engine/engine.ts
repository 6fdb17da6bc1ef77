// The engine: training and looking, driven by commands; it runs in a worker.

import type { Bundle } from "../bundle";
import { landscape } from "./landscape";
import { Journey, type Goal } from "./journey";
import type { Answers, Command, Frame, Landscape, Question, Stride } from "./messages";
import { Pace } from "./pace";
import { begun, latest, type Before } from "./past";
import { Program } from "./program";
import { Trainer } from "./trainer";
import { Viewer } from "./viewer";
import { Watch } from "./watch";

const AT_ONCE = 10; // times HASTE: milliseconds of travel before a command is answered
const HASTE = 4; // on a way to a far step there is less to see
const SMOOTH = 60; // operations a second that can be watched

export class Engine {
  readonly trainer: Trainer;
  readonly viewer: Viewer;
  stage = 0;
  stepsPerSecond = 0; // 0: paused
  private journey: Journey | undefined;
  private past: readonly Before[] = [];
  private readonly pace = new Pace();
  private readonly watch: Watch;

  constructor(readonly bundle: Bundle) {
    const module = Program.module(bundle);
    this.trainer = new Trainer(bundle, module);
    this.viewer = new Viewer(this.trainer, module);
    this.watch = new Watch(bundle, this.trainer, this.viewer);
    this.stage = bundle.lesson ? 0 : this.stages("backward"); // a lesson begins at the start
  }

  /** Returns how many operations of a pass there are up to the end of a phase. */
  stages(phase: "forward" | "error" | "backward" | "update"): number {
    return this.bundle.stages.findLastIndex((stage) => stage.phase === phase) + 1;
  }

  run(command: Command): void {
    if (command.do !== "watch") this.journey = undefined;
    switch (command.do) {
      case "play":
        if (!this.stepsPerSecond) this.pace.start();
        this.stepsPerSecond = command.stepsPerSecond;
        return;
      case "pause":
        this.stepsPerSecond = 0;
        return;
      case "go":
        this.stepsPerSecond = 0;
        return command.back ? this.back(command.stride) : this.forward(command.stride);
      case "seek":
        if (command.changes?.length) this.begin(command.step);
        return this.travel({ changes: [], ...command });
      case "restart":
        this.past = [];
        this.trainer.restart();
        this.watch.cut();
        return this.travel(command);
      case "edit":
        this.begin(this.trainer.step, command.gesture);
        this.trainer.edit(command.name, command.index, command.value);
        return this.watch.cut();
      case "set":
        this.begin(this.trainer.step);
        this.trainer.set(command);
        return this.watch.cut();
      case "undo":
        return this.undo(command.gesture);
      case "watch":
        this.watch.set(command);
    }
  }

  private begin(step: number, gesture?: number): void {
    this.past = begun(this.past, { gesture, step, changes: this.trainer.changes });
  }

  /** Takes back the last gesture: of another one that is asked for, nothing. */
  private undo(gesture?: number): void {
    const { trainer, past } = this;
    const before = latest(past, trainer.changes);
    if (!before || (gesture !== undefined && gesture !== before.gesture)) return;
    this.past = past.slice(0, -1);
    this.stepsPerSecond = 0;
    const { step } = trainer;
    trainer.takeBack(before);
    if (step < before.step) trainer.seek(step);
    this.watch.cut();
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

  private travel({ step, stage, changes }: Omit<Goal, "stage"> & { stage?: number }): void {
    this.stepsPerSecond = 0;
    this.journey = new Journey({ step, changes, stage: stage ?? this.stages("backward") });
    this.work(AT_ONCE);
  }

  /** Whether there is something to do without being told. */
  get active(): boolean {
    return this.stepsPerSecond > 0 || this.journey !== undefined;
  }

  /** Goes on for a number of milliseconds; returns whether anything happened. */
  work(milliseconds: number): boolean {
    if (this.journey) {
      const there = this.journey.go(this.trainer, HASTE * milliseconds);
      this.stage = there ? this.journey.goal.stage : this.stages("backward");
      if (there || this.trainer.bad) this.journey = undefined;
      return true;
    }
    const operations = this.bundle.stages.length + 1; // the step to the next pass is one too
    if (this.stepsPerSecond * operations <= SMOOTH) return this.operations(operations);
    const before = this.trainer.step;
    this.pace.train(this.trainer, this.stepsPerSecond, milliseconds);
    if (this.trainer.step > before) this.stage = this.stages("backward");
    return this.stopIfBad() || this.trainer.step > before;
  }

  /** Goes by single operations: when it is slow enough to watch them. */
  private operations(each: number): boolean {
    const due = this.pace.due(this.stepsPerSecond * each);
    for (let n = 0; n < due && !this.trainer.bad; n++) this.forward("operation");
    return this.stopIfBad() || due > 0;
  }

  private stopIfBad(): boolean {
    if (this.trainer.bad) this.stepsPerSecond = 0;
    return this.trainer.bad;
  }

  frame(): Frame {
    const { trainer, viewer } = this;
    const batch = trainer.batch();
    return {
      step: trainer.step,
      epoch: trainer.epoch,
      last: trainer.last,
      stage: this.stage,
      running: this.active,
      goal: this.journey?.goal.step,
      changes: trainer.changes,
      batchSize: trainer.batchSize,
      stepsPerSecond: this.stepsPerSecond,
      bad: trainer.bad,
      batch,
      ...this.watch.see(!this.active),
      values: viewer.pass(batch),
    };
  }

  /** Answers at once; what takes longer is asked for by its own name. */
  answer(question: Exclude<Question, { of: "landscape" }>): Answers[keyof Answers] {
    switch (question.of) {
      case "nudge":
        return this.nudge(question.name, question.index, question.h);
      case "parameters":
        return this.parameters();
    }
  }

  landscape(): Generator<undefined, Landscape> {
    return landscape(this.watch.surroundings(this.parameters()));
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
