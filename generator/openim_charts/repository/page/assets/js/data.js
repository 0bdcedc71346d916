// @ts-check
// Data comes as scripts that hand over JSON text: a page opened as a file may not fetch.

/** @type {Map<string, (text: string) => void>} */
const awaited = new Map();

/** @type {Map<string, Promise<any>>} */
const loaded = new Map();

window.helmPage = Object.freeze({
  /**
   * @param {string} name
   * @param {string} text
   */
  receive(name, text) {
    awaited.get(name)?.(text);
  },
});

/**
 * @param {string} name what the file hands over
 * @param {string} path where it is, below page/
 * @param {string} stamp names its content, so that no cache gives an older one
 * @returns {Promise<any>}
 */
function request(name, path, stamp) {
  return new Promise((resolve, reject) => {
    const script = make("script", { src: `page/${path}.js?${stamp}` });
    awaited.set(name, (text) => resolve(JSON.parse(text)));
    script.onload = () => reject(new Error(`${path} does not hold ${name}`));
    script.onerror = () => reject(new Error(`${path} cannot be loaded`));
    document.head.append(script);
  }).finally(() => awaited.delete(name));
}

/**
 * Loads a data file once; a failure is forgotten, so that it can be tried again.
 * @param {string} name
 * @param {string} stamp
 * @param {string} path
 * @returns {Promise<any>}
 */
function load(name, stamp, path = `data/${name}`) {
  const known = loaded.get(name);
  if (known) return known;
  const promise = request(name, path, stamp);
  promise.catch(() => loaded.delete(name));
  loaded.set(name, promise);
  return promise;
}

/**
 * @param {ChartLine} chart
 * @returns {Promise<[Versions, Details]>}
 */
function loadChart(chart) {
  return Promise.all([
    load(`versions/${chart.name}`, chart.stamp),
    chart.details === undefined ? {} : load(`details/${chart.name}`, chart.details),
  ]);
}
