// launch.json: read as VS Code reads it; written only when the user says so, and then with its comments.
import { join } from "node:path";
import * as vscode from "vscode";
import type { Block } from "./block";
import { portable, withVariables } from "./blockVariables";
import type { Ctx } from "./ctx";
import { lasting, literal, withBeneath, without } from "./environment";
import type { Variables } from "./handlerVariables";
import type { Unsaved } from "./interceptions";
import { EMPTY, names, withConfiguration, withEnvironment } from "./launchText";
import { pick, type Meant } from "./menu";
import { capitalised, warn } from "./problems";

/** The configurations of the folder and of its workspace. */
export function configurations(folder: vscode.WorkspaceFolder | undefined): vscode.DebugConfiguration[] {
  const launch = vscode.workspace.getConfiguration("launch", folder);
  // A copy: what VS Code hands out must not be changed.
  const copies = structuredClone(launch.get<vscode.DebugConfiguration[]>("configurations", []));
  return copies.map((one) => withVariables(one, folder));
}

/** Whether the folder has some of its own: otherwise they are the workspace's. */
export function hasConfigurations(folder: vscode.WorkspaceFolder): boolean {
  const launch = vscode.workspace.getConfiguration("launch", folder);
  return launch.inspect("configurations")?.workspaceFolderValue !== undefined;
}

/** A name like this that none of them has. */
export function freeName(wanted: string, known: readonly vscode.DebugConfiguration[]): string {
  const taken = new Set(known.map((one) => one.name));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted} ${number}`;
  return name;
}

export function isSaved(configuration: vscode.DebugConfiguration, folder: vscode.WorkspaceFolder): boolean {
  return configurations(folder).some((one) => one.name === configuration.name && one["telelens"] !== undefined);
}

/** Add the configuration and show it; whether the user, who may be asked what goes into it, has not thought better. */
export async function save(ctx: Ctx, unsaved: Unsaved): Promise<boolean> {
  const { configuration, folder } = unsaved;
  const variables = await wantedVariables(ctx, unsaved);
  if (!variables) return false;
  const name = freeName(configuration.name, configurations(folder));
  const telelens = portable(configuration["telelens"] as Block, folder);
  const saved = { ...withBeneath(configuration, variables), name, telelens };
  await edit(folder, (text) => withConfiguration(text, saved));
  ctx.output.info(`saved the launch configuration "${name}"`);
  return true;
}

/** Which of the handler's variables are written, too. undefined: nothing is. */
async function wantedVariables(ctx: Ctx, { handler, handlerVariables }: Unsaved): Promise<Variables | undefined> {
  const variables = literal(handlerVariables);
  const leftOut = Object.keys(handlerVariables).filter((name) => !(name in variables));
  const found = Object.keys(variables);
  if (found.length === 0) {
    if (leftOut.length > 0) warn(ctx, notWritten(leftOut));
    return {};
  }
  const [write, leave] = ["Write Them", "Leave Them Out"];
  const message = `Write the variables of the handler ${handler} into launch.json, too?`;
  const detail = [
    `The program runs with them in that one's place: ${listed(found)}.`,
    "They may hold secrets, and launch.json is often committed; started from there without them, the program has those of the pod alone.",
    ...(leftOut.length > 0 ? [capitalised(notWritten(leftOut))] : []),
  ].join(" ");
  const chosen = await vscode.window.showInformationMessage(message, { modal: true, detail }, write, leave);
  if (chosen === write) return variables;
  return chosen === leave ? {} : undefined;
}

function notWritten(variables: readonly string[]): string {
  return `not written, as they would mean something else in launch.json: ${listed(variables)}.`;
}

function listed(variables: readonly string[]): string {
  return [...variables].sort().join(", ");
}

/** Of what was started by a click. */
export async function saveConfiguration(ctx: Ctx): Promise<void> {
  const unsaved = (await pick(ctx, "Save the configuration of which intercept?"))?.unsaved;
  if (unsaved) await save(ctx, unsaved);
}

/** For debuggers and tools that read launch.json themselves. `argument`: of the code action on an intercept. */
export async function importEnvironment(ctx: Ctx, argument: unknown): Promise<void> {
  const meant = (argument as { workload?: Meant } | undefined)?.workload;
  const held = await pick(ctx, "Import the environment of which intercept?", meant);
  const folder = held?.folder ?? vscode.workspace.workspaceFolders?.[0];
  if (!folder || !held) return;
  if (names(await read(folder)).length === 0 && !(await savedFirst(ctx, folder, held.unsaved))) return;
  const { workload } = held.intercepted;
  // What the handler says itself, the pod's would hide.
  const ofPod = without(held.intercepted.environment, Object.keys(held.handlerVariables));
  const environment = lasting(ofPod);
  const leftOut = Object.keys(ofPod).filter((name) => !(name in environment));
  const title = `Write ${Object.keys(environment).length} variables of ${workload} into which configuration?`;
  const placeHolder = "They may hold secrets, and launch.json is often committed";
  const chosen = await vscode.window.showQuickPick(names(await read(folder)), { title, placeHolder });
  if (!chosen) return;
  await edit(folder, (text) => withEnvironment(text, chosen, environment));
  if (leftOut.length > 0) ctx.output.info(notWritten(leftOut));
}

/** Without a configuration there is nothing to import into: whether the user has saved the one that runs. */
async function savedFirst(ctx: Ctx, folder: vscode.WorkspaceFolder, unsaved: Unsaved | undefined): Promise<boolean> {
  const keep = "Save Configuration";
  const message = `Telelens: ${folder.name} has no launch configuration in .vscode/launch.json to write variables into.`;
  const chosen = await vscode.window.showInformationMessage(message, ...(unsaved ? [keep] : []));
  return chosen === keep && unsaved !== undefined && (await save(ctx, unsaved));
}

async function edit(folder: vscode.WorkspaceFolder, change: (text: string) => string): Promise<void> {
  const before = await read(folder);
  const uri = file(folder);
  if (before === "") await vscode.workspace.fs.writeFile(uri, Buffer.from(EMPTY));
  // As an edit of the document it can be undone, and does not overwrite what is not saved yet.
  const document = await vscode.workspace.openTextDocument(uri);
  const whole = new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
  const replacing = new vscode.WorkspaceEdit();
  replacing.replace(uri, whole, change(document.getText()));
  await vscode.workspace.applyEdit(replacing);
  await document.save();
  await vscode.window.showTextDocument(document);
}

async function read(folder: vscode.WorkspaceFolder): Promise<string> {
  try {
    return (await vscode.workspace.openTextDocument(file(folder))).getText();
  } catch {
    return "";
  }
}

function file(folder: vscode.WorkspaceFolder): vscode.Uri {
  return vscode.Uri.file(join(folder.uri.fsPath, ".vscode", "launch.json"));
}
