// What can be seen at once. VS Code shows a notebook in a frame that is as tall as all of
// its cells and more: its middle is out of sight, and a share of its height is too much.

const [TIMES, SHARE] = [3, 0.7]; // a page that is made small is not yet such a frame

export function endless(inner: number): boolean {
  return inner > TIMES * screen.height;
}

/** Returns the height that can be seen at once, in a window of some height. */
export function seen(inner: number): number {
  return endless(inner) ? SHARE * screen.availHeight : inner;
}
