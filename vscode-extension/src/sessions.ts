// Debug sessions that were started with an intercept, and what they are started anew with.
import type * as vscode from "vscode";
import { blockOf, paramsOf } from "./block";
import { variableOf, withVariable } from "./environment";
import { HANDLER_VARIABLES, handlerVariables } from "./handlerVariables";
import { ASKED, MOVED } from "./ports";
import { defaults } from "./settings";

/** Key of a launch configuration that says of which specification its intercept is. */
export const SPECIFIED = "telelensSpecification";

/** Key of a launch configuration whose block no file has. */
export const PUT_IN = "telelensPutIn";

const KEPT = ["telelens", PUT_IN, SPECIFIED, MOVED, ASKED, HANDLER_VARIABLES];

type Folder = vscode.WorkspaceFolder | undefined;

export class Sessions {
  /** As long as they run, by their id. */
  private readonly all = new Map<string, vscode.DebugSession>();
  /** Of those that may be started anew: the intercept, by the session's id. */
  private readonly again = new Map<string, string>();

  started(session: vscode.DebugSession): void {
    this.all.set(session.id, session);
  }

  ended(session: vscode.DebugSession): void {
    this.all.delete(session.id);
  }

  /**
   * To start a session anew the editor resolves what launch.json says by now, while the session still runs. A block that a
   * button had put in is kept, unless it was saved there meanwhile.
   */
  begunAnew(configuration: vscode.DebugConfiguration, folder: Folder): vscode.DebugConfiguration {
    const before = this.running(configuration, folder)?.configuration;
    const block = before?.[PUT_IN] === true && blockOf(before);
    if (!before || !block) return configuration;
    if (blockOf(configuration) && !before[SPECIFIED] && !before[MOVED]) return configuration;
    const kept = KEPT.map((key) => [key, before[key] as unknown]);
    let anew = { ...configuration, ...Object.fromEntries(kept) } as vscode.DebugConfiguration;
    if (before[MOVED] !== true) return anew;
    const ports = paramsOf(block, defaults()).ports.map(({ local }) => String(local));
    // What tells the program its port may stand in launch.json by now, with the port that another one has.
    for (const [name, value] of Object.entries(handlerVariables(before)))
      if (ports.includes(value) && variableOf(before, name) === value) anew = withVariable(anew, name, value);
    const [port, ...others] = ports;
    return port && others.length === 0 ? withVariable(anew, "PORT", port) : anew;
  }

  /** Which intercept a configuration was resolved with, be it to start a session anew. */
  resolved(configuration: vscode.DebugConfiguration, folder: Folder, id: string): void {
    const session = this.running(configuration, folder);
    if (session) this.again.set(session.id, id);
  }

  /** The intercept that its configuration was resolved with again, if it was. Asked once. */
  resolvedWith(session: vscode.DebugSession): string | undefined {
    const id = this.again.get(session.id);
    this.again.delete(session.id);
    return id;
  }

  /** Nothing tells whether that one is started anew or another one of its name is to run beside it. */
  private running({ name }: vscode.DebugConfiguration, folder: Folder): vscode.DebugSession | undefined {
    return [...this.all.values()].find(
      (one) => one.configuration.name === name && one.workspaceFolder?.uri.toString() === folder?.uri.toString(),
    );
  }
}
