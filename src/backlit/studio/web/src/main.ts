// Where a studio begins: in the page of a server, in one file, or in a cell of a notebook.

import { mount, unmount } from "svelte";
import App from "./App.svelte";
import type { Bundle } from "./bundle";
import { inflated } from "./deflate";
import { warm } from "./engine/client";
import { notebook, page, server, start, type Host, type Model } from "./host";
import "./style.css";

function show(target: HTMLElement, bundle: Bundle, host: Host): () => void {
  target.replaceChildren(); // what is said where no script runs
  target.classList.add("backlit-studio");
  const app = mount(App, { target, props: { bundle, host } });
  return () => void unmount(app);
}

async function begin(target: HTMLElement): Promise<void> {
  const inside = document.getElementById("bundle")?.textContent;
  if (inside) return void show(target, JSON.parse(await inflated(inside)) as Bundle, page);
  warm();
  try {
    show(target, await start(), server);
  } catch (error) {
    target.textContent = error instanceof Error ? error.message : String(error);
  }
}

const own = document.getElementById("studio"); // a notebook has none, and calls `render`
if (own) void begin(own);

interface Cell {
  model: Model;
  el: HTMLElement;
}

function render({ model, el }: Cell): () => void {
  return show(el, JSON.parse(model.get("bundle")) as Bundle, notebook(model));
}

export default { render };
