// @vitest-environment jsdom
// The theme of a notebook, as VS Code, JupyterLab and marimo tell it.

import { afterEach, expect, test } from "vitest";
import { followNotebook, lit, theme } from "../src/theme.svelte";

const { body } = document;

afterEach(() => {
  for (const { name } of [...body.attributes]) body.removeAttribute(name);
  theme.chosen = "system";
});

test.each([
  ["data-vscode-theme-kind", "vscode-dark", "dark"],
  ["data-vscode-theme-kind", "vscode-light", "light"],
  ["data-vscode-theme-kind", "vscode-high-contrast", "dark"],
  ["data-vscode-theme-kind", "vscode-high-contrast-light", "light"],
  ["data-jp-theme-light", "false", "dark"],
  ["data-jp-theme-light", "true", "light"],
  ["class", "dark dark-theme", "dark"],
  ["class", "light light-theme", "light"],
  ["class", "somewhere else", undefined],
])("a notebook with %s = %s is %s", (name, value, expected) => {
  body.setAttribute(name, value);
  expect(lit(body)).toBe(expected);
});

test("the studio follows the notebook, unless another theme was chosen in it", async () => {
  const stop = followNotebook();
  expect(theme.scheme).toBe("light dark");
  body.dataset.vscodeThemeKind = "vscode-dark";
  await Promise.resolve();
  expect(theme.scheme).toBe("dark");
  theme.chosen = "light";
  expect(theme.scheme).toBe("light");
  stop();
});
