// @ts-check
// The view of one chart.

const VALUES_SHOWN = 100;
const VERSIONS_SHOWN = 20;

/**
 * @typedef {object} View
 * @property {RepositoryInfo} repository
 * @property {ChartLine} chart
 * @property {Versions} versions
 * @property {Details} details
 * @property {VersionLine} shown the version that commands name
 * @property {Set<string>} names all charts
 */

/**
 * @param {string} title key of its text
 * @param {...Child} children
 */
function section(title, ...children) {
  return make("section", { "data-title": title }, make("h2", { tabindex: "-1" }, say(title)), ...children);
}

/** @param {string} text */
function command(text) {
  return make("pre", { class: "command" }, make("code", {}, text));
}

/**
 * @param {ChartLine} chart
 * @param {VersionLine} version
 */
function fileName(chart, version) {
  return version.url || `${chart.name}-${version.version}.tgz`;
}

/**
 * Charts of one instance find a Service by INSTANCE-COMPONENT, so a chart's release has that name, and one that holds
 * several charts the name of the instance. A component is called like its chart, without the instance's name before it.
 * @param {string} name of the chart
 * @param {string} instance
 * @param {boolean} holdsCharts
 */
function releaseName(name, instance, holdsCharts) {
  if (holdsCharts) return instance;
  return name.startsWith(`${instance}-`) ? name : `${instance}-${name}`;
}

/** @param {View} view */
function installSection({ repository, chart, versions, details, shown }) {
  const home = repository.umbrella || repository.name;
  const joins = details.values?.some(([key]) => key === "global.instance");
  const holdsCharts = Boolean(versions.dependencies?.length);
  const release = joins ? releaseName(chart.name, home, holdsCharts) : chart.name;
  const parts = [`helm upgrade --install ${release} ${repository.name}/${chart.name}`, `--version ${shown.version}`];
  parts.push(`--namespace ${home} --create-namespace`);
  if (repository.values_file) parts.push(`--values ${repository.values_file}`);
  if (joins && !holdsCharts) parts.push(`--set global.instance=${home}`);
  return section("install", command(parts.join(" \\\n  ")));
}

/** @param {View} view */
function dependenciesSection({ chart, versions, details, names }) {
  const inside = versions.dependencies ?? [];
  if (!details.graph && !inside.length) return null;
  const address = `page/graph/${chart.name}.svg?${chart.details}`;
  // What it is loaded from comes last: a picture without a place in the page is loaded at once otherwise.
  const picture = () =>
    make("figure", {}, make("img", { alt: say("dependenciesAlt", { name: chart.name }), loading: "lazy", src: address }), make("figcaption", {}, make("a", { href: address }, say("openPicture"))));
  const links = inside.map(({ name, version }) => make("li", {}, names.has(name) ? make("a", { href: `#/${name}` }, name) : name, " ", make("span", { class: "version" }, version)));
  const list = links.length > 0 && make("details", {}, make("summary", {}, `${say("contains")} (${links.length})`), make("ul", { class: "columns" }, ...links));
  return section("dependencies", details.graph && picture(), list);
}

/** @param {ValueLine} line */
function valueRow([key, type, value, description]) {
  const cell = (/** @type {string} */ name, /** @type {Child} */ content) =>
    make("td", { role: "cell", class: name }, content);
  const title = make("th", { role: "rowheader", scope: "row" }, make("code", {}, key));
  const shown = value !== "" && make("code", {}, value);
  return make("tr", { role: "row" }, title, cell("type", type), cell("default", shown), cell("description", description));
}

/**
 * @param {string[]} titles keys of their texts
 * @param {string} label
 * @param {HTMLElement} body
 */
function grid(titles, label, body) {
  const heads = titles.map((title) => make("th", { role: "columnheader", scope: "col" }, say(title)));
  // On a phone rows are laid out as blocks, which takes a table's roles away unless they are said.
  const head = make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads));
  return make("table", { role: "table", class: "rows", "aria-label": label }, head, body);
}

/** @param {View} view */
function valuesSection({ details }) {
  const values = details.values ?? [];
  if (!values.length) return null;
  const body = make("tbody", { role: "rowgroup" });
  const table = grid(["key", "type", "default", "description"], say("values"), body);
  const input = make("input", { type: "search", id: "values-filter", placeholder: say("valuesFilter"), "aria-label": say("valuesFilter"), autocomplete: "off", spellcheck: "false" });
  const count = make("p", { class: "quiet", role: "status" });
  const show = () => {
    const asked = words(input.value);
    const found = values.filter((line) => asked.every((word) => line.some((text) => text.toLowerCase().includes(word))));
    count.textContent = say("valuesCount", { count: number(found.length) });
    showInParts(body, table, found, VALUES_SHOWN, valueRow);
  };
  input.addEventListener("input", show);
  const whole = section("values", make("div", { class: "heading" }, input, count), table);
  show();
  return whole;
}

/** @param {View} view */
function changesSection({ chart, details }) {
  const changes = details.changes ?? [];
  if (!changes.length) return null;
  const items = changes.map(([kind, text]) => make("li", {}, kind && make("span", { class: `badge ${kind}` }, kind), " ", text));
  const whole = section("changesSection", make("ul", { class: "changes" }, ...items));
  whole.firstElementChild?.replaceChildren(say("changes", { version: chart.version }));
  return whole;
}

