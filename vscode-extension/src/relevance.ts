// Whether a document is any of our business: the language server is not started for others.

/** Of specifications alone, so that what others say about YAML is not said of their templates. */
export const SPECIFICATION = "intercept-specification";

const WORKLOADS = "Deployment|StatefulSet|ReplicaSet|DaemonSet|Job|CronJob|Rollout|Pod";
/** As the server finds workloads, in telelens_server/manifests.py: at the margin. What is indented names something else. */
const KIND = kindAt("\\uFEFF?", `InterceptSpecification|${WORKLOADS}`);
/** Whose items have a margin of their own. */
const LIST = kindAt("\\uFEFF?", "List");
const FIRST_ITEM = /^items:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( *)-( *)/m;
const SPECIFICATION_KIND = "InterceptSpecification";
/** Keys at the margin, and where another document begins, which has none. */
const ROOT = /^\uFEFF?(["']?)(kind|workloads|handlers)\1[ \t]*:|^---(?!\S)/gm;
const ROOT_KIND = /^kind:[ \t]*["']?(\w*)/gm;

export function isRelevant(path: string, text: string): boolean {
  return /\.ispec\.ya?ml$/.test(path) || KIND.test(text) || isFileForm(text) || listsWorkload(text);
}

/**
 * Whether all of it is a specification, or several. Beside manifests, which are other extensions' business, only where
 * they could not read the file either: with templates it is no YAML.
 */
export function isSpecification(text: string): boolean {
  const kinds = [...text.matchAll(ROOT_KIND)].map(([, kind]) => kind);
  if (kinds.length === 0) return isFileForm(text);
  const isOurs = (kind: string | undefined): boolean => kind === SPECIFICATION_KIND;
  return kinds.every(isOurs) || (kinds.some(isOurs) && text.includes("{{"));
}

/** One of the text's documents has both keys at its root, and is no object of Kubernetes, as the server looks for it. */
function isFileForm(text: string): boolean {
  if (!text.includes("workloads") || !text.includes("handlers")) return false;
  let seen = new Set<string>();
  for (const [, , key] of text.matchAll(ROOT)) {
    if (key) seen.add(key);
    else if (isWhole(seen)) return true;
    else seen = new Set();
  }
  return isWhole(seen);
}

function isWhole(keys: Set<string>): boolean {
  return keys.has("workloads") && keys.has("handlers") && !keys.has("kind");
}

/** Each item is taken to be indented as the first is. */
function listsWorkload(text: string): boolean {
  const first = LIST.test(text) ? FIRST_ITEM.exec(text) : null;
  if (!first) return false;
  const [, before = "", behind = ""] = first;
  return kindAt(`${before}[- ]${behind.padEnd(1)}`, WORKLOADS).test(text);
}

function kindAt(margin: string, kinds: string): RegExp {
  return new RegExp(`^${margin}kind:[ \\t]*["']?(?:${kinds})["']?[ \\t]*(?:#.*)?$`, "m");
}
