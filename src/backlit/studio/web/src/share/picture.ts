// The diagram as it is shown, as a file: its styles written into it, so that it needs none.

import { text } from "../text";

const STYLES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"],
  ...["opacity", "font-family", "font-size", "font-style", "font-weight", "text-anchor"],
  ...["dominant-baseline", "display", "visibility", "stroke-linecap", "stroke-linejoin"],
];
const SCALE = 2; // pixels of the PNG to one of the drawing

/** Returns the drawing of the studio that an element is of: a notebook may show several. */
function drawing(of: Element | undefined): SVGSVGElement {
  const studio = of?.closest(".studio");
  const found = studio?.querySelector<SVGSVGElement>("[data-control='network'] svg[viewBox]");
  if (!found) throw new Error(text.share.noDiagram);
  return found;
}

/** Returns the diagram as SVG. */
export function diagramFile(of: Element | undefined): string {
  const shown = drawing(of);
  const copy = shown.cloneNode(true) as SVGSVGElement;
  const copies = [copy, ...copy.querySelectorAll("*")];
  [shown, ...shown.querySelectorAll("*")].forEach((element, n) => {
    const style = getComputedStyle(element);
    const twin = copies[n] as SVGElement | undefined;
    for (const name of STYLES) twin?.style.setProperty(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "role"]) twin?.removeAttribute(name);
  });
  const { width, height } = shown.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.prepend(ground(shown));
  return new XMLSerializer().serializeToString(copy);
}

/** Returns what lies behind the diagram: a picture may be put on any other colour. */
function ground(shown: SVGSVGElement): SVGRectElement {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const studio = shown.closest(".studio") ?? document.body;
  const { x, y, width, height } = shown.viewBox.baseVal;
  for (const [name, value] of Object.entries({ x, y, width, height }))
    rect.setAttribute(name, String(value));
  rect.setAttribute("fill", getComputedStyle(studio).backgroundColor);
  return rect;
}

/** Returns the diagram as PNG. */
export async function pictureFile(of: Element | undefined): Promise<Blob> {
  const { width, height } = drawing(of).viewBox.baseVal;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(diagramFile(of))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(text.share.noDiagram)))),
  );
}
