import { describe, expect, test } from "vitest";
import type { Picture } from "../../src/bundle";
import { active, lit } from "../../src/diagram/highlight";
import { crowded, looks, tracks } from "../../src/diagram/looks";
import { compile, drawn } from "../../src/diagram/reading";
import { Engine } from "../../src/engine/engine";
import { compiled } from "../python";
import { LAYERS } from "./specs";

const bundle = compiled(LAYERS);
const { picture } = bundle;
const now = drawn(compile(bundle, picture), new Engine(bundle).frame(), 0);
const none = lit(picture, "");

function seen(of: Picture, pointed: string, crowd: boolean) {
  return looks(tracks(of), now, lit(of, pointed), none, active(of, undefined), crowd);
}

describe("lines", () => {
  test("lie from the back to the front: folded, backward, forward", () => {
    const kinds = tracks(picture).map(({ line }) => (line.folded ? "folded" : line.kind));
    expect(kinds).toEqual([...kinds].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
  });

  test("are all seen, with a sign and an arrowhead each, where they are not too many", () => {
    expect(crowded(picture)).toBe(false);
    const found = seen(picture, "", false);
    expect(found.every((look) => look && /positive|negative|zero|neutral/.test(look.kind))).toBe(
      true,
    );
    expect(found.filter((look) => look?.head).length).toBe(
      picture.lines.filter((line) => !line.folded).length,
    );
  });

  test("that lead back step aside in a crowd, but those that one points at", () => {
    const count = (pointed: string) =>
      seen(picture, pointed, true).filter((look) => look?.kind.startsWith("backward")).length;
    expect(count("dense2.weight[0,1]")).toBe(count("") + 1);
    expect(count("dense2.output[0]")).toBeGreaterThan(count("dense2.weight[0,1]"));
  });
});

const ORDER = ["folded", "backward", "forward"];
