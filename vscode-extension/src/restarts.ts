// Restart ends a session and starts it anew with the configuration as it was resolved: nobody is asked for it again.
import * as vscode from "vscode";

/** `begun` is called, once or several times, before a session that has one of `keys` ends for that. */
export function followRestarts(
  keys: readonly string[],
  begun: (session: vscode.DebugSession) => void,
): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory("*", {
    createDebugAdapterTracker(session) {
      if (session.parentSession || !keys.some((key) => key in session.configuration)) return undefined;
      return {
        onWillReceiveMessage({ command, arguments: given }: Message): void {
          if ((command === "disconnect" || command === "terminate") && given?.restart) begun(session);
        },
      };
    },
  });
}

/** A request to the adapter. */
interface Message {
  command?: string;
  arguments?: { restart?: boolean };
}
