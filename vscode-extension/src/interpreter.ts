// Which Python runs the user's program: theirs, not ours.
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

/** The one chosen in Microsoft's Python extension where that is installed, the workspace's own, else python3. */
export async function interpreter(folder: vscode.WorkspaceFolder | undefined): Promise<string> {
  // That extension's failure is its own to tell: the program starts with what we find.
  return (await chosen(folder).catch(() => undefined)) ?? own(folder) ?? "python3";
}

async function chosen(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (!extension) return undefined;
  const { environments } = await extension.activate();
  if (!environments) return undefined;
  const found = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(folder?.uri));
  return found?.executable.uri?.fsPath;
}

function own(folder: vscode.WorkspaceFolder | undefined): string | undefined {
  if (!folder) return undefined;
  return [".venv", "venv"]
    .map((name) => join(folder.uri.fsPath, name, "bin", "python"))
    .find((path) => existsSync(path));
}
