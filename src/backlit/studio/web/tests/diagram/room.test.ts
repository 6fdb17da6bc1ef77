import { expect, test } from "vitest";
import { beside } from "../../src/diagram/place";
import { room } from "../../src/diagram/room";
import { compiled, NEURON } from "../python";

const { picture } = compiled(NEURON);
const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
const size = { width: 250, height: 42 };

test.each(["dense1.weight[0,0]", "dense1.weight[0,1]", "dense1.bias[0]", "x[0]", "t[0]"])(
  "the field of %s covers no number and no node of the neuron",
  (element) => {
    const { x, y } = room(picture, beside(picture, element)!, 1, whole);
    const covered = picture.texts.filter(
      (slot) =>
        slot.text &&
        Math.abs(slot.x - x - size.width / 2) < size.width / 2 &&
        Math.abs(slot.y - slot.size / 2 - y - size.height / 2) < size.height / 2,
    );
    expect(covered.map(({ text }) => text)).toEqual([]);
    for (const node of picture.nodes) {
      const [dx, dy] = [Math.abs(node.x - x - 125), Math.abs(node.y - y - 21)];
      expect(dx > 125 || dy > 21).toBe(true);
    }
  },
);

test("it stays within what is seen of a drawing", () => {
  const seen = { x: 300, y: 20, width: 260, height: 200 };
  const { x, y } = room(picture, { x: 192, y: 60 }, 1, seen);
  expect(x).toBeGreaterThanOrEqual(300);
  expect(x + size.width).toBeLessThanOrEqual(560);
  expect(y + size.height).toBeLessThanOrEqual(220);
});
