// Where the studio runs: served by `backlit play`, in a notebook, or as one file.

import type { Bundle, Spec } from "./bundle";
import { text } from "./text";

/** Whether the server is there, is not, or is another one that does not know this page. */
export type Nearness = "here" | "gone" | "strange";

export interface Host {
  kind: "server" | "notebook" | "page";
  /** Compiles another network; a page without a server cannot. */
  compile?: (spec: Spec) => Promise<Bundle>;
  /** Asks whether the server is there; a page without one has nothing to ask. */
  near?: () => Promise<Nearness>;
}

export const server: Host = {
  kind: "server",
  compile: (spec) =>
    asked("api/bundle", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(spec),
    }),
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

async function asked(path: string, options?: RequestInit): Promise<Bundle> {
  const answer = await fetch(path, options).catch(() => {
    throw new Error(text.connection.gone);
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json() as Promise<Bundle>;
}

/** What anywidget gives a page of the object in Python. */
export interface Model {
  get(name: "bundle"): string;
  send(message: { id: number; spec: Spec }): void;
  on(event: "msg:custom", take: (message: Compiled) => void): void;
  off(event: "msg:custom", take: (message: Compiled) => void): void;
}

interface Compiled {
  id: number;
  bundle?: string;
  error?: string;
}

export function notebook(model: Model): Host {
  let count = 0;
  const compile = (spec: Spec): Promise<Bundle> => {
    const id = ++count;
    return new Promise((resolve, reject) => {
      const take = (message: Compiled): void => {
        if (message.id !== id) return;
        model.off("msg:custom", take);
        if (message.bundle) resolve(JSON.parse(message.bundle) as Bundle);
        else reject(new Error(message.error ?? ""));
      };
      model.on("msg:custom", take);
      model.send({ id, spec });
    });
  };
  return { kind: "notebook", compile };
}
