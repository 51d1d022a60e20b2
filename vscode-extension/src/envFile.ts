// The file of variables that a launch configuration names: its debugger reads it, here only the names matter.
import { readFile } from "node:fs/promises";

const NAME = /^\s*(?:export\s+)?([\w.-]+)\s*=/gm;

/** None where there is no such file: the debugger says so. */
export async function namesInFile(path: unknown): Promise<string[]> {
  if (typeof path !== "string") return [];
  const text = await readFile(path, "utf8").catch(() => "");
  return [...text.matchAll(NAME)].map(([, name]) => name ?? "");
}
