// @ts-check
// The Markdown that READMEs of charts use, as elements: headings, paragraphs, lists, quotes, code,
// tables, links, emphasis. HTML in it is shown as text, and images as their description.

const BLOCK = /^(#{1,6}\s|```|~~~|\s*[-*+]\s|\s*\d+[.)]\s|>|\|)/;
const INLINE = /(`+)([^`]|[^`].*?[^`])\1(?!`)|!?\[([^\]]*)\]\(([^)\s]*)(?:\s+"[^"]*")?\)|<(https?:[^>\s]+)>|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|\\([\\`*_{}[\]()#+\-.!|<>])/g;

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, found.index), inlineElement(found));
    end = found.index + found[0].length;
  }
  return present([...nodes, text.slice(end)]);
}

/**
 * @param {RegExpMatchArray} found
 * @returns {Node | string}
 */
function inlineElement([whole, , code, label, address, plain, strong, emphasis, escaped]) {
  if (code !== undefined) return make("code", {}, code);
  if (label !== undefined) return whole.startsWith("!") ? label : outside(address, make("span", {}, ...inline(label)));
  if (plain !== undefined) return outside(plain, plain);
  if (strong !== undefined) return make("strong", {}, ...inline(strong));
  if (emphasis !== undefined) return make("em", {}, ...inline(emphasis));
  return escaped;
}

/** Lines of a text, read one by one. */
class Lines {
  /** @param {string[]} lines */
  constructor(lines) {
    this.lines = lines;
    this.at = 0;
  }

  /** @returns {string | undefined} the next line, which stays */
  get next() {
    return this.lines[this.at];
  }

  /**
   * Takes lines as long as they pass.
   * @param {(line: string) => boolean} test
   */
  take(test) {
    const start = this.at;
    while (this.at < this.lines.length && test(this.lines[this.at])) this.at += 1;
    return this.lines.slice(start, this.at);
  }
}

/**
 * @param {Lines} lines
 * @param {string} line
 */
function heading(lines, line) {
  lines.at += 1;
  const [, marks, text] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line) ?? ["", "#", line];
  // The page has a title and the heading README above these.
  const level = /** @type {"h3" | "h4" | "h5" | "h6"} */ (`h${Math.max(3, Math.min(6, marks.length + 1))}`);
  return make(level, {}, ...inline(text));
}

/**
 * @param {Lines} lines
 * @param {string} line
 */
function fenced(lines, line) {
  const fence = line.slice(0, 3);
  lines.at += 1;
  const code = lines.take((next) => !next.startsWith(fence));
  lines.at += 1;
  return make("pre", { class: "command" }, make("code", {}, code.join("\n")));
}

/** @param {Lines} lines */
function indented(lines) {
  const code = lines.take((line) => /^(\s{4}|\s*$)/.test(line)).map((line) => line.slice(4));
  return make("pre", { class: "command" }, make("code", {}, code.join("\n").trimEnd()));
}

/**
 * @param {Lines} lines
 * @param {string} line
 */
function list(lines, line) {
  const first = /^(\s*)([-*+]|\d+[.)])\s+/.exec(line);
  const indent = first?.[1].length ?? 0;
  const items = make(/\d/.test(first?.[2] ?? "") ? "ol" : "ul");
  const start = new RegExp(`^\\s{${indent}}([-*+]|\\d+[.)])\\s+`);
  while (lines.next !== undefined && start.test(lines.next)) {
    const head = lines.next.replace(start, "");
    lines.at += 1;
    const rest = lines.take((next) => next.trim() !== "" && !start.test(next) && /^\s/.test(next));
    const body = rest.map((next) => next.replace(new RegExp(`^\\s{0,${indent + 2}}`), ""));
    const nested = body.findIndex((next) => BLOCK.test(next));
    const text = nested < 0 ? [head, ...body] : [head, ...body.slice(0, nested)];
    const blocks = nested < 0 ? [] : markdown(body.slice(nested).join("\n"));
    items.append(make("li", {}, ...inline(text.join(" ")), ...blocks));
  }
  return items;
}

/** @param {string} line */
function cells(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** @param {Lines} lines */
function tableBlock(lines) {
  const [head, rule, ...body] = lines.take((line) => line.startsWith("|"));
  const rows = rule && /^[\s|:-]+$/.test(rule) ? body : present([rule, ...body]).map(String);
  /** @type {(tag: "th" | "td", line: string) => HTMLElement} */
  const row = (tag, line) => make("tr", {}, ...cells(line).map((cell) => make(tag, {}, ...inline(cell))));
  const frame = { class: "wide", role: "region", tabindex: "0" };
  const parts = [make("thead", {}, row("th", head)), make("tbody", {}, ...rows.map((line) => row("td", line)))];
  return make("div", frame, make("table", {}, ...parts));
}

/** @param {Lines} lines */
function quote(lines) {
  const inner = lines.take((line) => line.startsWith(">")).map((line) => line.replace(/^>\s?/, ""));
  return make("blockquote", {}, ...markdown(inner.join("\n")));
}

/**
 * @param {Lines} lines
 * @param {string} line
 */
function paragraph(lines, line) {
  lines.at += 1;
  const rest = lines.take((next) => next.trim() !== "" && !BLOCK.test(next));
  return make("p", {}, ...inline([line, ...rest].map((part) => part.trim()).join(" ")));
}

/**
 * @param {Lines} lines
 * @param {string} line
 * @returns {HTMLElement}
 */
function block(lines, line) {
  if (/^#{1,6}\s/.test(line)) return heading(lines, line);
  if (/^(```|~~~)/.test(line)) return fenced(lines, line);
  if (/^\s*([-*+]|\d+[.)])\s+\S/.test(line) && !/^\s{4}/.test(line)) return list(lines, line);
  if (/^\s{4}/.test(line)) return indented(lines);
  if (line.startsWith("|")) return tableBlock(lines);
  return line.startsWith(">") ? quote(lines) : paragraph(lines, line);
}

/**
 * @param {string} text
 * @returns {HTMLElement[]}
 */
function markdown(text) {
  const lines = new Lines(text.split(/\r?\n/));
  const blocks = [];
  for (lines.take(blank); lines.next !== undefined; lines.take(blank)) blocks.push(block(lines, lines.next));
  // Landmarks need names of their own.
  const frames = blocks.flatMap((found) => [found, ...found.querySelectorAll(".wide")]);
  frames
    .filter((found) => found.matches(".wide"))
    .forEach((frame, index) => frame.setAttribute("aria-label", `${say("table")} ${index + 1}`));
  return blocks;
}

/** @param {string} line */
function blank(line) {
  return line.trim() === "";
}

/**
 * A README without its title and its section of values, which the page shows itself.
 * @param {string} text
 */
function readmeBody(text) {
  return text.replace(/^\s*# .*\n/, "").replace(/^## Values\n[^]*?(?=^## |(?![^]))/m, "");
}
