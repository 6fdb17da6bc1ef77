// Numbers as people type them.

import { filled, text } from "../text";

export interface Limits {
  least?: number;
  most?: number;
  /** Whether it must be more than 0. */
  positive?: boolean;
  whole?: boolean;
  /** Whether nothing may stand there, for what is usual. */
  empty?: boolean;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Returns the number that is meant, or else what is wrong with it; null for nothing. */
export function parsed(typed: string, limits: Limits = {}): number | null | string {
  if (!typed.trim() && limits.empty) return null;
  const value = read(typed);
  const words = text.number;
  if (value === undefined) return filled(words.invalid, { typed });
  if (limits.whole && !Number.isInteger(value)) return words.whole;
  if (limits.positive && value <= 0) return words.positive;
  if (limits.least !== undefined && value < limits.least)
    return filled(words.least, { least: limits.least });
  if (limits.most !== undefined && value > limits.most)
    return filled(words.most, { most: limits.most });
  return value;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const FRACTION = /^([^/e]+)\/([^/e]+)$/i; // of two plain numbers

/** Reads a number as people type it: 0,5 and −2 and 1/3 too; undefined if it is none. */
export function read(typed: string): number | undefined {
  const [, above, below] = FRACTION.exec(plain(typed)) ?? [];
  const value = above && below ? decimal(above) / decimal(below) : decimal(typed);
  return Number.isFinite(value) ? value : undefined;
}

function decimal(typed: string): number {
  return DECIMAL.test(plain(typed)) ? Number(plain(typed)) : NaN;
}

/** Returns a number as machines write it: `−1,5 · 10⁻³` becomes `-1.5e-3`. */
function plain(typed: string): string {
  const whole = typed.replace(
    /^\s*([-−]?)10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])/,
    (_, minus: string) => `${minus}1 · 10`,
  );
  const power = whole.replace(/\s*[·*×]\s*10\^?([⁻\-−]?[⁰¹²³⁴⁵⁶⁷⁸⁹\d]+)/, (_, raised: string) => {
    const digits = [...raised].map((d) => (RAISED.includes(d) ? RAISED.indexOf(d) : d));
    return `e${digits.join("").replace("⁻", "-")}`;
  });
  return power
    .replaceAll("−", "-")
    .replace(/^([^,.]*),([^,.]*)$/, "$1.$2")
    .trim();
}
