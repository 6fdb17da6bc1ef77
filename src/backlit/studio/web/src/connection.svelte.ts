// Whether the server still answers. Training needs none, so a page goes on without it, and
// works as before once `backlit play` is started again.

import type { Host, Nearness } from "./host";

const PAUSE = 2000; // milliseconds between two questions

export class Connection {
  state: Nearness = $state("here");

  constructor(private readonly host: Host) {}

  async look(): Promise<void> {
    if (this.host.near && !document.hidden) this.state = await this.host.near();
  }

  /** Looks again and again, and whenever the page comes back to the front. */
  watch(): () => void {
    if (!this.host.near) return () => undefined;
    const look = () => void this.look();
    const timer = setInterval(look, PAUSE);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }
}
