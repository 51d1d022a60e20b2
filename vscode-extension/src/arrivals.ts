// Sessions between their start and the answer of their debugger, which may build the program first.
import * as vscode from "vscode";

type Heard = (session: vscode.DebugSession, debugAdapter: object) => void;

/** `came` is called when a debug adapter of a session that has `key` is there, `went` when it is not any more. */
export function followArrivals(key: string, came: Heard, went: Heard): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory("*", {
    createDebugAdapterTracker(session) {
      if (session.parentSession || !(key in session.configuration)) return undefined;
      const debugAdapter = {};
      const ends = (): void => {
        went(session, debugAdapter);
      };
      return {
        onWillStartSession: () => {
          came(session, debugAdapter);
        },
        onWillStopSession: ends,
        onError: ends,
        onExit: ends,
      };
    },
  });
}
