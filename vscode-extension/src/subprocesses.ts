// Children of a debugged program: each gets a session of its own, which lasts as long as its parent's.
import * as vscode from "vscode";
import { HELD } from "./interceptions";

/** debugpy says when there is one, and where. */
export function followSubprocesses(type: string): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterTrackerFactory(type, { createDebugAdapterTracker: () => new AskedByEvent() }),
    vscode.debug.onDidReceiveDebugSessionCustomEvent(async ({ session, event, body }) => {
      if (session.type !== type || event !== "debugpyAttach") return;
      const configuration = { ...(body as vscode.DebugConfiguration), type, request: "attach" };
      for (const key of ["telelens", HELD, "preLaunchTask", "postDebugTask"])
        Reflect.deleteProperty(configuration, key);
      await vscode.debug.startDebugging(session.workspaceFolder, configuration, {
        parentSession: session,
        lifecycleManagedByParent: true,
      });
    }),
  );
}

/**
 * Asked by a request, the editor starts the child's session itself, and Stop then ends that one alone: the program runs
 * on, and the intercept with it. An adapter that is told that there is no such request sends the event instead.
 */
class AskedByEvent implements vscode.DebugAdapterTracker {
  onWillReceiveMessage(message: { command?: string; arguments?: Record<string, unknown> }): void {
    if (message.command === "initialize" && message.arguments)
      message.arguments["supportsStartDebuggingRequest"] = false;
  }
}
