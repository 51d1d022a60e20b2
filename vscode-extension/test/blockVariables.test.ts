import assert from "node:assert/strict";
import { homedir } from "node:os";
import { test } from "node:test";
import type { DebugConfiguration, WorkspaceFolder } from "vscode";
import { portable, refuseVariables, withVariables } from "../src/blockVariables";

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

void test("files are meant as seen from the folder", () => {
  const block = {
    workload: "echo",
    kubeconfig: "./kube.yaml:../other:~bob/kube.yaml",
    kubeFlags: {
      "client-key": "~/k.pem",
      "client-certificate": "/c.pem",
      "certificate-authority": "${input:ca}",
      user: "u",
    },
  };
  assert.deepEqual(withVariables(configuration(block), FOLDER)["telelens"], {
    workload: "echo",
    kubeconfig: "/work/shop/kube.yaml:/work/other:~bob/kube.yaml",
    kubeFlags: {
      "client-key": `${homedir()}/k.pem`,
      "client-certificate": "/c.pem",
      "certificate-authority": "${input:ca}",
      user: "u",
    },
  });
  assert.deepEqual(withVariables(configuration(block), undefined)["telelens"], block);
});

void test("a block that others have, too, names files as seen from the folder and from home, and is read as it was", () => {
  const block = {
    workload: "echo",
    kubeconfig: `/work/shop/kube.yaml:${homedir()}/.kube/config:/work/shopping/kube.yaml`,
    kubeFlags: { "client-key": "/work/shop/keys/k.pem", "client-certificate": "/c.pem", cache: "/work/shop/cache" },
  };
  const written = portable(block, FOLDER);
  assert.deepEqual(written, {
    workload: "echo",
    kubeconfig: "${workspaceFolder}/kube.yaml:${userHome}/.kube/config:/work/shopping/kube.yaml",
    kubeFlags: {
      "client-key": "${workspaceFolder}/keys/k.pem",
      "client-certificate": "/c.pem",
      cache: "/work/shop/cache",
    },
  });
  assert.deepEqual(withVariables(configuration(written), FOLDER)["telelens"], block);
});

void test("others are refused by name, not asked of the cluster", () => {
  const { telelens } = withVariables(configuration({ workload: "echo", namespace: "${input:ns}" }), FOLDER);
  assert.throws(() => {
    refuseVariables(telelens as object);
  }, /\$\{input:ns\} is not known/);
  refuseVariables({ workload: "echo", headers: { "x-user": "^a$" } });
});
