// Edits the text of a launch.json and leaves alone what it does not mean: comments, order, indentation.
import { applyEdits, modify, parseTree, findNodeAtLocation, getNodeValue, type FormattingOptions } from "jsonc-parser";
import { LISTED } from "./environment";

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

/** The text with variables added to the configuration of that name, where its type reads them; its own keep their value. */
export function withEnvironment(text: string, name: string, environment: Readonly<Record<string, string>>): string {
  const index = names(text).indexOf(name);
  if (index < 0) throw new Error(`there is no launch configuration "${name}"`);
  const isListed = LISTED.has(String(valueAt(text, ["configurations", index, "type"])));
  const path = ["configurations", index, isListed ? "environment" : "env"];
  const before = valueAt(text, path);
  const own = isListed ? namesListed(before) : Object.keys(before ?? {});
  const formattingOptions = formatting(text);
  const edit = (edited: string, at: (string | number)[], value: unknown): string =>
    applyEdits(edited, modify(edited, at, value, { formattingOptions }));
  // Into null nothing can be added.
  let edited = before === null ? edit(text, path, isListed ? [] : {}) : text;
  for (const [variable, value] of Object.entries(environment).sort(([a], [b]) => a.localeCompare(b))) {
    if (own.includes(variable)) continue;
    edited = isListed
      ? edit(edited, [...path, -1], { name: variable, value })
      : edit(edited, [...path, variable], value);
  }
  return edited;
}

function namesListed(environment: unknown): unknown[] {
  return Array.isArray(environment) ? environment.map((one: unknown) => (one as { name?: unknown } | null)?.name) : [];
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
