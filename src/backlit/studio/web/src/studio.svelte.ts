// The state of a studio: what is shown, and what can be done. Components read it and call
// it; the numbers come from the worker, frame by frame.

import type {
  Bundle,
  DataTable,
  First,
  Lesson,
  Near,
  Picture,
  Reference,
  Rules,
  Spec,
} from "./bundle";
import { carried, remains } from "./carried";
import { Connection } from "./connection.svelte";
import { Client, cool, warm } from "./engine/client";
import { indexed, read } from "./engine/memory";
import type { Command, Frame } from "./engine/messages";
import type { Change } from "./engine/trainer";
import { Gone, type Compile, type Host } from "./host";
import { reseeded } from "./spec";

const AGAIN = 2000; // milliseconds until a server that was gone is asked again

export class Studio {
  bundle: Bundle = $state.raw() as Bundle;
  /** More of the diagram than its first sight; it comes after the first picture. */
  near: Near | undefined = $state.raw();
  /** How each number is derived; likewise. */
  rules: Rules | undefined = $state.raw();
  frame: Frame | undefined = $state.raw();
  /** The element that is asked about: `dense1.weight[0,1]`; empty if none. */
  selected = $state("");
  /** The element under the pointer or the focus. */
  pointed = $state("");
  /** Which sample of the batch the diagram shows. */
  row = $state(0);
  /** What went wrong, for the person. */
  message = $state("");
  /** The guided tour, if there is one. */
  lesson: Lesson | null = $state.raw(null);
  /** Which step of it is shown, and the furthest that was reached. */
  guided = $state({ at: 0, furthest: 0 });
  /** Steps a second when it plays. */
  speed = $state(Infinity);
  /** Whether the server is there. */
  readonly connection: Connection;
  /** The network that is to be shown next, while it is compiled. */
  private wanted: Spec | undefined = $state.raw();
  private working: Promise<void> | undefined;
  /** The last network that came; none if it was refused. */
  private brought: Spec | undefined;
  private client: Client;
  /** Works on a network that is not shown yet. */
  private next: Client | undefined;
  /** Whose detail is to be asked for, and whose has been. */
  private missing: Spec | undefined;
  private asked: Spec | undefined;

  constructor(
    readonly host: Host,
    bundle: Bundle,
  ) {
    this.connection = new Connection(host);
    const client = new Client(
      (frame) => this.take(client, frame),
      (message) => (this.message = message),
    );
    this.client = client;
    this.lesson = bundle.lesson ?? null;
    this.show(bundle);
    load(client, bundle);
  }

  private show(bundle: Bundle): void {
    const alone = bundle.table.rows === 1; // one sample is to be watched, operation by operation
    if (alone !== (this.bundle?.table.rows === 1))
      this.speed = alone ? 5 / (bundle.stages.length + 1) : Infinity;
    const before = this.bundle as Bundle | undefined;
    if (before?.explained !== bundle.explained) this.forget(bundle);
    this.bundle = bundle;
  }

  /** Takes the detail of another network, or lets go of that which no longer holds. */
  private forget({ detail, picture, spec }: Bundle): void {
    if (picture !== this.bundle?.picture || detail) this.near = detail ?? undefined;
    this.rules = detail?.rules;
    [this.missing, this.asked] = [detail ? undefined : spec, undefined];
  }

  private take(client: Client, frame: Frame): void {
    if (client !== this.client) return;
    this.frame = frame;
    void this.complete();
  }

  /** Asks for the detail of the network, once; its first numbers come first. */
  private async complete(): Promise<void> {
    const spec = this.missing;
    if (!spec || !this.host.detail) return;
    [this.missing, this.asked] = [undefined, spec];
    try {
      const found = await this.host.detail(spec);
      if (spec === this.asked) [this.near, this.rules] = [found, found.rules];
    } catch (error) {
      if (spec !== this.asked) return;
      if (error instanceof Gone) setTimeout(() => this.askAgain(spec), AGAIN);
      else this.message = said(error);
    }
  }

  private askAgain(spec: Spec): void {
    if (spec !== this.asked) return;
    this.missing = spec;
    void this.complete();
  }

  send(command: Command): void {
    this.client.send(command);
  }

