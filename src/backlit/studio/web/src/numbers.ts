// Numbers as the explanations write them: 0.5933, 12, 1.25 · 10⁻⁷, −0.2.

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Returns a number with so many significant digits, with a true minus sign. */
export function shown(value: number, digits: number): string {
  if (Number.isNaN(value)) return "NaN";
  const minus = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${minus}∞`;
  if (Number.isInteger(size) && size < 1e9) return `${size ? minus : ""}${size}`;
  const [mantissa = "", power = "0"] = size.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < Math.max(digits, 1))
    return minus + trimmed(size.toPrecision(digits), digits, size);
  return `${minus}${plain(mantissa)} · 10${raised(exponent)}`;
}

function trimmed(text: string, digits: number, size: number): string {
  return plain(text.includes("e") ? size.toFixed(Math.max(0, digits)) : text);
}

function plain(text: string): string {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

function raised(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((d) => RAISED[Number(d)]).join("");
  return (exponent < 0 ? "⁻" : "") + digits;
}
