// Variables and paths in a `telelens` block: it is needed before the editor substitutes those of a launch configuration.
import { homedir } from "node:os";
import { delimiter, resolve, sep } from "node:path";
import type { DebugConfiguration, WorkspaceFolder } from "vscode";
import { BlockError, type Block } from "./block";

const VARIABLE = /\$\{([^}]*)\}/g;

/** Flags of kubectl whose value is a file. */
const FILE_FLAGS = ["certificate-authority", "client-certificate", "client-key"];

/**
 * The configuration, with the variables in its block that are known by then put in, and its files as seen from the
 * folder; other variables stay as they are written.
 */
export function withVariables(
  configuration: DebugConfiguration,
  folder: WorkspaceFolder | undefined,
): DebugConfiguration {
  const block = configuration["telelens"] as unknown;
  return block === undefined ? configuration : { ...configuration, telelens: located(replaced(block, folder), folder) };
}

function located(block: unknown, folder: WorkspaceFolder | undefined): unknown {
  if (!folder || typeof block !== "object" || block === null || Array.isArray(block)) return block;
  return withFiles(block, (path) => seenFrom(folder, path));
}

/** The block as others can have it, too: its files in the folder or at home written as seen from there. */
export function portable(block: Block, folder: WorkspaceFolder): Block {
  const places = [
    ["${workspaceFolder}", folder.uri.fsPath],
    ["${userHome}", homedir()],
  ] as const;
  return withFiles(block, (path) => {
    const inside = places.find(([, place]) => path.startsWith(place + sep));
    return inside ? inside[0] + path.slice(inside[1].length) : path;
  });
}

/** The block, what it has of files made another. What a variable is left in is not known to be one. */
function withFiles<T extends { kubeconfig?: unknown; kubeFlags?: unknown }>(
  block: T,
  other: (path: string) => string,
): T {
  const made = (written: unknown): unknown =>
    typeof written !== "string" || written === "" || written.includes("${") ? written : other(written);
  const { kubeconfig, kubeFlags } = block;
  const found: T = { ...block };
  // It may be a list, as the variable KUBECONFIG.
  if (typeof kubeconfig === "string" && !kubeconfig.includes("${"))
    found.kubeconfig = kubeconfig.split(delimiter).map(made).join(delimiter);
  if (typeof kubeFlags === "object" && kubeFlags !== null) {
    const flags = Object.entries(kubeFlags).map(([name, value]: [string, unknown]) => [
      name,
      FILE_FLAGS.includes(name) ? made(value) : value,
    ]);
    found.kubeFlags = Object.fromEntries(flags) as unknown;
  }
  return found;
}

/** What begins in somebody else's home is not known to be relative. */
function seenFrom(folder: WorkspaceFolder, written: string): string {
  const path = written.replace(/^~(?=\/|$)/, homedir());
  return path.startsWith("~") ? path : resolve(folder.uri.fsPath, path);
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