  /** Ends the worker: a notebook runs a cell again and again. */
  close(): void {
    this.client.close();
    this.next?.close();
    cool();
  }

  get engine(): Client {
    return this.client;
  }

  get busy(): boolean {
    return this.wanted !== undefined;
  }

  /** What is asked for, with the learning rate and the batch size as they are now. */
  get spec(): Spec {
    if (this.wanted) return this.wanted;
    const { spec } = this.bundle;
    if (!this.frame) return spec;
    const network = { ...spec.network, learning_rate: this.value(["learning_rate"]) };
    const changed = this.frame.changes.some((c) => "batchSize" in c);
    return { ...spec, network, ...(changed ? { batch_size: this.frame.batchSize } : {}) };
  }

  /** Sets the learning rate or the batch size, also of a network that is on its way. */
  steer(rates: { learningRate?: number; batchSize?: number }): void {
    this.send({ do: "set", ...rates });
    if (!this.wanted) return;
    const { network, batch_size = 1 } = this.wanted;
    const { learningRate = network.learning_rate ?? 0.5, batchSize = batch_size } = rates;
    const steered = { ...network, learning_rate: learningRate };
    void this.change({ ...this.wanted, network: steered, batch_size: batchSize });
  }

  /** Shows another network; the old picture stays until the new one is there. */
  async change(spec: Spec): Promise<boolean> {
    const { compile } = this.host;
    if (!compile) return false;
    [this.wanted, this.message] = [spec, ""];
    this.working ??= this.work(compile);
    await this.working;
    return this.brought === spec;
  }

  /** Compiles what is wanted, one after another; what came in between is passed over. */
  private async work(compile: Compile): Promise<void> {
    while (this.wanted) {
      const spec = this.wanted;
      warm();
      try {
        const bundle = await compile(spec);
        if (spec === this.wanted) await this.adopt(bundle);
        this.brought = spec;
      } catch (error) {
        this.brought = undefined;
        if (spec === this.wanted) this.refuse(error);
      }
      if (spec === this.wanted) this.wanted = undefined;
    }
    this.working = undefined;
  }

  private refuse(error: unknown): void {
    if (error instanceof Gone) void this.connection.look();
    else this.message = said(error);
  }

  /** Learns from other data, with a network that fits it. */
  async learn(data: DataTable): Promise<void> {
    await this.change({ ...this.spec, data, fit: "data" });
  }

  /** Shows a bundle instead of this one, as soon as it has numbers. */
  private adopt(found: Bundle): Promise<void> {
    const before = this.bundle;
    const bundle = drawnAlike(found.picture, before.picture)
      ? { ...found, picture: before.picture } // so that what was opened in it stays open
      : found;
    const changes = carried(this.frame?.changes ?? [], before, bundle);
    return new Promise((resolve, reject) => {
      const client = new Client(
        (frame) => {
          if (frame.changes.length < changes.length) return; // what is set by hand comes next
          if (client === this.next) this.swap(bundle, client);
          this.take(client, frame);
          resolve();
        },
        (message) => {
          if (client === this.client) this.message = message;
          else client.close();
          reject(new Error(message));
        },
      );
      this.next?.close();
      this.next = client;
      load(client, bundle, changes);
    });
  }

  private swap(bundle: Bundle, client: Client): void {
    this.client.close();
    [this.client, this.next] = [client, undefined];
    if (bundle.table.x !== this.bundle.table.x) this.row = 0;
    if (!remains(this.selected, bundle)) this.selected = "";
    [this.pointed, this.message] = ["", ""];
    this.show(bundle);
  }

  /** Starts again with other first weights that are at hand. */
  async reseed(other: First): Promise<void> {
    const { first, key, seed } = other;
    await this.adopt({ ...this.bundle, first, key, spec: reseeded(this.spec, seed) });
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

/** Tells whether two pictures are equal; their keys come in one order. */
function drawnAlike(one: Picture, other: Picture): boolean {
  const counts = one.nodes.length === other.nodes.length && one.lines.length === other.lines.length;
  return counts && JSON.stringify(one) === JSON.stringify(other);
}

function load(client: Client, bundle: Bundle, changes: Change[] = []): void {
  client.send({ do: "load", bundle: { ...bundle, detail: null } });
  if (changes.length) client.send({ do: "restart", changes, step: 0 });
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
