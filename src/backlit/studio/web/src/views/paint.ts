// Numbers to pixels: a map of one quantity from the one colour over the ground to the other,
// a map of classes, an image. Pixels are 32-bit words; which byte is which the machine says.

import { mixed, type Colour, type Palette } from "./palette";

const SHADES = 255; // odd, so that the middle is the ground
const FULL = 0.78; // of a colour, so that points on it can be told
const HATCH = 6; // lines along a side

export type Ramp = Uint32Array;

const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function word([r, g, b]: Colour): number {
  return (
    (LITTLE ? (255 << 24) | (b << 16) | (g << 8) | r : (r << 24) | (g << 16) | (b << 8) | 255) >>> 0
  );
}

/** Returns the shades from -1 over 0 to 1. */
export function diverging(low: Colour, ground: Colour, high: Colour, full = FULL): Ramp {
  const half = (SHADES - 1) / 2;
  return Uint32Array.from({ length: SHADES }, (_, n) => {
    const share = (n - half) / half;
    return word(mixed(ground, share < 0 ? low : high, Math.abs(share) * full));
  });
}

/** Returns the shades from 0 to 1, in the form of `diverging`. */
export function rising(ground: Colour, high: Colour, full = FULL): Ramp {
  return Uint32Array.from({ length: SHADES }, (_, n) =>
    word(mixed(ground, high, (n / (SHADES - 1)) * full)),
  );
}

/** Paints the values of one unit: `middle` is the ground, `middle ± reach` the full colour. */
export function shade(
  pixels: Uint32Array,
  values: ArrayLike<number>,
  { width, unit, middle, reach }: { width: number; unit: number; middle: number; reach: number },
  ramp: Ramp,
): void {
  const [half, last] = [(ramp.length - 1) / 2, ramp.length - 1];
  const scale = half / (reach || 1);
  for (let n = 0; n < pixels.length; n++) {
    const place = Math.round(half + ((values[n * width + unit] ?? NaN) - middle) * scale);
    pixels[n] = ramp[place < 0 ? 0 : place > last ? last : place] ?? 0; // NaN stays clear
  }
}

/** Paints which of several outputs is the largest, the paler the less it stands out. */
export function regions(
  pixels: Uint32Array,
  values: ArrayLike<number>,
  ramps: readonly Ramp[],
): void {
  const width = ramps.length;
  for (let n = 0; n < pixels.length; n++) {
    let best = 0;
    for (let k = 1; k < width; k++)
      if ((values[n * width + k] ?? 0) > (values[n * width + best] ?? 0)) best = k;
    const share = ((values[n * width + best] ?? 0) - 1 / width) / (1 - 1 / width);
    const ramp = ramps[best];
    const shades = (ramp?.length ?? 1) - 1;
    pixels[n] = ramp?.[Math.round(shades * (0.3 + 0.7 * Math.max(0, Math.min(1, share))))] ?? 0;
  }
}

/** Returns the ramps of so many classes. */
export function classRamps(palette: Palette, count: number): Ramp[] {
  return Array.from({ length: count }, (_, n) =>
    rising(palette.ground, palette.classes[n % palette.classes.length] ?? palette.ink),
  );
}

/** Draws into a canvas of as many pixels as there are values; the page scales it. */
export function onCanvas(
  canvas: HTMLCanvasElement,
  [columns, rows]: [number, number],
  draw: (pixels: Uint32Array) => void,
): void {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = canvas.getContext("2d");
  if (!context) return;
  const last = images.get(canvas);
  const fits = last?.width === columns && last.height === rows;
  const image = fits ? last : context.createImageData(columns, rows);
  images.set(canvas, image);
  draw(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
}

/** The pixels of each canvas, to be used again: there are many frames a second. */
const images = new WeakMap<HTMLCanvasElement, ImageData>();

/** Returns the largest distance of any value of a layer from the middle. */
export function reach(values: ArrayLike<number>, middle: number): number {
  let found = 0;
  for (let n = 0; n < values.length; n++) {
    const size = Math.abs((values[n] ?? 0) - middle);
    if (size > found && size < Infinity) found = size;
  }
  return found;
}

/** Hatches what is below the middle, and marks where a unit's values cross it: it turns. */
export function split(
  pixels: Uint32Array,
  values: ArrayLike<number>,
  { side, width, unit, middle }: { side: number; width: number; unit: number; middle: number },
  colour: Colour,
): void {
  const ink = word(colour);
  const apart = Math.max(3, Math.round(side / HATCH));
  const thick = Math.max(1, Math.round(apart / 5));
  for (let n = 0, at = unit; n < pixels.length; n++, at += width) {
    const here = (values[at] ?? 0) > middle;
    const right = (n + 1) % side !== 0 && (values[at + width] ?? 0) > middle !== here;
    const below = n + side < pixels.length && (values[at + side * width] ?? 0) > middle !== here;
    if (right || below) pixels[n] = ink;
    else if (!here && pixels[n] && ((n % side) + Math.floor(n / side)) % apart < thick)
      pixels[n] = between(between(ink, pixels[n] ?? 0), pixels[n] ?? 0);
  }
}

/** Returns the colour half way between two, byte by byte. */
function between(one: number, other: number): number {
  return (((one & 0xfefefefe) >>> 1) + ((other & 0xfefefefe) >>> 1)) >>> 0;
}
