import { mount } from "svelte";
import App from "./App.svelte";
import type { Bundle } from "./bundle";
import { page, server, start, type Host } from "./host";
import "./style.css";

export function show(target: HTMLElement, bundle: Bundle, host: Host): void {
  target.replaceChildren(); // what is said where no script runs
  mount(App, { target, props: { bundle, host } });
}

async function begin(): Promise<void> {
  const target = document.getElementById("studio");
  if (!target) return; // a notebook calls `show` itself
  const inside = document.getElementById("bundle")?.textContent;
  if (inside) return show(target, JSON.parse(inside) as Bundle, page);
  try {
    show(target, await start(), server);
  } catch (error) {
    target.textContent = error instanceof Error ? error.message : String(error);
  }
}

void begin();
