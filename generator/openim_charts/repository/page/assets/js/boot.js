// @ts-check
"use strict";

// Runs before the first paint, so that nobody sees the page change its colours or its language.
(() => {
  const root = document.documentElement;
  /** @param {string} key */
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = stored("theme");
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  const language = stored("language") ?? navigator.language;
  root.lang = language.toLowerCase().startsWith("zh") ? "zh" : "en";
})();
