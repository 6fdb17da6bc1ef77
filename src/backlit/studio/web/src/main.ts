import { mount } from "svelte";
import App from "./App.svelte";
import type { Bundle } from "./bundle";
import { page, server, type Host } from "./host";
import "./style.css";

export function show(target: HTMLElement, bundle: Bundle, host: Host): void {
  mount(App, { target, props: { bundle, host } });
}

async function begin(): Promise<void> {
  const target = document.getElementById("studio");
  if (!target) return; // a notebook calls `show` itself
  const inside = document.getElementById("bundle")?.textContent;
  if (inside) return show(target, JSON.parse(inside) as Bundle, page);
  const answer = await fetch("api/start");
  show(target, (await answer.json()) as Bundle, server);
}

void begin();
