// Where the studio runs: served by `backlit play`, in a notebook, or as one file.

import type { Bundle, Detail, Spec } from "./bundle";
import { text } from "./text";

/** Whether the server is there, is not, or is another one that does not know this page. */
export type Nearness = "here" | "gone" | "strange";

export type Compile = (spec: Spec) => Promise<Bundle>;

export interface Host {
  kind: "server" | "notebook" | "page";
  /** Compiles another network; a page without a server cannot. */
  compile?: Compile;
  /** Returns the detail of a network; a page without a server has it already. */
  detail?: (spec: Spec) => Promise<Detail>;
  /** Asks whether the server is there; a page without one has nothing to ask. */
  near?: () => Promise<Nearness>;
}

export const server: Host = {
  kind: "server",
  compile: (spec) => asked("api/bundle", posted(spec)),
  detail: (spec) => asked("api/detail", posted(spec)),
  async near() {
    const answer = await fetch("api/alive").catch(() => undefined);
    if (!answer) return "gone";
    return answer.ok ? "here" : "strange";
  },
};

export const page: Host = { kind: "page" };

/** Returns what the studio begins with. */
export function start(): Promise<Bundle> {
  return asked("api/start");
}

function posted(spec: Spec): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(spec) };
}

/** That the server cannot be reached, now. */
export class Gone extends Error {}

async function asked<Answer>(path: string, options?: RequestInit): Promise<Answer> {
  const answer = await fetch(path, options).catch(() => {
    throw new Gone(text.connection.gone);
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json() as Promise<Answer>;
}

/** What anywidget gives a page of the object in Python. */
export interface Model {
  get(name: "bundle"): string;
  send(message: { id: number; of: "bundle" | "detail"; spec: Spec }): void;
  on(event: "msg:custom", take: (message: Answer) => void): void;
  off(event: "msg:custom", take: (message: Answer) => void): void;
}

interface Answer {
  id: number;
  answer?: string;
  error?: string;
}

export function notebook(model: Model): Host {
  let count = 0;
  function ask<Wanted>(of: "bundle" | "detail", spec: Spec): Promise<Wanted> {
    const id = ++count;
    return new Promise((resolve, reject) => {
      const take = (message: Answer): void => {
        if (message.id !== id) return;
        model.off("msg:custom", take);
        if (message.answer) resolve(JSON.parse(message.answer) as Wanted);
        else reject(new Error(message.error ?? ""));
      };
      model.on("msg:custom", take);
      model.send({ id, of, spec });
    });
  }
  return {
    kind: "notebook",
    compile: (spec) => ask("bundle", spec),
    detail: (spec) => ask("detail", spec),
  };
}