/** @param {View} view */
function verifySection({ repository, chart, shown }) {
  const file = fileName(chart, shown);
  const base = file.split("/").pop() ?? file;
  const address = new URL(file, `${repository.url}/`).href;
  const pull = `helm pull ${repository.name}/${chart.name} --version ${shown.version} --verify --keyring ${repository.signing_key}`;
  return section(
    "verifySection",
    shown.digest && make("p", { class: "digest-line" }, say("digest"), ": ", make("code", { class: "digest" }, shown.digest)),
    shown.digest && command(`curl -fsSLO ${address}\necho "${shown.digest}  ${base}" | sha256sum --check`),
    repository.signing_key && make("p", {}, say("verifySigned")),
    repository.signing_key && command(`curl -fsSLO ${repository.url}/${repository.signing_key}\n${pull}`),
    repository.fingerprint && make("p", {}, say("fingerprint"), ": ", make("code", { class: "digest" }, repository.fingerprint)),
  );
}

/** @param {View} view */
function versionsSection({ chart, versions, shown }) {
  const body = make("tbody", { role: "rowgroup" });
  const label = `${say("versions")} (${number(versions.versions.length)})`;
  const table = grid(["version", "appVersion", "created", "digest", "download"], say("versions"), body);
  const cell = (/** @type {string} */ name, /** @type {...Child} */ ...content) =>
    make("td", { role: "cell", class: name }, ...content);
  const row = (/** @type {VersionLine} */ line) => {
    const link = make("a", { href: `#/${chart.name}/${line.version}`, "aria-current": line === shown ? "true" : undefined }, line.version);
    const warning = line.deprecated && make("span", { class: "badge warn" }, say("deprecated"));
    const title = make("th", { role: "rowheader", scope: "row" }, link, " ", warning, line.reason && make("span", { class: "quiet" }, line.reason));
    const file = make("a", { href: fileName(chart, line), download: true }, make("span", { class: "hidden" }, say("downloadVersion", { version: line.version })), ".tgz");
    return make("tr", { role: "row" }, title, cell("app", line.app), cell("created", line.created), cell("digest", make("code", { title: line.digest }, line.digest?.slice(0, 12))), cell("file", file));
  };
  const whole = section("versions", table);
  whole.firstElementChild?.replaceChildren(label);
  showInParts(body, table, versions.versions, VERSIONS_SHOWN, row);
  return whole;
}

/** @param {View} view */
function readmeSection({ details }) {
  if (!details.readme) return null;
  const box = make("details", { class: "readme" }, make("summary", {}, say("readme")));
  const readme = readmeBody(details.readme);
  // A README can be long: its elements are made when someone opens it.
  box.addEventListener("toggle", () => {
    if (box.childElementCount > 1) return;
    box.append(...markdown(readme));
    addCopyButtons(box);
  });
  return section("readme", box);
}

/**
 * @param {string} title
 * @param {Child[]} values
 */
function fact(title, values) {
  const kept = present(values);
  if (!kept.length) return [];
  return [make("dt", {}, say(title)), ...kept.map((value) => make("dd", {}, value))];
}

/** @param {View} view */
function facts({ chart, versions, details, shown }) {
  const images = (details.images ?? []).map(([name, reference]) => make("code", { title: name }, reference));
  return make(
    "section",
    { class: "facts", "aria-label": say("facts") },
    make(
      "dl",
      {},
      ...fact("version", [shown.version]),
      ...fact("appVersion", [shown.app]),
      ...fact("created", [shown.created]),
      ...fact("kube", [chart.kube]),
      ...fact("license", [details.license]),
      ...fact("home", [versions.home && outside(versions.home, versions.home.replace(/^https?:\/\//, ""))]),
      ...fact("sources", (versions.sources ?? []).map((source) => outside(source, source.replace(/^https?:\/\//, "")))),
      ...fact("maintainers", versions.maintainers ?? []),
      ...fact("keywords", [(chart.keywords ?? []).join(", ")]),
      ...fact("images", images),
    ),
  );
}

/** @param {HTMLElement[]} sections */
function contents(sections) {
  const buttons = sections.map((part) => {
    const button = make("button", { type: "button" }, say(part.dataset.title ?? ""));
    button.addEventListener("click", () => {
      const title = /** @type {HTMLElement} */ (part.firstElementChild);
      part.scrollIntoView();
      title.focus({ preventScroll: true });
    });
    return button;
  });
  return make("nav", { class: "contents", "aria-label": say("sections") }, ...buttons);
}

function backLink() {
  return make("p", {}, make("a", { href: listAddress(lastQuery), class: "back" }, "← ", say("back")));
}

/**
 * @param {View} view
 * @param {string} asked the version in the address, "" for the newest
 */
function chartHead({ chart, versions, details, shown }, asked) {
  const older = shown.version !== chart.version && Object.keys(details).length > 0;
  return [
    backLink(),
    make("h1", { tabindex: "-1" }, chart.name, " ", make("span", { class: "version" }, shown.version)),
    make("p", { class: "lead" }, chart.about),
    asked !== "" && asked !== shown.version && make("p", { class: "note" }, say("unknownVersion", { version: asked, shown: shown.version })),
    shown.deprecated && make("p", { class: "note warn" }, [say("deprecated"), shown.reason].filter(Boolean).join(": ")),
    older && make("p", { class: "note" }, say("olderNote", { version: chart.version })),
    versions.versions.length === 0 && make("p", { class: "note" }, say("failed")),
  ];
}

/**
 * @param {View} view
 * @param {string} asked
 */
function chartView(view, asked) {
  const sections = [installSection, dependenciesSection, valuesSection, changesSection, verifySection, versionsSection, readmeSection]
    .map((part) => part(view))
    .filter((part) => part !== null);
  const body = make("div", { class: "sections" }, contents(sections), ...sections);
  return [...present(chartHead(view, asked)), make("div", { class: "split" }, body, facts(view))];
}
