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
