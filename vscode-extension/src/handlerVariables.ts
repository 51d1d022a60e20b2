// Variables of the handler in whose place a program runs, on their way to that one's session. Nothing here knows the
// editor.

export type Variables = Readonly<Record<string, string>>;

/** Key of a launch configuration that holds them, `sealed`. */
export const HANDLER_VARIABLES = "telelensHandlerVariables";

/** As a text in which the editor, which puts its own variables into all of a configuration, finds none. */
export function sealed(variables: Variables): string {
  return JSON.stringify(variables).replaceAll("$", "\\u0024");
}

/** None where the configuration stands in for no handler. */
export function handlerVariables(configuration: Readonly<Record<string, unknown>>): Variables {
  const text = configuration[HANDLER_VARIABLES];
  return typeof text === "string" ? (JSON.parse(text) as Variables) : {};
}

/** Those of a program that was given other local ports: one that is the number of such a port is that of the other. */
export function onOtherPorts(variables: Variables, others: ReadonlyMap<number, number>): Variables {
  const texts = new Map([...others].map(([port, other]) => [String(port), String(other)]));
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, texts.get(value) ?? value]));
}
