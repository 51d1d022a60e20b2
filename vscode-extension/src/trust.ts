// What is not done before the user trusts the workspace.
import * as vscode from "vscode";

/** Whether it may go on; if not, the user is told why, and where trust is given. */
export async function isTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = "Manage Workspace Trust";
  const message = "Telelens runs and intercepts nothing in a workspace that is not trusted.";
  const chosen = await vscode.window.showWarningMessage(message, manage);
  if (chosen === manage) await vscode.commands.executeCommand("workbench.trust.manage");
  return vscode.workspace.isTrusted;
}
