// The page's side of the worker.

import type { Answers, Command, Frame, Lasting, Question, Report } from "./messages";
import EngineWorker from "./worker?worker&inline";

let spare: Worker | undefined;

/** Starts the next client's worker, while the page waits for something else. */
export function warm(): void {
  spare ??= new EngineWorker();
}

/** Ends a worker that was started and is not needed. */
export function cool(): void {
  spare?.terminate();
  spare = undefined;
}

function taken(): Worker {
  const worker = spare ?? new EngineWorker();
  spare = undefined;
  return worker;
}

export class Client {
  private readonly worker = taken();
  private readonly asked = new Map<number, (answer: Answers[keyof Answers]) => void>();
  private count = 0;
  private lasting: Lasting = {
    curve: [],
    samples: { x: new Float64Array(), t: new Float64Array() },
  };

  constructor(
    private readonly onframe: (frame: Frame) => void,
    private readonly onfailure: (message: string) => void,
  ) {
    this.worker.onmessage = (event: MessageEvent<Report>) => this.take(event.data);
    this.worker.onerror = (event) => this.onfailure(event.message || "the worker did not start");
  }

  private take(report: Report): void {
    if (report.is === "frame") {
      const { curve = this.lasting.curve, samples = this.lasting.samples } = report.frame;
      this.lasting = { curve, samples };
      this.onframe({ ...report.frame, ...this.lasting });
    } else if (report.is === "failed") this.onfailure(report.message);
    else {
      this.asked.get(report.id)?.(report.answer);
      this.asked.delete(report.id);
    }
  }

  send(command: Command): void {
    this.worker.postMessage(command);
  }

  ask<K extends keyof Answers>(question: Question & { of: K }): Promise<Answers[K]> {
    const id = ++this.count;
    this.send({ do: "ask", id, question });
    return new Promise((resolve) => {
      this.asked.set(id, (answer) => resolve(answer as Answers[K]));
    });
  }

  close(): void {
    this.worker.terminate();
  }
}
