// @ts-check
// Making and finding elements. Text from charts only ever becomes text nodes.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | undefined>} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...present(children));
  return element;
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function present(children) {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (typeof child === "number" ? String(child) : /** @type {Node | string} */ (child)));
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * A link to another site; a plain text where the address is no web or mail address.
 * @param {string} address
 * @param {Child} label
 * @returns {Node}
 */
function outside(address, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return make("span", {}, label);
  return make("a", { href: address, rel: "noopener noreferrer" }, label);
}

/**
 * Says something to screen readers, and to everyone for a moment.
 * @param {string} message
 */
function announce(message) {
  const announcer = byId("announcer");
  announcer.textContent = message;
  setTimeout(() => {
    if (announcer.textContent === message) announcer.textContent = "";
  }, 4000);
}
