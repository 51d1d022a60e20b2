// Which launch configuration debugs a workload: one that names it, else what the user picks.
import { basename, dirname, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import type { Block } from "./block";
import type { Ctx } from "./ctx";
import { configurations, freeName, hasConfigurations } from "./launchFile";

const MOST_FILES = 500;
const NOT_PROGRAMS = "**/{node_modules,.venv,venv,__pycache__,site-packages,.git,tests,test}/**";

/** What a program is picked for. */
export interface Wanted {
  folder: vscode.WorkspaceFolder | undefined;
  near: vscode.Uri;
  block: Block;
  /** The handler of a specification in whose place it runs; empty: there is none. */
  handler: string;
}

/** What is remembered of a choice. */
type Choice = { configuration: string } | { program: string };

interface Item extends vscode.QuickPickItem {
  choice?: Choice;
  browse?: boolean;
}

/** A configuration, and the folder that it is started in: where its program is, be the document elsewhere. */
export interface Startable {
  configuration: vscode.DebugConfiguration;
  folder: vscode.WorkspaceFolder | undefined;
}

/** The configurations that name the block's workload: the folder's, and where it has none those of the others. */
export function matchingConfigurations(folder: vscode.WorkspaceFolder | undefined, block: Block): Startable[] {
  const own = matchingIn(folder, block);
  if (own.length > 0) return own;
  const others = (vscode.workspace.workspaceFolders ?? []).filter((one) => one !== folder && hasConfigurations(one));
  return others.flatMap((one) => matchingIn(one, block));
}

function matchingIn(folder: vscode.WorkspaceFolder | undefined, block: Block): Startable[] {
  const matching = configurations(folder).filter((one) => matches(one, block));
  return matching.map((configuration) => ({ configuration, folder }));
}

/** What a choice is of, where the window has more than one. */
function whose({ configuration, folder }: Startable): string {
  const { workspaceFolders } = vscode.workspace;
  return workspaceFolders && workspaceFolders.length > 1 && folder
    ? `${configuration.type} · ${folder.name}`
    : configuration.type;
}

/** One that is `matching` or made for what is wanted, ready to be started; undefined: the user picked none. */
export async function pickConfiguration(
  ctx: Ctx,
  wanted: Wanted,
  matching: readonly Startable[],
): Promise<Startable | undefined> {
  const { folder, block } = wanted;
  if (matching.length === 1) return matching[0];
  if (matching.length > 1) {
    const items = matching.map((one) => ({
      label: one.configuration.name,
      description: whose(one),
      one,
    }));
    return (await vscode.window.showQuickPick(items, { title: title(block) }))?.one;
  }
  const known = configurations(folder);
  const last = ctx.context.workspaceState.get<Choice>(memory(block));
  const choice = await ask(known, wanted, last);
  if (!choice) return undefined;
  await ctx.context.workspaceState.update(memory(block), choice);
  return made(choice, known, wanted);
}

function matches(configuration: vscode.DebugConfiguration, block: Block): boolean {
  const own = configuration["telelens"] as Partial<Block> | undefined;
  if (own?.workload !== block.workload) return false;
  return (
    (!own.kind || !block.kind || own.kind === block.kind) &&
    (!own.namespace || !block.namespace || own.namespace === block.namespace)
  );
}

function made(
  choice: Choice,
  known: readonly vscode.DebugConfiguration[],
  { folder: given, block }: Wanted,
): Startable | undefined {
  if ("configuration" in choice) {
    const found = known.find((one) => one.name === choice.configuration);
    return found && { configuration: { ...found, telelens: block }, folder: given };
  }
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(choice.program)) ?? given;
  const inside = folder ? relative(folder.uri.fsPath, choice.program) : choice.program;
  const configuration = {
    // Restart begins the one of that name in launch.json anew, if there is one.
    name: freeName(`Intercept ${block.workload}`, configurations(folder)),
    type: "telelens",
    request: "launch",
    program: folder && !inside.startsWith("..") ? `\${workspaceFolder}/${inside}` : choice.program,
    telelens: block,
  };
  return { configuration, folder };
}

async function ask(
  known: readonly vscode.DebugConfiguration[],
  { folder, near, block, handler }: Wanted,
  last: Choice | undefined,
): Promise<Choice | undefined> {
  const items: Item[] = [];
  const launchable = known.filter((one) => !one["telelens"]);
  if (launchable.length > 0) {
    items.push({ label: "launch.json", kind: vscode.QuickPickItemKind.Separator });
    items.push(
      ...launchable.map((one) => ({ label: one.name, description: one.type, choice: { configuration: one.name } })),
    );
  }
  const files = await vscode.workspace.findFiles("**/*.py", NOT_PROGRAMS, MOST_FILES);
  if (files.length > 0) items.push({ label: "Python files", kind: vscode.QuickPickItemKind.Separator });
  const sorted = files.sort((a, b) => distance(a, near) - distance(b, near) || a.fsPath.localeCompare(b.fsPath));
  for (const file of sorted) {
    const where = folder ? relative(folder.uri.fsPath, dirname(file.fsPath)) : dirname(file.fsPath);
    items.push({ label: basename(file.fsPath), description: where, choice: { program: file.fsPath } });
  }
  items.push({ label: "", kind: vscode.QuickPickItemKind.Separator }, { label: "Browse…", browse: true });
  const again = items.find((item) => last && isDeepStrictEqual(item.choice, last));
  if (again) items.unshift({ label: "as before", kind: vscode.QuickPickItemKind.Separator }, { ...again });
  const chosen = await vscode.window.showQuickPick(items, {
    title: title(block),
    placeHolder: handler
      ? `In place of the handler ${handler}, which is not run: a launch configuration or a Python file`
      : "A launch configuration or a Python file; it can be saved to launch.json afterwards",
    matchOnDescription: true,
  });
  if (!chosen?.browse) return chosen?.choice;
  const opened = await vscode.window.showOpenDialog({ title: title(block), filters: { Python: ["py"] } });
  return opened?.[0] && { program: opened[0].fsPath };
}

/** How many folders one goes up and down from one file to the other. */
function distance(file: vscode.Uri, near: vscode.Uri): number {
  return relative(dirname(near.fsPath), file.fsPath).split("/").length;
}

function title(block: Block): string {
  return `Debug ${block.workload} with`;
}

function memory(block: Block): string {
  return `debug ${block.namespace ?? ""}/${block.kind ?? ""}/${block.workload}`;
}
