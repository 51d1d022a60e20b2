import * as vscode from "vscode";
import { HELD } from "./interceptions";

/** Children of a debugged program get sessions of their own; debugpy says when there is one, and where. */
export function followSubprocesses(type: string): vscode.Disposable {
  return vscode.debug.onDidReceiveDebugSessionCustomEvent(async ({ session, event, body }) => {
    if (session.type !== type || event !== "debugpyAttach") return;
    const configuration = { ...(body as vscode.DebugConfiguration), type, request: "attach" };
    for (const key of ["telelens", HELD, "preLaunchTask", "postDebugTask"]) Reflect.deleteProperty(configuration, key);
    await vscode.debug.startDebugging(session.workspaceFolder, configuration, {
      parentSession: session,
      lifecycleManagedByParent: true,
    });
  });
}
