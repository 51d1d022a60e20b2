import assert from "node:assert/strict";
import { homedir } from "node:os";
import { test } from "node:test";
import type { DebugConfiguration, WorkspaceFolder } from "vscode";
import { refuseVariables, withVariables } from "../src/blockVariables";

const FOLDER = { uri: { fsPath: "/work/shop" } } as unknown as WorkspaceFolder;

function configuration(telelens?: object): DebugConfiguration {
  const made = { name: "echo", type: "node", request: "launch", program: "${workspaceFolder}/a.js" };
  return telelens ? { ...made, telelens } : made;
}

void test("what is known before the editor substitutes is put into the block alone", () => {
  process.env["BLOCK_USER"] = "ada";
  const block = {
    workload: "echo",
    kubeconfig: "${workspaceFolder}/kube.yaml",
    kubeFlags: { cache: "${userHome}/cache" },
    headers: { "x-user": "^${env:BLOCK_USER}-${env:BLOCK_NOBODY}$" },
    ports: [8080, "9090:${env:BLOCK_USER}"],
    previewURL: true,
  };
  assert.deepEqual(
    withVariables(configuration(block), FOLDER),
    configuration({
      workload: "echo",
      kubeconfig: "/work/shop/kube.yaml",
      kubeFlags: { cache: `${homedir()}/cache` },
      headers: { "x-user": "^ada-$" },
      ports: [8080, "9090:ada"],
      previewURL: true,
    }),
  );
  assert.deepEqual(withVariables(configuration(), FOLDER), configuration());
});

void test("others are refused by name, not asked of the cluster", () => {
  const { telelens } = withVariables(configuration({ workload: "echo", namespace: "${input:ns}" }), FOLDER);
  assert.throws(() => {
    refuseVariables(telelens as object);
  }, /\$\{input:ns\} is not known/);
  refuseVariables({ workload: "echo", headers: { "x-user": "^a$" } });
});
