// The buttons above workloads and intercepts.
import * as vscode from "vscode";
import type { Block } from "./block";
import { asSpecified, blockOf, blockOfSpecification, paramsOf, writtenPort } from "./block";
import { refuseVariables } from "./blockVariables";
import { matchingConfigurations, pickConfiguration } from "./candidates";
import type { Ctx } from "./ctx";
import { tellCurl } from "./curl";
import { withMoved } from "./environment";
import { HANDLER_VARIABLES, onOtherPorts, sealed } from "./handlerVariables";
import { isSaved } from "./launchFile";
import { ASKED, MOVED, movedPorts, withFreePorts } from "./ports";
import { confirms, inform } from "./problems";
import { debugTargetRequest, type DebugTarget, type InterceptPlace } from "./requests";
import { PUT_IN, SPECIFIED } from "./sessions";
import { defaults } from "./settings";

/** What a code lens says: a workload of a manifest, or an intercept of a specification. */
interface Argument {
  uri: string;
  kind?: string;
  name?: string;
  namespace?: string;
  /** Which of the file's manifests that are called so. */
  occurrence?: number;
  /** Its name, of an intercept always there: empty where a template writes that of the workload, too. */
  intercept?: string;
  /** Which it is, whatever its name: only the server needs to know. */
  place?: InterceptPlace;
  workload?: { kind?: string; name: string; namespace?: string };
}

/** From the click to a session that stops at the user's breakpoints. */
export async function interceptAndDebug(ctx: Ctx, argument: unknown): Promise<void> {
  const wanted = argument as Argument;
  const near = folderOf(wanted.uri);
  const { block, target } = await meantBy(ctx, wanted);
  if (!block) return;
  // How the program is run, the configuration says; what is intercepted, the specification, where there is one.
  const blockWith = (given: Block | undefined): Block =>
    isSpecified(wanted) ? asSpecified(block, given) : (given ?? block);
  const isUsed = (one: Block): boolean => ctx.interceptions.isUsed(one);
  const matching = matchingConfigurations(near, block);
  // Nobody is asked for a program and told afterwards that none is needed.
  const possible = matching.length > 0 ? matching.map((one) => blockWith(blockOf(one.configuration))) : [block];
  if (possible.every(isUsed)) {
    tellUsed(ctx, block);
    return;
  }
  if (!(await acceptsLess(block, target?.leftOut ?? []))) return;
  const { handler = "", handlerEnvironment = {} } = target ?? {};
  const chosen = await pickConfiguration(
    ctx,
    { folder: near, near: vscode.Uri.parse(wanted.uri), block, handler },
    matching,
  );
  if (!chosen) return;
  const { configuration: picked, folder } = chosen;
  const given = blockWith(blockOf(picked));
  if (!isSpecified(wanted)) refuseVariables(given);
  if (isUsed(given)) {
    tellUsed(ctx, given);
    return;
  }
  // Nothing is stopped before it is known what comes in its place.
  if (!(await hasRoom(ctx, wanted))) return;
  const configuration = await withFreePorts(picked, given);
  if (!configuration) return;
  const own = blockOf(configuration) ?? given;
  // A program that runs already has the variables that it has.
  const handlerVariables = configuration.request === "launch" ? handlerEnvironment : {};
  if (folder && !isSaved(configuration, folder)) {
    // Another local port is for this time alone.
    const unsaved = { configuration: { ...picked, telelens: given }, folder, handler, handlerVariables };
    ctx.interceptions.couldBeSaved(own, unsaved);
  }
  const moved = onOtherPorts(handlerVariables, movedPorts(given, own));
  const begun = await vscode.debug.startDebugging(folder, {
    ...withMoved(configuration, handlerVariables, moved),
    [SPECIFIED]: specificationOf(wanted),
    [PUT_IN]: isSpecified(wanted) || matching.length === 0 || configuration[MOVED] === true,
    [ASKED]: true,
    [HANDLER_VARIABLES]: sealed(moved),
  });
  ctx.interceptions.wasNotStarted(own);
  if (!begun) await ctx.interceptions.notStarted(ctx.interceptions.heldFor(own));
}

