// Where the studio runs: served by `backlit play`, in a notebook, or as one file.

import type { Bundle, Spec } from "./bundle";

export interface Host {
  kind: "server" | "notebook" | "page";
  /** Compiles another network; a page without a server cannot. */
  compile?: (spec: Spec) => Promise<Bundle>;
}

export const server: Host = {
  kind: "server",
  async compile(spec) {
    const answer = await fetch("api/bundle", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(spec),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json() as Promise<Bundle>;
  },
};

export const page: Host = { kind: "page" };

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
