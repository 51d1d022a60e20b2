// Edits the text of a launch.json and leaves alone what it does not mean: comments, order, indentation.
import { applyEdits, modify, parseTree, findNodeAtLocation, getNodeValue, type FormattingOptions } from "jsonc-parser";

export const EMPTY = `{
  // Use IntelliSense to learn about possible attributes.
  "version": "0.2.0",
  "configurations": []
}
`;

/** The text with one more configuration, at the end. */
export function withConfiguration(text: string, configuration: object): string {
  const source = text.trim() === "" ? EMPTY : text;
  const formattingOptions = formatting(source);
  const known = parseTree(source);
  const list = known && findNodeAtLocation(known, ["configurations"]);
  const edits =
    list?.type === "array"
      ? modify(source, ["configurations", -1], configuration, { formattingOptions, isArrayInsertion: true })
      : modify(source, ["configurations"], [configuration], { formattingOptions });
  return applyEdits(source, edits);
}

/** The text with variables added to `env` of the configuration of that name; those that are there keep their value. */
export function withEnvironment(text: string, name: string, environment: Readonly<Record<string, string>>): string {
  const index = names(text).indexOf(name);
  if (index < 0) throw new Error(`there is no launch configuration "${name}"`);
  const formattingOptions = formatting(text);
  const before = valueAt(text, ["configurations", index, "env"]);
  const own = typeof before === "object" && before !== null ? (before as Record<string, unknown>) : {};
  let edited = text;
  for (const [variable, value] of Object.entries(environment).sort(([a], [b]) => a.localeCompare(b))) {
    if (variable in own) continue;
    const edits = modify(edited, ["configurations", index, "env", variable], value, { formattingOptions });
    edited = applyEdits(edited, edits);
  }
  return edited;
}

/** The configurations' names, in order. */
export function names(text: string): string[] {
  const list = valueAt(text, ["configurations"]);
  if (!Array.isArray(list)) return [];
  return list.map((one: unknown) => (one as { name?: string } | null)?.name ?? "");
}

function valueAt(text: string, path: (string | number)[]): unknown {
  const root = parseTree(text);
  const node = root && findNodeAtLocation(root, path);
  return node ? (getNodeValue(node) as unknown) : undefined;
}

function formatting(text: string): FormattingOptions {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  return {
    insertSpaces: !indent.startsWith("\t"),
    tabSize: indent.startsWith("\t") ? 4 : indent.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
}
