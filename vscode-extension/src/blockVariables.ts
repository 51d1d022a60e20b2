// Variables in a `telelens` block: it is needed before the editor substitutes those of a launch configuration.
import { homedir } from "node:os";
import type { DebugConfiguration, WorkspaceFolder } from "vscode";
import { BlockError } from "./block";

const VARIABLE = /\$\{([^}]*)\}/g;

/** The configuration, with those in its block that are known by then put in; others stay as they are written. */
export function withVariables(
  configuration: DebugConfiguration,
  folder: WorkspaceFolder | undefined,
): DebugConfiguration {
  const block = configuration["telelens"] as unknown;
  return block === undefined ? configuration : { ...configuration, telelens: replaced(block, folder) };
}

/** Throws a BlockError where the block has one that was not known. */
export function refuseVariables(block: object): void {
  const [left] = JSON.stringify(block).match(VARIABLE) ?? [];
  if (left === undefined) return;
  const known = ["${workspaceFolder}", "${userHome}", "${env:NAME}"].join(", ");
  throw new BlockError(`${left} is not known in a "telelens" block, which is needed before it: there are ${known}`);
}

function replaced(value: unknown, folder: WorkspaceFolder | undefined): unknown {
  if (typeof value === "string")
    return value.replaceAll(VARIABLE, (written, name: string) => valueOf(name, folder) ?? written);
  if (Array.isArray(value)) return value.map((one: unknown) => replaced(one, folder));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, folder)]));
}

/** One that is not set is empty, as everywhere in a launch configuration. */
function valueOf(name: string, folder: WorkspaceFolder | undefined): string | undefined {
  if (name === "workspaceFolder") return folder?.uri.fsPath;
  if (name === "userHome") return homedir();
  return name.startsWith("env:") ? (process.env[name.slice("env:".length)] ?? "") : undefined;
}
