// Samples as marks: a shape and a colour for each class; filled for training, hollow for
// testing.

import {
  symbol,
  symbolAsterisk,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolPlus,
  symbolSquare,
  symbolStar,
  symbolTimes,
  symbolTriangle,
  symbolWye,
  type SymbolType,
} from "d3-shape";
import { css, type Colour, type Palette } from "./palette";

const SHAPES: SymbolType[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolWye,
  symbolPlus,
  symbolTimes,
  symbolAsterisk,
];

const STROKED = 7; // the shapes from here on are lines without an inside

export interface Mark {
  x: number; // in pixels
  y: number;
  shape: number;
  colour: Colour;
  hollow: boolean;
  edge?: Colour; // around it; the ground if not given
}

/** Returns the outline of a class's mark, of so many square pixels, around 0. */
export function outline(shape: number, area: number): string {
  return symbol(SHAPES[shape % SHAPES.length], area)() ?? "";
}

/** Returns the area of a mark: the more of them, the smaller. */
export function area(count: number, width: number): number {
  return Math.max(14, Math.min(90, (width * width) / (4 * Math.max(1, count))));
}

/** Draws marks; those before it in the list lie beneath. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  marks: readonly Mark[],
  size: number,
  palette: Palette,
): void {
  const paths = SHAPES.map((_, shape) => new Path2D(outline(shape, size)));
  context.lineJoin = "round";
  for (const mark of marks) {
    const path = paths[mark.shape % paths.length];
    if (!path) continue;
    context.save();
    context.translate(mark.x, mark.y);
    const lines = mark.shape % SHAPES.length >= STROKED;
    context.strokeStyle = css(mark.edge ?? palette.ground);
    context.lineWidth = mark.hollow || lines ? 3.5 : 1.5;
    context.stroke(path);
    if (!mark.hollow && !lines) {
      context.fillStyle = css(mark.colour);
      context.fill(path);
    } else {
      if (mark.hollow) {
        context.fillStyle = css(palette.ground, 0.8);
        context.fill(path);
      }
      context.strokeStyle = css(mark.colour);
      context.lineWidth = 1.5;
      context.stroke(path);
    }
    context.restore();
  }
}

/** Makes a canvas as fine as the screen, empty; one unit is one pixel of the page. */
export function prepared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const fine = devicePixelRatio || 1;
  canvas.width = Math.round(width * fine);
  canvas.height = Math.round(height * fine);
  const context = canvas.getContext("2d");
  context?.scale(fine, fine);
  return context;
}
