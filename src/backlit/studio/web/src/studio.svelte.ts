// The state of a studio: what is shown, and what can be done. Components read it and call
// it; the numbers come from the worker, frame by frame.

import type { Bundle, DataTable, Detail, First, Lesson, Picture, Reference, Spec } from "./bundle";
import { carried } from "./carried";
import { Client, cool, warm } from "./engine/client";
import { indexed, read } from "./engine/memory";
import type { Command, Frame } from "./engine/messages";
import type { Change } from "./engine/trainer";
import { Gone, type Host } from "./host";
import { reseeded } from "./spec";

const AGAIN = 2000; // milliseconds until a server that was gone is asked again

export class Studio {
  bundle: Bundle = $state.raw() as Bundle;
  /** What is shown once it is asked for; it comes after the first picture. */
  detail: Detail | undefined = $state.raw();
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
  /** How often a change was refused: settings then show their old values again. */
  refused = $state(0);
  /** The guided tour, if there is one. */
  lesson: Lesson | null = $state.raw(null);
  /** Which step of it is shown, and the furthest that was reached. */
  guided = $state({ at: 0, furthest: 0 });
  /** Steps a second when it plays. */
  speed = $state(Infinity);
  private client: Client;
  private attempts = 0;
  private completing: Picture | undefined;

  constructor(
    readonly host: Host,
    bundle: Bundle,
  ) {
    this.client = this.start(bundle);
    this.lesson = bundle.lesson ?? null;
    this.detail = bundle.detail ?? undefined;
  }

  /** Asks for the detail of the network, once; its first numbers come first. */
  private async complete(): Promise<void> {
    const { spec, picture } = this.bundle;
    if (this.detail || picture === this.completing || !this.host.detail) return;
    this.completing = picture;
    const shown = () => picture === this.bundle.picture; // reseeding keeps it
    try {
      const found = await this.host.detail(spec);
      if (shown()) this.detail = found;
    } catch (error) {
      if (!shown()) return;
      if (error instanceof Gone) setTimeout(() => this.completeAgain(), AGAIN);
      else this.message = said(error);
    }
  }

  private completeAgain(): void {
    this.completing = undefined;
    void this.complete();
  }

  private start(bundle: Bundle): Client {
    const alone = bundle.table.rows === 1; // one sample is to be watched, operation by operation
    if (alone !== (this.bundle?.table.rows === 1))
      this.speed = alone ? 5 / (bundle.stages.length + 1) : Infinity;
    this.bundle = bundle;
    const client = new Client(
      (frame) => {
        if (client !== this.client) return;
        this.frame = frame;
        void this.complete();
      },
      (message) => (this.message = message),
    );
    client.send({ do: "load", bundle: { ...bundle, detail: null } });
    return client;
  }

  send(command: Command): void {
    this.client.send(command);
  }

  /** Ends the worker: a notebook runs a cell again and again. */
  close(): void {
    this.client.close();
    cool();
  }

  get engine(): Client {
    return this.client;
  }

  /** What was asked for, with the learning rate and the batch size as they are now. */
  get spec(): Spec {
    const { spec } = this.bundle;
    if (!this.frame) return spec;
    const network = { ...spec.network, learning_rate: this.value(["learning_rate"]) };
    const changed = this.frame.changes.some((c) => "batchSize" in c);
    return { ...spec, network, ...(changed ? { batch_size: this.frame.batchSize } : {}) };
  }

  /** Shows another network; the old picture stays until the new one is there. */
  async change(spec: Spec): Promise<boolean> {
    const { compile } = this.host;
    if (!compile) return false;
    const attempt = ++this.attempts;
    this.busy = true;
    warm();
    try {
      const bundle = await compile(spec);
      if (attempt !== this.attempts) return false;
      const changes = carried(this.frame?.changes ?? [], this.bundle, bundle);
      this.adopt(bundle);
      this.detail = bundle.detail ?? undefined;
      if (changes.length) this.send({ do: "restart", changes, step: 0 });
    } catch (error) {
      if (attempt === this.attempts) this.refuse(error);
    } finally {
      if (attempt === this.attempts) this.busy = false;
    }
    return attempt === this.attempts;
  }

  private refuse(error: unknown): void {
    this.message = said(error);
    this.attempts += 1;
    this.refused += 1;
    this.busy = false;
  }

  /** Learns from other data, with a network that fits it. */
  async learn(data: DataTable): Promise<void> {
    await this.change({ ...this.spec, data, fit: "data" });
  }

  private adopt(bundle: Bundle): void {
    this.client.close();
    this.frame = undefined;
    [this.selected, this.pointed, this.row, this.message] = ["", "", 0, ""];
    this.client = this.start(bundle);
  }

  /** Starts again with other first weights that are at hand. */
  reseed(other: First): void {
    const { first, key, seed } = other;
    this.adopt({ ...this.bundle, first, key, spec: reseeded(this.spec, seed) });
  }

  /** Goes back to the first weights; learning rate and batch size stay as they are now. */
  reset(): void {
    const { changes = [], batchSize = 1 } = this.frame ?? {};
    const learningRate = this.value(["learning_rate"]);
    const later = (name: string) => changes.some((c) => c.step > 0 && name in c);
    const kept: Change[] = [];
    if (later("learningRate")) kept.push({ step: 0, learningRate });
    if (later("batchSize")) kept.push({ step: 0, batchSize });
    this.send({ do: "seek", step: 0, ...(kept.length ? { changes: kept } : {}) });
  }

  /** Returns a number of the pass, of the sample that is shown. */
  value(reference: Reference | number | null): number {
    if (typeof reference === "number") return reference;
    if (!reference || !this.frame) return NaN;
    const [name, ...index] = reference;
    const place = this.bundle.layout[name];
    return place ? read(this.frame.values, place, indexed(place, index, this.row)) : NaN;
  }

  /** Tells whether a lesson leaves a control out, or does not let it be changed. */
  hides(control: string): boolean {
    return this.lesson?.hidden.includes(control) ?? false;
  }

  locks(control: string): boolean {
    return this.lesson?.locked.includes(control) ?? false;
  }

  /** Tells whether a quantity is worked out at this point of the pass. */
  known(name: string): boolean {
    const at = this.bundle.stages.findIndex((stage) => stage.name === name);
    return at < 0 || at < (this.frame?.stage ?? 0);
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
