// Whether a document is any of our business: the language server is not started for others.

/** Of specifications alone, so that what others say about YAML is not said of their templates. */
export const SPECIFICATION = "intercept-specification";

const KINDS = "InterceptSpecification|Deployment|StatefulSet|ReplicaSet|DaemonSet|Job|CronJob|Rollout|Pod";
/** As the server finds workloads, in telelens_server/manifests.py: at the margin. What is indented names something else. */
const KIND = new RegExp(`^\\uFEFF?kind:[ \\t]*["']?(?:${KINDS})["']?[ \\t]*(?:#.*)?$`, "m");
const SPECIFICATION_KIND = "InterceptSpecification";
const ROOT_KIND = /^kind:[ \t]*["']?(\w*)/gm;

export function isRelevant(path: string, text: string): boolean {
  return /\.ispec\.ya?ml$/.test(path) || KIND.test(text) || isFileForm(text);
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

function isFileForm(text: string): boolean {
  return /^workloads\s*:/m.test(text) && /^handlers\s*:/m.test(text);
}
