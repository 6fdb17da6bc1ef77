// The state of a studio: what is shown, and what can be done. Components read it and call
// it; the numbers come from the worker, frame by frame.

import type { Bundle, Reference, Spec } from "./bundle";
import { Client } from "./engine/client";
import { indexed, read } from "./engine/memory";
import type { Command, Frame } from "./engine/messages";
import type { Host } from "./host";

export class Studio {
  bundle: Bundle = $state.raw() as Bundle;
  frame: Frame | undefined = $state.raw();
  /** The element that is asked about: `dense1.weight[0,1]`; empty if none. */
  selected = $state("");
  /** The element under the pointer or the focus. */
  pointed = $state("");
  /** Which sample of the batch the diagram shows. */
  row = $state(0);
  /** What went wrong, for the person. */
  message = $state("");
  busy = $state(false);
  private client: Client;

  constructor(
    readonly host: Host,
    bundle: Bundle,
  ) {
    this.client = this.start(bundle);
  }

  private start(bundle: Bundle): Client {
    this.bundle = bundle;
    const client = new Client(
      (frame) => {
        if (client === this.client) this.frame = frame;
      },
      (message) => (this.message = message),
    );
    client.send({ do: "load", bundle });
    return client;
  }

  send(command: Command): void {
    this.client.send(command);
  }

  get engine(): Client {
    return this.client;
  }

  /** Shows another network; the old picture stays until the new one is there. */
  async change(spec: Spec): Promise<void> {
    if (!this.host.compile) return;
    this.busy = true;
    try {
      const bundle = await this.host.compile(spec);
      this.client.close();
      this.frame = undefined;
      [this.selected, this.pointed, this.row, this.message] = ["", "", 0, ""];
      this.client = this.start(bundle);
    } catch (error) {
      this.message = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  /** Returns a number of the pass, of the sample that is shown. */
  value(reference: Reference | number | null): number {
    if (typeof reference === "number") return reference;
    if (!reference || !this.frame) return NaN;
    const [name, ...index] = reference;
    const place = this.bundle.layout[name];
    return place ? read(this.frame.values, place, indexed(place, index, this.row)) : NaN;
  }

  /** Tells whether a quantity is worked out at this point of the pass. */
  known(name: string): boolean {
    const at = this.bundle.stages.findIndex((stage) => stage.name === name);
    return at < 0 || at < (this.frame?.stage ?? 0);
  }
}
