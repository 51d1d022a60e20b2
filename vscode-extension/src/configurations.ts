// Launch configurations on their way to a session: the intercept around them, and what our own type needs.
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import * as vscode from "vscode";
import { blockOf } from "./block";
import type { Ctx } from "./ctx";
import { refuseVariables, withVariables } from "./blockVariables";
import { LISTED, merged, mergedList, withBeneath, without } from "./environment";
import { namesInFile } from "./envFile";
import { handlerVariables } from "./handlerVariables";
import { HELD, type Held } from "./interceptions";
import { interpreter } from "./interpreter";
import { isListening } from "./listening";
import { ASKED, withFreePorts } from "./ports";
import { isCancelled, show, warn } from "./problems";
import type { Intercepted } from "./requests";
import { PUT_IN, SPECIFIED } from "./sessions";

/** Registered for every type: a `telelens` block may stand in any configuration. */
export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(private readonly ctx: Ctx) {}

  /** Before variables are substituted and before preLaunchTask runs. */
  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
    token?: vscode.CancellationToken,
  ): Promise<vscode.DebugConfiguration | undefined> {
    try {
      const anew = this.ctx.interceptions.sessions.begunAnew(given, folder);
      // What a button put in is meant as it is.
      const configuration = anew[PUT_IN] ? anew : withVariables(anew, folder);
      const block = blockOf(configuration);
      if (!block) return configuration;
      if (!configuration[PUT_IN]) refuseVariables(block);
      // Where a session with this block runs, the one who listens is its own program.
      const isSettled = configuration[ASKED] === true || this.ctx.interceptions.isUsed(block);
      const ready = isSettled ? configuration : await withFreePorts(configuration, block);
      if (!ready) return undefined;
      const specification = ready[SPECIFIED] as string | undefined;
      const held = await this.ctx.interceptions.take(blockOf(ready) ?? block, { folder, specification, token });
      held.handlerVariables = handlerVariables(ready);
      this.ctx.interceptions.sessions.resolved(ready, folder, held.intercepted.id);
      if (ready.request === "launch" && !block.ports?.length) await warnOfListeners(this.ctx, held);
      return { ...ready, [HELD]: held.intercepted.id };
    } catch (error) {
      if (!isCancelled(error)) void show(this.ctx, error);
      // undefined: the session does not start, and nobody asks to edit launch.json.
      return undefined;
    }
  }

  /** Afterwards: what stands in the pod's variables, be it like ${command:…}, arrives at the program as it is. */
  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    resolved: vscode.DebugConfiguration,
    token?: vscode.CancellationToken,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (this.ctx.interceptions.isGivenUp(resolved)) return undefined;
    const given = await this.heldAnew(folder, resolved, token);
    if (!given) return undefined;
    const held = this.ctx.interceptions.get(given[HELD]);
    const configuration = held ? await withEnvironment(given, held.intercepted) : given;
    if (configuration.type !== "telelens" || configuration.request !== "launch") return configuration;
    const launched: vscode.DebugConfiguration = {
      console: "internalConsole",
      cwd: folder?.uri.fsPath,
      ...configuration,
      python: (configuration["python"] as string | undefined) ?? (await interpreter(folder)),
    };
    const missing = await missingProgram(launched);
    if (missing === undefined) return launched;
    // Nobody else would say so: Python does, to a console that need not be seen, and the session is over.
    void show(this.ctx, new Error(`the program of "${given.name}" is not there: ${missing}`));
    if (held) await this.ctx.interceptions.notStarted(held);
    return undefined;
  }

  /** Who takes long to answer what the configuration asks of them may find its intercept left by then. */
  private async heldAnew(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
    token: vscode.CancellationToken | undefined,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const block = blockOf(given);
    if (!block || this.ctx.interceptions.get(given[HELD]) || !this.ctx.interceptions.isLate(given)) return given;
    try {
      const specification = given[SPECIFIED] as string | undefined;
      const held = await this.ctx.interceptions.take(block, { folder, specification, token });
      held.handlerVariables = handlerVariables(given);
      return { ...given, [HELD]: held.intercepted.id };
    } catch (error) {
      if (!isCancelled(error)) void show(this.ctx, error);
      return undefined;
    }
  }
}

/**
 * The program that is about to start would not get the port, and its requests would go to another one. Which port it is,
 * only the intercept says where the block does not.
 */
async function warnOfListeners(ctx: Ctx, { intercepted, sessions, expected }: Held): Promise<void> {
  if (sessions.size > 0 || expected > 1) return;
  for (const { localPort } of intercepted.ports) {
    if (!(await isListening(localPort))) continue;
    warn(
      ctx,
      `another program listens on port ${localPort} already, and gets the requests of ${intercepted.workload}. End it, or write another port into "ports".`,
    );
  }
}

/** The file that is to run, if there is none. */
async function missingProgram({ program, cwd }: vscode.DebugConfiguration): Promise<string | undefined> {
  if (typeof program !== "string") return undefined;
  const file = resolve(typeof cwd === "string" ? cwd : "", program);
  return await stat(file).then(
    () => undefined,
    () => file,
  );
}

async function withEnvironment(
  given: vscode.DebugConfiguration,
  { environment: ofPod }: Intercepted,
): Promise<vscode.DebugConfiguration> {
  // Our own debugger reads none.
  const elsewhere = given.type === "telelens" ? [] : await namesInFile(given["envFile"]);
  const ofHandler = without(handlerVariables(given), elsewhere);
  const environment = without(ofPod, [...elsewhere, ...Object.keys(ofHandler)]);
  const configuration = withBeneath(given, ofHandler);
  if (LISTED.has(configuration.type)) {
    const own = (configuration["environment"] ?? []) as { name: string; value: string }[];
    return { ...configuration, environment: mergedList(environment, own) };
  }
  const own = (configuration["env"] ?? {}) as Record<string, string | null>;
  return { ...configuration, env: merged(environment, own, process.env) };
}
