// The names of the columns of a CSV, to choose a target from. Python reads the table.

const MARKS = [",", ";", "\t", "|"];

/** Returns the names in the header line; names in quotes may hold the mark that parts them. */
export function columns(csv: string): string[] {
  const line =
    csv
      .replace(/^\uFEFF/, "")
      .trimStart()
      .split(/\r?\n/, 1)[0] ?? "";
  if (!line) return [];
  const count = (mark: string) => line.split(mark).length;
  const mark = MARKS.reduce((best, other) => (count(other) > count(best) ? other : best));
  const cells = line.match(
    new RegExp(`("([^"]|"")*"|[^${mark}]*)(${mark === "|" ? "\\|" : mark}|$)`, "g"),
  );
  const names = (cells ?? []).map((cell) =>
    unquoted(cell.endsWith(mark) ? cell.slice(0, -1) : cell),
  );
  return [...new Set(names.filter(Boolean))];
}

function unquoted(cell: string): string {
  const plain = cell.trim();
  return /^".*"$/s.test(plain) ? plain.slice(1, -1).replaceAll('""', '"') : plain;
}
