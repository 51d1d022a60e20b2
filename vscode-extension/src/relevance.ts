// Whether a document is any of our business: the language server is not started for others.

const KINDS = "InterceptSpecification|Deployment|StatefulSet|ReplicaSet|DaemonSet|Job|CronJob|Rollout|Pod";
const KIND = new RegExp(`^\\s*kind:\\s*["']?(?:${KINDS})\\b`, "m");

export function isRelevant(path: string, text: string): boolean {
  if (/\.ispec\.ya?ml$/.test(path)) return true;
  return KIND.test(text) || (/^workloads\s*:/m.test(text) && /^handlers\s*:/m.test(text));
}
