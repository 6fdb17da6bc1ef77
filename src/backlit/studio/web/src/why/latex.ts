// A derivation as LaTeX, to be pasted into a document that has amsmath.

import type { Line } from "./derivation";

export function latex(lines: Line[]): string {
  const rows = lines.map((line) => {
    const sides = line.sides.map((side, n) => {
      const relation = n === 0 && line.sign === "←" ? "\\leftarrow" : "=";
      return `&${n ? "\\hphantom{}" : ""}${relation} ${side.map((term) => term.tex).join("")}`;
    });
    return `${line.left.tex} ${sides.join(" \\\\\n  ").replaceAll("&\\hphantom{}", "&")}`;
  });
  return `\\begin{align*}\n${rows.join(" \\\\\n")}\n\\end{align*}\n`;
}

/** Puts text on the clipboard; a page from disk may have to go the old way. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
