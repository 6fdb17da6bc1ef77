// Light or dark: as the system has it, or as was chosen here.

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
    return chosen === "system" ? "light dark" : chosen;
  },
};
