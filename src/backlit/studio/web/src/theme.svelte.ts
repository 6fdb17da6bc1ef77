// Light or dark: as a notebook or the system has it, or as was chosen here.

export type Theme = "system" | "light" | "dark";
export const THEMES: Theme[] = ["system", "light", "dark"];
const KEY = "backlit theme";

function kept(): Theme {
  try {
    const found = localStorage.getItem(KEY) as Theme | null;
    return found && THEMES.includes(found) ? found : "system";
  } catch {
    return "system"; // a page may be forbidden to keep anything
  }
}

let chosen = $state<Theme>(kept());
let around = $state<"light" | "dark">();

export const theme = {
  get chosen(): Theme {
    return chosen;
  },
  set chosen(wanted: Theme) {
    chosen = wanted;
    try {
      localStorage.setItem(KEY, wanted);
    } catch {
      return; // it then holds until the page is closed
    }
  },
  /** What CSS calls it. */
  get scheme(): string {
    return chosen === "system" ? (around ?? "light dark") : chosen;
  },
};

/** Returns how a notebook is lit, if it says so: VS Code, JupyterLab or marimo. */
export function lit({ dataset, classList }: HTMLElement): "light" | "dark" | undefined {
  const { vscodeThemeKind: code, jpThemeLight: lab } = dataset;
  if (code) return code.endsWith("light") ? "light" : "dark"; // "high-contrast" is dark
  if (lab) return lab === "true" ? "light" : "dark";
  return (["light", "dark"] as const).find((name) => classList.contains(name));
}

/** Follows the theme of the notebook around; returns how to stop. */
export function followNotebook(): () => void {
  const look = (): void => void (around = lit(document.body));
  const seen = new MutationObserver(look);
  seen.observe(document.body, { attributes: true });
  look();
  return () => seen.disconnect();
}
