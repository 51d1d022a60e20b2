// How the environment of a pod joins that of a launch configuration.

const LISTS = new Set(["PYTHONPATH"]);

/** The configuration's own variables win; lists of folders of the pod come after the workstation's own. */
export function merged(
  pod: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | null>>,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string | null> {
  const environment: Record<string, string | null> = { ...pod, ...own };
  for (const name of LISTS) {
    const before = name in own ? own[name] : inherited[name];
    if (pod[name] && before) environment[name] = `${before}:${pod[name]}`;
  }
  return environment;
}

/** The same for debuggers that take a list of names and values, as those of C++ do. */
export function mergedList(
  pod: Readonly<Record<string, string>>,
  own: readonly { name: string; value: string }[],
): { name: string; value: string }[] {
  const mine = new Set(own.map((one) => one.name));
  const imported = Object.entries(pod).filter(([name]) => !mine.has(name));
  return [...imported.map(([name, value]) => ({ name, value })), ...own];
}
