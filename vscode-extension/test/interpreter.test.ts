import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import type * as vscode from "vscode";
import { interpreter } from "../src/interpreter";
import { others } from "./vscode";

const MICROSOFTS = "ms-python.python";
const folders: string[] = [];

/** A folder, perhaps with environments of its own. */
function folder(...environments: string[]): vscode.WorkspaceFolder {
  const path = mkdtempSync(join(tmpdir(), "interpreter-"));
  folders.push(path);
  for (const name of environments) {
    mkdirSync(join(path, name, "bin"), { recursive: true });
    writeFileSync(join(path, name, "bin", "python"), "");
  }
  return { uri: { fsPath: path } } as unknown as vscode.WorkspaceFolder;
}

/** Microsoft's extension, in which this one is chosen for each folder. */
function chooses(path: string | undefined): void {
  others.set(MICROSOFTS, {
    activate: () =>
      Promise.resolve({
        environments: {
          getActiveEnvironmentPath: (of?: { fsPath: string }) => ({ path: of?.fsPath ?? "" }),
          resolveEnvironment: (asked: { path: string }) =>
            Promise.resolve(
              path === undefined ? undefined : { executable: { uri: { fsPath: path.replace("FOLDER", asked.path) } } },
            ),
        },
      }),
  });
}

afterEach(() => {
  others.clear();
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

void test("the one that is chosen in Microsoft's extension runs the program, by the program's folder", async () => {
  chooses("FOLDER/conda/bin/python");
  const own = folder(".venv");
  assert.equal(await interpreter(own), join(own.uri.fsPath, "conda/bin/python"));
  assert.equal(await interpreter(undefined), "/conda/bin/python");
});

void test("without it, or where nothing is chosen, it is the folder's own", async () => {
  const own = folder("venv", ".venv");
  const dotted = join(own.uri.fsPath, ".venv", "bin", "python");
  assert.equal(await interpreter(own), dotted);
  chooses(undefined);
  assert.equal(await interpreter(own), dotted);
  const plain = folder("venv");
  assert.equal(await interpreter(plain), join(plain.uri.fsPath, "venv", "bin", "python"));
});

void test("else python3", async () => {
  assert.equal(await interpreter(undefined), "python3");
  assert.equal(await interpreter(folder()), "python3");
});

void test("an extension that fails, or is an old one, keeps no program from running", async () => {
  others.set(MICROSOFTS, { activate: () => Promise.reject(new Error("broken")) });
  assert.equal(await interpreter(folder()), "python3");
  others.set(MICROSOFTS, { activate: () => Promise.resolve({}) });
  assert.equal(await interpreter(folder()), "python3");
});