function tellUsed(ctx: Ctx, { workload }: Block): void {
  inform(ctx, `${workload} is being debugged already.`);
}

function isSpecified({ intercept }: Argument): boolean {
  return intercept !== undefined;
}

/** A specification that runs has its intercepts, and its handlers their ports. */
async function hasRoom(ctx: Ctx, wanted: Argument): Promise<boolean> {
  return !isSpecified(wanted) || ctx.runs.makesRoom(vscode.Uri.parse(wanted.uri));
}

/** The URI as the editor writes it. */
function specificationOf(wanted: Argument): string | undefined {
  return isSpecified(wanted) ? vscode.Uri.parse(wanted.uri).toString() : undefined;
}

/** Whether the user wants it though the specification asks for more than is done: a run would be refused. */
async function acceptsLess({ workload }: Block, leftOut: readonly string[]): Promise<boolean> {
  if (leftOut.length === 0) return true;
  const message = `This version of Telelens does not do all that the specification asks of the intercept of ${workload}.`;
  return confirms(message, leftOut.join("\n"), "Intercept Anyway");
}

/** Without a debugger: whatever listens on the port takes the requests, until the user leaves. */
export async function intercept(ctx: Ctx, argument: unknown): Promise<void> {
  const wanted = argument as Argument;
  const { block } = await meantBy(ctx, wanted);
  if (!block || !(await hasRoom(ctx, wanted))) return;
  const [folder, specification] = [folderOf(wanted.uri), specificationOf(wanted)];
  const held = await ctx.interceptions.take(block, { folder, specification, lasting: true });
  tellCurl(ctx, held);
}

/** What the document says of it; without a block, the user does not want to say which port. */
interface Meant {
  block: Block | undefined;
  target: DebugTarget | null;
}

async function meantBy(ctx: Ctx, wanted: Argument): Promise<Meant> {
  const { occurrence, place } = wanted;
  const workload = wanted.workload ?? wanted;
  const name = workload.name ?? wanted.intercept ?? "";
  const client = await ctx.client();
  const target = await client.sendRequest(debugTargetRequest, {
    uri: wanted.uri,
    name,
    kind: workload.kind ?? "",
    namespace: workload.namespace ?? "",
    intercept: wanted.intercept ?? "",
    ...(occurrence !== undefined && { occurrence }),
    ...(place && { place }),
  });
  if (isSpecified(wanted)) {
    const which = wanted.intercept ? `the intercept ${wanted.intercept}` : "this intercept";
    if (!target)
      throw new Error(`${which} cannot be read from the specification, or its template makes none or several of it`);
    return { block: checked(blockOfSpecification(target)), target };
  }
  const ports = await portsFor(target, name);
  if (!ports) return { block: undefined, target };
  const block: Block = { workload: name };
  const namespace = workload.namespace ?? target?.namespace;
  if (workload.kind) block.kind = workload.kind;
  if (namespace) block.namespace = namespace;
  if (ports.length > 0) block.ports = ports;
  return { block: checked(block), target };
}

/** Throws a BlockError here rather than when the session starts. */
function checked(block: Block): Block {
  paramsOf(block, defaults());
  return block;
}

/** undefined: the user does not want to say which. */
async function portsFor(target: DebugTarget | null, workload: string): Promise<string[] | undefined> {
  const ports = target?.ports ?? [];
  if (ports.length < 2) return ports.map(writtenPort);
  const items = ports.map((port) => ({
    label: port.name,
    description: `container port ${port.port}`,
    written: writtenPort(port),
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: `Which port of ${workload}?` });
  return chosen && [chosen.written];
}

function folderOf(uri: string): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri)) ?? vscode.workspace.workspaceFolders?.[0];
}
