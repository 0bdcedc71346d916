// @ts-check
// Which charts match some words: a pure function of the list, the values keys and the words.

const SCORES = { name: 100, nameStart: 60, nameWord: 50, namePart: 40, keyword: 30, keywordPart: 20, about: 10, key: 5 };
const SHOWN_KEYS = 3;

/**
 * @param {string} query
 * @returns {string[]} its words, in lower case
 */
function words(query) {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/**
 * @param {ChartLine} chart
 * @param {string} word
 * @returns {number} 0 where nothing but a values key could match
 */
function scoreText(chart, word) {
  const name = chart.name.toLowerCase();
  if (name === word) return SCORES.name;
  if (name.startsWith(word)) return SCORES.nameStart;
  if (name.includes(`-${word}`)) return SCORES.nameWord;
  if (name.includes(word)) return SCORES.namePart;
  const keywords = (chart.keywords ?? []).map((keyword) => keyword.toLowerCase());
  if (keywords.includes(word)) return SCORES.keyword;
  if (keywords.some((keyword) => keyword.includes(word))) return SCORES.keywordPart;
  return chart.about?.toLowerCase().includes(word) ? SCORES.about : 0;
}

/**
 * For each part of the index, the keys that hold the word. Charts share parts: each is read once.
 * @param {KeyIndex} index
 * @param {string} word
 * @returns {string[][]}
 */
function keysWith(index, word) {
  return index.sets.map((keys) => keys.filter((key) => key.toLowerCase().includes(word)));
}

/**
 * @param {ChartLine} chart
 * @param {string[]} asked
 * @param {KeyIndex} index
 * @param {string[][][]} matches for each word what keysWith gave
 * @returns {Found | null} null when some word is nowhere in the chart
 */
function match(chart, asked, index, matches) {
  const found = { chart, score: 0, keys: /** @type {string[]} */ ([]) };
  /** @type {Map<string, number>} */
  const hits = new Map();
  const parts = index.charts[chart.name] ?? [];
  for (const [position, word] of asked.entries()) {
    const keys = parts.flatMap((part) => matches[position][part]);
    const score = scoreText(chart, word) || (keys.length ? SCORES.key : 0);
    if (!score) return null;
    if (score <= SCORES.about) for (const key of keys) hits.set(key, (hits.get(key) ?? 0) + 1);
    found.score += score;
  }
  const keys = [...hits].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  found.keys = keys.slice(0, SHOWN_KEYS);
  return found;
}

/**
 * Charts that hold every word of the query, and every keyword, the best first.
 * @param {ChartLine[]} charts sorted by name
 * @param {KeyIndex} index
 * @param {string} query
 * @param {Set<string>} keywords
 * @returns {Found[]}
 */
function search(charts, index, query, keywords) {
  const asked = words(query);
  const matches = asked.map((word) => keysWith(index, word));
  const found = charts
    .filter((chart) => [...keywords].every((keyword) => chart.keywords?.includes(keyword)))
    .map((chart) => match(chart, asked, index, matches))
    .filter((result) => result !== null);
  return asked.length ? found.sort((a, b) => b.score - a.score) : found;
}

/**
 * A text with the words of the query marked.
 * @param {string} text
 * @param {string} query
 * @returns {(Node | string)[]}
 */
function marked(text, query) {
  const asked = words(query).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!asked.length) return [text];
  const pieces = text.split(new RegExp(`(${asked.join("|")})`, "gi"));
  return present(pieces.map((piece, position) => (position % 2 ? make("mark", {}, piece) : piece)));
}
