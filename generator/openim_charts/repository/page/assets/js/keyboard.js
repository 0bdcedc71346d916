// @ts-check
// Keys: / to search, arrows through the results, Enter to open one, Esc to go back.

/** @returns {HTMLElement[]} what arrow keys move through */
function stops() {
  const links = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#list h3 a"));
  const more = /** @type {HTMLElement | null} */ (document.querySelector("#list + .more"));
  return more ? [...links, more] : [...links];
}

/**
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key belongs to a field that is being edited
 */
function isTyping(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return target.matches("input, select, textarea") || target.isContentEditable;
}

/** @param {KeyboardEvent} event */
function moveFocus(event) {
  const list = stops();
  const query = byId("query");
  const at = list.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (at < 0 && document.activeElement !== query) return;
  /** @type {Record<string, HTMLElement | undefined>} */
  const targets = {
    ArrowDown: list[Math.min(at + 1, list.length - 1)],
    ArrowUp: at > 0 ? list[at - 1] : query,
    Home: at < 0 ? undefined : list[0],
    End: at < 0 ? undefined : list[list.length - 1],
  };
  const target = targets[event.key];
  if (!target) return;
  event.preventDefault();
  target.focus();
}

/**
 * @param {KeyboardEvent} event
 * @param {() => void} leave what Esc does outside of fields
 */
function onKey(event, leave) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const query = /** @type {HTMLInputElement} */ (byId("query"));
  if (event.key === "/" && !isTyping(event)) {
    event.preventDefault();
    query.focus();
    query.select();
  } else if (event.key === "Escape") {
    stepBack(event, query, leave);
  } else {
    moveFocus(event);
  }
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLInputElement} query
 * @param {() => void} leave
 */
function stepBack(event, query, leave) {
  const target = event.target;
  event.preventDefault();
  if (target instanceof HTMLInputElement && target.value) {
    target.value = "";
    target.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (target instanceof HTMLInputElement) {
    target.blur();
  } else if (stops().includes(/** @type {HTMLElement} */ (target))) {
    query.focus();
  } else {
    leave();
  }
}
