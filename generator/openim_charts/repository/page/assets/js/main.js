// @ts-check
// What is shown when: the address after # says it.

/** @type {ChartList} */
let all = { repository: { name: "", url: "", umbrella: "", values_file: "", signing_key: "", fingerprint: "" }, charts: [] };

/** @type {KeyIndex} */
let keyIndex = NO_KEYS;

let lastQuery = "";
let lastChart = "";
const title = document.title;

/** @returns {HTMLInputElement} */
function queryField() {
  return /** @type {HTMLInputElement} */ (byId("query"));
}

/** @returns {Route} what the address asks for: #/NAME/VERSION, or #/?q=WORDS */
function route() {
  const [path, parameters = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name = "", version = ""] = path.split("/").map(decoded);
  return { name, version, query: new URLSearchParams(parameters).get("q") ?? "" };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} query */
function listAddress(query) {
  return query ? `#/?${new URLSearchParams({ q: query })}` : "#/";
}

/** Copies come from one place: every block of commands gets a button. */
function addCopyButtons(/** @type {ParentNode} */ parent) {
  for (const block of parent.querySelectorAll("pre.command:not(.ready)")) {
    const button = make("button", { type: "button", class: "copy" }, say("copy"));
    button.addEventListener("click", () => copy(block.querySelector("code")?.textContent ?? "", button));
    block.classList.add("ready");
    block.append(button);
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} button
 */
async function copy(text, button) {
  const done = await write(text);
  announce(say(done ? "copied" : "copyFailed"));
  if (!done) return;
  button.textContent = say("copied");
  setTimeout(() => {
    button.textContent = say("copy");
  }, 2000);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is in the clipboard
 */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelection(text);
  }
}

/**
 * Pages served by plain http have no clipboard but the selection's.
 * @param {string} text
 */
function writeBySelection(text) {
  const field = make("textarea", { class: "hidden", readonly: true });
  const focused = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/** @param {boolean} chart whether a chart is shown, or else the list */
function show(chart) {
  byId("home").hidden = chart;
  byId("chart").hidden = !chart;
}

/** @param {string} query */
function showHome(query) {
  const field = queryField();
  if (field.value !== query) field.value = query;
  lastQuery = query;
  document.title = title;
  show(false);
  showResults(all.charts, keyIndex, query);
  if (lastChart && document.activeElement !== field) focusChart(lastChart);
  lastChart = "";
}

/**
 * Back from a chart, the keyboard goes on from that chart; the search keeps it when it has it.
 * @param {string} name
 */
function focusChart(name) {
  const link = document.querySelector(`#list a[href="#/${CSS.escape(name)}"]`);
  if (link instanceof HTMLElement) link.focus();
}

/**
 * @param {Route} wanted
 * @param {boolean} moved whether the reader came from elsewhere, or else only the language changed
 */
async function showChart(wanted, moved) {
  const chart = all.charts.find(({ name }) => name === wanted.name);
  const article = byId("chart");
  show(true);
  document.body.classList.remove("searching");
  document.title = `${wanted.name} · ${title}`;
  lastChart = wanted.name;
  if (!chart) return problem(article, say("unknownChart", { name: wanted.name }));
  article.setAttribute("aria-busy", "true");
  try {
    const [versions, details] = await loadChart(chart);
    if (route().name !== wanted.name || route().version !== wanted.version) return;
    const shown = versions.versions.find(({ version }) => version === (wanted.version || chart.version)) ?? versions.versions[0];
    const names = new Set(all.charts.map(({ name }) => name));
    const view = { repository: all.repository, chart, versions, details, shown, names };
    article.replaceChildren(...chartView(view, wanted.version));
    addCopyButtons(article);
    if (moved) settle(article);
  } catch {
    problem(article, say("failed"));
  }
  article.removeAttribute("aria-busy");
}

/**
 * @param {HTMLElement} article
 * @param {string} message
 */
function problem(article, message) {
  article.replaceChildren(backLink(), make("p", { class: "note warn", role: "alert" }, message));
}

/** @param {HTMLElement} article */
function settle(article) {
  scrollTo(0, 0);
  article.querySelector("h1")?.focus({ preventScroll: true });
}

/** @param {boolean} moved */
function render(moved) {
  if (location.hash && !location.hash.startsWith("#/")) return;
  const wanted = route();
  if (wanted.name) showChart(wanted, moved);
  else showHome(wanted.query);
}

/** Typing anywhere goes to the list; the address keeps the words. */
function onSearch() {
  const query = queryField().value;
  const inChart = route().name !== "";
  lastChart = "";
  if (inChart) history.pushState(null, "", listAddress(query));
  else history.replaceState(null, "", listAddress(query));
  showHome(query);
}

/** Enter opens the first result. */
function onSubmit(/** @type {Event} */ event) {
  event.preventDefault();
  if (route().name) return;
  const first = document.querySelector("#list h3 a");
  if (first instanceof HTMLAnchorElement) location.hash = first.hash;
}

/** Esc leaves a chart for the list as it was. */
function leave() {
  if (route().name) location.hash = listAddress(lastQuery);
}

/** Shows everything anew in the other language. */
function onLanguage() {
  switchLanguage();
  labelTheme();
  for (const button of document.querySelectorAll("button.copy")) button.textContent = say("copy");
  showFilters(all.charts, () => render(false));
  render(false);
}

function listen() {
  byId("language").addEventListener("click", onLanguage);
  byId("theme").addEventListener("click", switchTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", labelTheme);
  queryField().addEventListener("input", onSearch);
  queryField().form?.addEventListener("submit", onSubmit);
  addEventListener("hashchange", () => render(true));
  document.addEventListener("keydown", (event) => onKey(event, leave));
}

/** Keys are many: they come when everything else is there. */
async function loadKeys() {
  keyIndex = await load("keys", document.documentElement.dataset.keys ?? "");
  if (queryField().value) render(false);
}

async function start() {
  const { strings: textStamp = "", charts: listStamp = "" } = document.documentElement.dataset;
  listen();
  const [texts, charts] = [load("strings", textStamp, "strings"), load("charts", listStamp)];
  table = await texts;
  translate();
  labelTheme();
  addCopyButtons(document);
  try {
    all = await charts;
    showFilters(all.charts, () => render(false));
    render(true);
    await loadKeys();
  } catch {
    byId("count").textContent = say("failed");
  }
}

start();
