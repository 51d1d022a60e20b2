// Sessions between their start and the answer of their debugger, which may build the program first.
import * as vscode from "vscode";

/** `came` is called when the debugger of a session that has `key` is there, `went` when it is not any more. */
export function followArrivals(
  key: string,
  came: (session: vscode.DebugSession) => void,
  went: (session: vscode.DebugSession) => void,
): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory("*", {
    createDebugAdapterTracker(session) {
      if (session.parentSession || !(key in session.configuration)) return undefined;
      const ends = (): void => {
        went(session);
      };
      return {
        onWillStartSession: () => {
          came(session);
        },
        onWillStopSession: ends,
        onError: ends,
        onExit: ends,
      };
    },
  });
}
