// @ts-check
// The two languages of the user interface. Texts of charts stay as they are.

/** @type {Record<string, Record<string, string>>} */
let table = {};

/**
 * A text in the current language, with its {parts} filled in.
 * @param {string} key
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
function say(key, values = {}) {
  const text = table[key]?.[document.documentElement.lang] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {number} count */
function number(count) {
  return count.toLocaleString(document.documentElement.lang);
}

/** Puts the current language into everything that index.html holds. */
function translate() {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-text]"))) {
    const { text = "", values = "{}" } = element.dataset;
    element.textContent = say(text, JSON.parse(values));
  }
  for (const [attribute, selector] of [
    ["aria-label", "label"],
    ["placeholder", "placeholder"],
    ["alt", "alt"],
  ]) {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-${selector}]`))) {
      element.setAttribute(attribute, say(element.dataset[selector] ?? ""));
    }
  }
  const button = byId("language");
  button.textContent = say("language");
  button.lang = document.documentElement.lang === "zh" ? "en" : "zh";
  button.setAttribute("aria-label", say("languageLabel"));
}

/**
 * @param {string} key
 * @param {string} value
 */
function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that stores nothing shows its own preference again next time.
  }
}

/** Goes on to the other language. */
function switchLanguage() {
  const root = document.documentElement;
  root.lang = root.lang === "zh" ? "en" : "zh";
  remember("language", root.lang);
  translate();
}

/** @returns {boolean} whether dark colours are shown */
function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The button says what it will do. */
function labelTheme() {
  const label = say(isDark() ? "themeLight" : "themeDark");
  byId("theme").setAttribute("aria-label", label);
  byId("theme").title = label;
}

/** Goes on to the other colours. */
function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  remember("theme", theme);
  labelTheme();
}
