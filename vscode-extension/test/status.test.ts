import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusItem } from "../src/status";
import { items, type StatusBarItem } from "./vscode";

const ECHO = {
  id: "1",
  name: "echo-ada",
  namespace: "shop",
  workload: "echo",
  workloadKind: "Deployment",
  service: "echo",
  mechanism: "http",
  intercepting: "all HTTP requests",
  ports: [{ servicePort: "http", containerPort: 8080, localHost: "127.0.0.1", localPort: 8081 }],
  curl: "",
  curlWorks: "",
  previewUrl: "",
  previewDeniedReason: "",
  environment: {},
  environmentDeniedReason: "",
  phase: "ACTIVE",
  message: "",
};

function made(): { status: StatusItem; item: StatusBarItem } {
  const status = new StatusItem();
  const item = items.at(-1);
  assert.ok(item);
  return { status, item };
}

void test("what is intercepted is shown, and where it goes", () => {
  const { status, item } = made();
  assert.ok(!item.isShown);
  status.showIntercepts([ECHO]);
  assert.ok(item.isShown);
  assert.equal(item.text, "$(debug-alt) Telelens: echo");
  assert.equal(item.tooltip, "Deployment echo (shop), ACTIVE: all HTTP requests to 127.0.0.1:8081");
  status.showIntercepts([]);
  assert.ok(!item.isShown);
});

void test("one that is away, or of which something is wrong, is a warning", () => {
  const { status, item } = made();
  status.showIntercepts([ECHO, { ...ECHO, workload: "kitchen", phase: "AWAY" }]);
  assert.equal(item.text, "$(warning) Telelens: echo, kitchen");
  assert.match(item.tooltip, /\nDeployment kitchen \(shop\), AWAY: /);
  status.showIntercepts([{ ...ECHO, message: "nothing is listening" }]);
  assert.equal(item.text, "$(warning) Telelens: echo");
  assert.match(item.tooltip, /:8081\nnothing is listening$/);
  status.showIntercepts([ECHO]);
  assert.equal(item.text, "$(debug-alt) Telelens: echo");
});

void test("what runs stands beside it, and what is prepared before all", () => {
  const { status, item } = made();
  status.showIntercepts([ECHO]);
  status.showRuns(["shop.ispec.yaml"]);
  assert.equal(item.text, "$(debug-alt) Telelens: echo, shop.ispec.yaml");
  assert.match(item.tooltip, /\nRunning shop\.ispec\.yaml$/);
  status.showPreparing("setting up");
  assert.equal(item.text, "$(loading~spin) Telelens: setting up");
  status.showPreparing("");
  assert.equal(item.text, "$(debug-alt) Telelens: echo, shop.ispec.yaml");
});
