// @ts-check
// Long lists are shown part by part: a first part at once, the next ones on demand.

/**
 * Shows items in a list or table body, and after its frame a button for more.
 * @template T
 * @param {HTMLElement} parent gets one element an item
 * @param {HTMLElement} frame the button stands after it
 * @param {T[]} items
 * @param {number} size items a part
 * @param {(item: T) => HTMLElement} render
 */
function showInParts(parent, frame, items, size, render) {
  removeMore(frame);
  parent.replaceChildren(...items.slice(0, size).map(render));
  let shown = size;
  if (items.length <= shown) return;
  const button = make("button", { type: "button", class: "more" });
  const label = () => {
    const rest = items.length - shown;
    button.textContent = say("more", { count: number(Math.min(size, rest)), rest: number(rest) });
  };
  button.addEventListener("click", () => {
    const part = items.slice(shown, shown + size).map(render);
    parent.append(...part);
    shown += size;
    label();
    focusFirst(part);
    if (shown >= items.length) button.remove();
  });
  label();
  frame.after(button);
}

/**
 * The keyboard goes on where the new part begins.
 * @param {HTMLElement[]} part
 */
function focusFirst(part) {
  const link = part[0]?.querySelector("a, button");
  if (link instanceof HTMLElement) link.focus();
}

/** @param {HTMLElement} frame */
function removeMore(frame) {
  const next = frame.nextElementSibling;
  if (next?.classList.contains("more")) next.remove();
}
