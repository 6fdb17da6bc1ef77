// Numbers as the explanations write them (explain/typeset/numbers.py): 0.5933, 12,
// 1.25 · 10⁻⁷, −0.2. Printed digits are those that Python prints, to the last one.

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const [SMALLEST, LARGEST, INTEGER] = [-4, 7, 1e9];
const NOISE = 1e-14; // of what is that near to a whole number, the rest is rounding
const MOST_DIGITS = 17; // of a float64

/** The parts of a printed number; without a mantissa it is a bare power of ten. */
export interface Figures {
  negative: boolean;
  mantissa: string;
  exponent: number | undefined;
}

export function figures(value: number, digits = 9): Figures {
  const size = Math.abs(value);
  const whole = { exponent: undefined, negative: value < 0 };
  if (Number.isNaN(value)) return { ...whole, mantissa: "NaN" };
  if (size === Infinity) return { ...whole, mantissa: "∞" };
  if (size < INTEGER && Number.isInteger(size)) return { ...whole, mantissa: String(size) };
  const [figure, exponent] = rounded(size, digits);
  if (exponent >= SMALLEST && exponent < Math.min(LARGEST, digits))
    return { ...whole, mantissa: placed(figure, exponent) };
  const mantissa = placed(figure, 0);
  return { negative: value < 0, mantissa: mantissa === "1" ? "" : mantissa, exponent };
}

/** Returns the significant digits and the exponent; a tie goes to the even digit, as in Python. */
function rounded(size: number, digits: number): [string, number] {
  const [near = "", exponent = "0"] = size.toExponential(digits - 1).split("e");
  const found: [string, number] = [near.replace(".", ""), Number(exponent)];
  if (!size.toExponential(Math.min(100, digits + 1)).includes("50e")) return found; // no tie
  const [exact = "", power = "0"] = size.toExponential(100).split("e");
  const all = exact.replace(".", "");
  const [kept, rest] = [all.slice(0, digits), all.slice(digits)];
  const even = Number(kept.at(-1)) % 2 === 0;
  return /^50*$/.test(rest) && even ? [kept, Number(power)] : found;
}

/** Sets the point into digits, the first of which counts 10^exponent, and trims zeros. */
function placed(digits: string, exponent: number): string {
  if (exponent < 0) return trimmed(`0.${"0".repeat(-exponent - 1)}${digits}`);
  const padded = digits.padEnd(exponent + 1, "0");
  return trimmed(`${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1)}`);
}

function trimmed(text: string): string {
  return text.replace(/0+$/, "").replace(/\.$/, "");
}

/** Returns a whole number with commas; the browser's own way takes 16 ms to set up. */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Returns a number with so many significant digits, with a true minus sign. */
export function shown(value: number, digits = 9): string {
  return textNumber(figures(value, digits));
}

export function textNumber({ negative, mantissa, exponent }: Figures): string {
  const sign = negative ? "−" : "";
  if (exponent === undefined) return sign + mantissa;
  const power = `10${raised(exponent)}`;
  return sign + (mantissa ? `${mantissa} · ${power}` : power);
}

/** Returns a whole number in raised digits. */
export function raised(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((d) => RAISED[Number(d)]).join("");
  return (exponent < 0 ? "⁻" : "") + digits;
}

/** Returns how many digits show a value: a saturated 0.99999999998 has more, for it is not 1. */
export function enough(value: number, digits = 9): number {
  const size = Math.abs(value);
  if (!(size < 10 ** (digits - 1)) || !(Math.abs(size - Math.round(size)) > NOISE * size))
    return digits;
  while (digits < MOST_DIGITS && Number.isInteger(Number(size.toPrecision(digits)))) digits++;
  return digits;
}

/** Returns a number as MathML. */
export function mathNumber({ negative, mantissa, exponent }: Figures): string {
  const sign = negative ? '<mo form="prefix">−</mo>' : "";
  const figure = mantissa ? `<mn>${mantissa}</mn>` : "";
  if (exponent === undefined) return `<mrow>${sign}${figure}</mrow>`;
  const minus = exponent < 0 ? '<mo form="prefix">−</mo>' : "";
  const raisedTo = `<mrow>${minus}<mn>${Math.abs(exponent)}</mn></mrow>`;
  const dot = mantissa ? '<mo form="infix">·</mo>' : "";
  return `<mrow>${sign}${figure}${dot}<msup><mn>10</mn>${raisedTo}</msup></mrow>`;
}

/** Returns a number as LaTeX. */
export function texNumber({ negative, mantissa, exponent }: Figures): string {
  const sign = negative ? "-" : "";
  const figure = mantissa.replace("∞", "\\infty").replace("NaN", "\\mathrm{NaN}");
  if (exponent === undefined) return sign + figure;
  return `${sign}${figure ? `${figure} \\cdot ` : ""}10^{${exponent}}`;
}
