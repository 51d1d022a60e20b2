// The buttons above workloads and intercepts.
import * as vscode from "vscode";
import type { Block } from "./block";
import { asSpecified, blockOf, blockOfSpecification, paramsOf, writtenPort } from "./block";
import { matchingConfigurations, pickConfiguration } from "./candidates";
import type { Ctx } from "./ctx";
import { tellCurl } from "./curl";
import { isSaved } from "./launchFile";
import { ASKED, MOVED, withFreePorts } from "./ports";
import { confirms, inform } from "./problems";
import { debugTargetRequest, type DebugTarget } from "./requests";
import { PUT_IN, SPECIFIED } from "./sessions";
import { defaults } from "./settings";

/** What a code lens says: a workload of a manifest, or an intercept of a specification. */
interface Argument {
  uri: string;
  kind?: string;
  name?: string;
  namespace?: string;
  intercept?: string;
  workload?: { kind?: string; name: string; namespace?: string };
}

/** From the click to a session that stops at the user's breakpoints. */
export async function interceptAndDebug(ctx: Ctx, argument: unknown): Promise<void> {
  const wanted = argument as Argument;
  const folder = folderOf(wanted.uri);
  const { block, target } = await meantBy(ctx, wanted);
  if (!block) return;
  // How the program is run, the configuration says; what is intercepted, the specification, where there is one.
  const blockWith = (given: Block | undefined): Block =>
    wanted.intercept ? asSpecified(block, given) : (given ?? block);
  const isUsed = (one: Block): boolean => ctx.interceptions.isUsed(one);
  const matching = matchingConfigurations(folder, block);
  // Nobody is asked for a program and told afterwards that none is needed.
  const possible = matching.length > 0 ? matching.map((one) => blockWith(blockOf(one))) : [block];
  if (possible.every(isUsed)) {
    tellUsed(ctx, block);
    return;
  }
  if (!(await acceptsLess(block, target?.leftOut ?? []))) return;
  const handler = target?.handler ?? "";
  const picked = await pickConfiguration(ctx, { folder, near: vscode.Uri.parse(wanted.uri), block, handler }, matching);
  if (!picked) return;
  const given = blockWith(blockOf(picked));
  if (isUsed(given)) {
    tellUsed(ctx, given);
    return;
  }
  // Nothing is stopped before it is known what comes in its place.
  if (!(await hasRoom(ctx, wanted))) return;
  const configuration = await withFreePorts(picked, given);
  if (!configuration) return;
  const own = blockOf(configuration) ?? given;
  if (folder && !isSaved(configuration, folder)) {
    // Another local port is for this time alone.
    ctx.interceptions.couldBeSaved(own, { configuration: { ...picked, telelens: given }, folder });
  }
  const begun = await vscode.debug.startDebugging(folder, {
    ...configuration,
    [SPECIFIED]: specificationOf(wanted),
    [PUT_IN]: wanted.intercept !== undefined || matching.length === 0 || configuration[MOVED] === true,
    [ASKED]: true,
  });
  if (!begun) await ctx.interceptions.notStarted(ctx.interceptions.heldFor(own));
}

function tellUsed(ctx: Ctx, { workload }: Block): void {
  inform(ctx, `${workload} is being debugged already.`);
}

/** A specification that runs has its intercepts, and its handlers their ports. */
async function hasRoom(ctx: Ctx, { uri, intercept }: Argument): Promise<boolean> {
  return !intercept || ctx.runs.makesRoom(vscode.Uri.parse(uri));
}

/** The URI as the editor writes it. */
function specificationOf({ uri, intercept }: Argument): string | undefined {
  return intercept ? vscode.Uri.parse(uri).toString() : undefined;
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
  const workload = wanted.workload ?? wanted;
  const name = workload.name ?? wanted.intercept ?? "";
  const client = await ctx.client();
  const target = await client.sendRequest(debugTargetRequest, {
    uri: wanted.uri,
    name,
    kind: workload.kind ?? "",
    intercept: wanted.intercept ?? "",
  });
  if (wanted.intercept) {
    if (!target)
      throw new Error(`the intercept ${wanted.intercept} cannot be read from the specification: mend it first`);
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
