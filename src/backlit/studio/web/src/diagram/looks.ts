// How each line of a picture looks at one moment: all that its drawing depends on.

import type { DiagramLine, Picture } from "../bundle";
import type { Active, Lit } from "./highlight";
import { head } from "./marks";
import type { Drawn } from "./reading";
import { tail } from "./scene";

export interface Look {
  path: string;
  kind: string; // its classes
  width: number;
  head: string; // the arrowhead, as path data; empty for none
  halo: boolean;
  flow: boolean;
}

export interface Track {
  line: DiagramLine;
  n: number;
  end: ReturnType<typeof tail>;
}

const CROWD = 300; // lines, from which they step back behind the numbers

export function crowded(picture: Picture): boolean {
  return picture.lines.length > CROWD;
}

/** Returns the lines from the back to the front: folded ones, backward, forward. */
export function tracks(picture: Picture): Track[] {
  const rank = ({ folded, kind }: DiagramLine) => (folded ? 0 : kind === "backward" ? 1 : 2);
  const all = picture.lines.map((line, n) => ({ line, n, end: tail(line) }));
  return all.sort((a, b) => rank(a.line) - rank(b.line));
}

/** Returns the looks of the lines that are to be seen, in the order of their tracks. */
export function looks(
  all: readonly Track[],
  now: Drawn,
  lit: Lit,
  chosen: Lit,
  active: Active,
  crowd: boolean,
): (Look | undefined)[] {
  return all.map(({ line, n, end }) => {
    const seen = now.lines[n];
    const [pointed = 0, asked = 0] = [lit.lines[n], chosen.lines[n]];
    const back = crowd && line.quiet && !pointed && !asked; // one of very many
    if (!seen || (back && line.kind === "backward")) return undefined;
    const flow = active.lines[n] ?? false;
    let kind = `${line.kind} ${seen.sign}`;
    if (line.quiet) kind += " quiet";
    if (line.folded) kind += " folded";
    if (seen.blank) kind += " blank";
    if (seen.bad) kind += " bad";
    if (pointed || asked) kind += " near";
    if (flow) kind += " active";
    const { width } = seen;
    return {
      path: line.path,
      kind,
      width,
      head: line.folded || back ? "" : head(end.before, end.end, width),
      halo: pointed === 2 || asked === 2,
      flow,
    };
  });
}
