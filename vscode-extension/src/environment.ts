// How the environment of a pod joins that of a launch configuration.

const LISTS = new Set(["PYTHONPATH"]);

/** Types of configurations whose variables are a list, `environment`, and not a mapping, `env`. */
export const LISTED = new Set(["cppdbg", "cppvsdbg"]);

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

/** Of a pod, but for those that the workstation has from elsewhere. */
export function without(
  pod: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(pod).filter(([name]) => !names.includes(name)));
}

/** What a launch configuration may say, in which the editor would read other values as variables of its own. */
export function literal(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => !value.includes("${")));
}

/**
 * What may be written into a launch.json. Not what is of one intercept alone, nor lists of folders, which would take the
 * place of the workstation's own; nor what the editor would read as a variable or a command of its own.
 */
export function lasting(pod: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const written = ([name]: [string, string]): boolean => !/^TELE(?:PRESENCE|LENS)_/.test(name) && !LISTS.has(name);
  return Object.fromEntries(Object.entries(literal(pod)).filter(written));
}

/** A launch configuration with more variables, of which its own win. */
export function withBeneath<T extends { type: string; [key: string]: unknown }>(
  configuration: T,
  variables: Readonly<Record<string, string>>,
): T {
  if (Object.keys(variables).length === 0) return configuration;
  if (LISTED.has(configuration.type)) {
    const own = (configuration["environment"] ?? []) as { name: string; value: string }[];
    return { ...configuration, environment: mergedList(variables, own) };
  }
  const own = (configuration["env"] ?? {}) as Record<string, string | null>;
  return { ...configuration, env: { ...variables, ...own } };
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

/** What a launch configuration sets a variable to; undefined: it does not. */
export function variableOf(configuration: { type: string; [key: string]: unknown }, name: string): string | undefined {
  const own = LISTED.has(configuration.type)
    ? ((configuration["environment"] ?? []) as { name: string; value: string }[])
    : Object.entries((configuration["env"] ?? {}) as Record<string, string | null>).map(([name, value]) => ({
        name,
        value,
      }));
  return own.find((one) => one.name === name)?.value ?? undefined;
}

/** A launch configuration with one variable, whatever it had for that. */
export function withVariable<T extends { type: string; [key: string]: unknown }>(
  configuration: T,
  name: string,
  value: string,
): T {
  if (!LISTED.has(configuration.type)) {
    const own = (configuration["env"] ?? {}) as Record<string, string | null>;
    return { ...configuration, env: { ...own, [name]: value } };
  }
  const own = (configuration["environment"] ?? []) as { name: string; value: string }[];
  return { ...configuration, environment: [...own.filter((one) => one.name !== name), { name, value }] };
}

/**
 * A launch configuration whose own variables follow others that were given new values: what tells the program its port
 * may stand there, too, with the port that another one has.
 */
export function withMoved<T extends { type: string; [key: string]: unknown }>(
  configuration: T,
  before: Readonly<Record<string, string>>,
  moved: Readonly<Record<string, string>>,
): T {
  return Object.entries(moved).reduce(
    (made, [name, value]) =>
      value !== before[name] && variableOf(made, name) === before[name] ? withVariable(made, name, value) : made,
    configuration,
  );
}
