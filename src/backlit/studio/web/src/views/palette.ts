// The colours of the style sheet, as numbers: a canvas takes no variables.

export type Colour = readonly [number, number, number];

export interface Palette {
  ground: Colour;
  ink: Colour;
  negative: Colour;
  positive: Colour;
  classes: Colour[];
}

export const CLASSES = 10; // colours and shapes that there are

/** Reads the colours that hold where an element stands. */
export function palette(probe: HTMLElement): Palette {
  const colour = (name: string): Colour => {
    probe.style.color = `var(--${name})`;
    return numbers(getComputedStyle(probe).color);
  };
  return {
    ground: colour("ground"),
    ink: colour("ink"),
    negative: colour("negative"),
    positive: colour("positive"),
    classes: Array.from({ length: CLASSES }, (_, n) => colour(`class-${n}`)),
  };
}

function numbers(css: string): Colour {
  const [r = 0, g = 0, b = 0] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

export function mixed(a: Colour, b: Colour, share: number): Colour {
  const mix = (x: number, y: number) => Math.round(x + (y - x) * share);
  return [mix(a[0], b[0]), mix(a[1], b[1]), mix(a[2], b[2])];
}

/** Returns the colour of a share from -1 to 1. */
export function between({ negative, ground, positive }: Palette, share: number): Colour {
  const size = Math.max(0, Math.min(1, Math.abs(share)));
  return mixed(ground, share < 0 ? negative : positive, size);
}

export function css(colour: Colour, opacity = 1): string {
  return `rgb(${colour.join(" ")} / ${opacity})`;
}

/** Calls when the colours may have changed; returns how to stop. */
export function onTheme(change: () => void): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const seen = new MutationObserver(change);
  media.addEventListener("change", change);
  seen.observe(document.documentElement, { attributes: true });
  return () => {
    media.removeEventListener("change", change);
    seen.disconnect();
  };
}
