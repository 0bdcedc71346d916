// @ts-check
// The list of charts, and the search.

const CHARTS_SHOWN = 60;
const FILTERS_SHOWN = 8;

/** @type {KeyIndex} */
const NO_KEYS = { sets: [], charts: {} };

/** @type {Set<string>} */
const chosen = new Set();

/**
 * @param {Found} found
 * @param {string} query
 */
function item({ chart, keys }, query) {
  const title = make("a", { href: `#/${chart.name}` }, ...marked(chart.name, query));
  const version = make("span", { class: "version" }, chart.version);
  const head = make("h3", {}, title, version, chart.deprecated && make("span", { class: "badge warn" }, say("deprecated")));
  const about = make("p", {}, ...marked(chart.about ?? "", query));
  const matches = keys.flatMap((key) => [" ", make("code", {}, ...marked(key, query))]);
  return make("li", {}, head, about, keys.length > 0 && make("p", { class: "quiet" }, say("inValues"), ":", ...matches));
}

/**
 * Keywords that tell charts apart: the most frequent ones that not all charts have.
 * @param {ChartLine[]} charts
 * @returns {[string, number][]}
 */
function filters(charts) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const keyword of charts.flatMap((chart) => chart.keywords ?? [])) {
    counts.set(keyword, (counts.get(keyword) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > 1 && count < charts.length)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, FILTERS_SHOWN);
}

/**
 * @param {ChartLine[]} charts
 * @param {() => void} changed
 */
function showFilters(charts, changed) {
  const buttons = filters(charts).map(([keyword, count]) => {
    const pressed = String(chosen.has(keyword));
    const button = make("button", { type: "button", "aria-pressed": pressed }, keyword, " ", make("span", { class: "quiet" }, number(count)));
    button.addEventListener("click", () => {
      if (!chosen.delete(keyword)) chosen.add(keyword);
      button.setAttribute("aria-pressed", String(chosen.has(keyword)));
      changed();
    });
    return button;
  });
  byId("filters").replaceChildren(...buttons);
}

/**
 * @param {ChartLine[]} charts
 * @param {KeyIndex} index
 * @param {string} query
 */
function showResults(charts, index, query) {
  const found = search(charts, index, query, chosen);
  const searching = words(query).length > 0;
  document.body.classList.toggle("searching", searching);
  const list = byId("list");
  showInParts(list, list, found, CHARTS_SHOWN, (result) => item(result, query));
  byId("count").textContent = countText(found.length, charts.length);
}

/**
 * @param {number} found
 * @param {number} all
 */
function countText(found, all) {
  if (found === 0 && all > 0) return say("none");
  if (found === all) return say("countAll", { count: number(all) });
  return say("countFound", { count: number(found), all: number(all) });
}
