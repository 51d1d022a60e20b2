import assert from "node:assert/strict";
import { test } from "node:test";
import { isRelevant } from "../src/relevance";

void test("specifications and workloads are relevant, other YAML is not", () => {
  assert.ok(isRelevant("/a/b.ispec.yaml", ""));
  assert.ok(isRelevant("/a/b.yaml", "apiVersion: apps/v1\nkind: Deployment\n"));
  assert.ok(isRelevant("/a/b.yaml", "workloads: []\nhandlers: []\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: Service\n"));
  assert.ok(!isRelevant("/a/docker-compose.yml", "services: {}\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: PodMonitor\n"));
});
