// The worker: it trains between two looks at its post, so that stop always works.

import { Engine } from "./engine";
import type { Answers, Command, Lasting, Question, Report } from "./messages";
import { inSlices } from "./slices";

const LOOK = 12; // milliseconds of training between two frames

let engine: Engine | undefined;
let told: Partial<Lasting> = {}; // what the page has
let waiting = false; // whether a round of training is on its way

function tell(report: Report, moved: Transferable[] = []): void {
  postMessage(report, { transfer: moved });
}

/** Sends a frame; its numbers are moved, not copied. */
function show(): void {
  if (!engine) return;
  const { curve, samples, ...frame } = engine.frame();
  const fresh = {
    ...(curve === told.curve ? {} : { curve }),
    ...(samples === told.samples ? {} : { samples }),
  };
  told = { curve, samples };
  const arrays = [frame.values, ...Object.values(frame.maps)];
  tell(
    { is: "frame", frame: { ...frame, ...fresh } },
    arrays.map((array) => array.buffer),
  );
}

function round(): void {
  waiting = false;
  if (!engine?.active) return;
  const started = performance.now();
  const moved = engine.work(LOOK);
  if (moved || !engine.active) show();
  if (engine.active) {
    waiting = true;
    setTimeout(round, Math.max(0, LOOK + 4 - (performance.now() - started)));
  }
}

function ask(engine: Engine, id: number, question: Question): void {
  const answered = (answer: Answers[keyof Answers]) => tell({ is: "answer", id, answer });
  if (question.of === "landscape") inSlices(engine.landscape(), answered);
  else answered(engine.answer(question));
}

function take(command: Command): void {
  if (command.do === "load") [engine, told] = [new Engine(command.bundle), {}];
  if (!engine) return;
  if (command.do === "ask") return ask(engine, command.id, command.question);
  engine.run(command);
  show();
  if (engine.active && !waiting) round();
}

onmessage = (event: MessageEvent<Command>) => {
  try {
    take(event.data);
  } catch (error) {
    tell({ is: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};
