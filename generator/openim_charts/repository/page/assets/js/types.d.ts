/** A chart's line in the list. */
interface ChartLine {
  name: string;
  version: string;
  app?: string;
  about?: string;
  keywords?: string[];
  kube?: string;
  deprecated?: boolean;
  count: number;
  /** Names the content of its versions file. */
  stamp: string;
  /** Names the content of its details file; absent when there is none. */
  details?: string;
}

interface RepositoryInfo {
  name: string;
  url: string;
  umbrella: string;
  values_file: string;
  signing_key: string;
  fingerprint: string;
}

interface ChartList {
  repository: RepositoryInfo;
  charts: ChartLine[];
}

interface VersionLine {
  version: string;
  app?: string;
  created?: string;
  digest?: string;
  url?: string;
  deprecated?: boolean;
  reason?: string;
}

interface Versions {
  versions: VersionLine[];
  home?: string;
  sources?: string[];
  maintainers?: string[];
  dependencies?: { name: string; version: string }[];
}

/** Key, type, default, description. */
type ValueLine = [string, string, string, string];

interface Details {
  readme?: string;
  values?: ValueLine[];
  /** Kind and text. */
  changes?: [string, string][];
  /** Name and reference. */
  images?: [string, string][];
  license?: string;
  graph?: boolean;
}

/** Values keys: parts, and for each chart the parts that it has. */
interface KeyIndex {
  sets: string[][];
  charts: Record<string, number[]>;
}

interface Found {
  chart: ChartLine;
  score: number;
  /** Values keys that matched. */
  keys: string[];
}

interface Route {
  name: string;
  version: string;
  query: string;
}

interface Window {
  helmPage: { receive(name: string, text: string): void };
}
