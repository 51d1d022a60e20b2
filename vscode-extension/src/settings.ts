import * as vscode from "vscode";
import type { Defaults } from "./block";

/** What the settings say where a launch configuration does not. */
export function defaults(): Defaults {
  const settings = vscode.workspace.getConfiguration("telelens");
  return {
    mechanism: settings.get<"http" | "tcp">("mechanism", "http"),
    context: settings.get("context", ""),
    managerNamespace: settings.get("managerNamespace", ""),
  };
}
