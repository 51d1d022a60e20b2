import assert from "node:assert/strict";
import { test } from "node:test";
import { isRelevant, isSpecification } from "../src/relevance";

void test("specifications and workloads are relevant, other YAML is not", () => {
  assert.ok(isRelevant("/a/b.ispec.yaml", ""));
  assert.ok(isRelevant("/a/b.yaml", "apiVersion: apps/v1\nkind: Deployment\n"));
  assert.ok(isRelevant("/a/b.yaml", "workloads: []\nhandlers: []\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: Service\n"));
  assert.ok(!isRelevant("/a/docker-compose.yml", "services: {}\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: PodMonitor\n"));
  assert.ok(isRelevant("/a/b.yaml", "\"workloads\": []\n'handlers' : []\n"));
  assert.ok(isRelevant("/a/b.yaml", "kind: Service\n---\nworkloads: []\nhandlers: []\n--- # next\nkind: Service\n"));
  assert.ok(!isRelevant("/a/b.yaml", "workloads: []\n---\nhandlers: []\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: ConfigMap\nworkloads: []\nhandlers: []\n"));
});

void test("a kind that a manifest only refers to makes it no workload", () => {
  const scaler = "kind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: echo\n";
  assert.ok(!isRelevant("/a/b.yaml", scaler));
  assert.ok(!isRelevant("/a/b.yaml", "kind: ConfigMap\ndata:\n  pod: |\n    kind: Pod\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: Deployment-like\n"));
  assert.ok(isRelevant("/a/b.yaml", `${scaler}---\nkind: Deployment\n`));
  assert.ok(isRelevant("/a/b.yaml", `${scaler}---\r\nkind: "Deployment" # ours\r\n`));
  assert.ok(isRelevant("/a/b.yaml", "kind: Pod"));
});

void test("items of a list are workloads, what they refer to is none", () => {
  for (const indent of ["", "  "]) {
    const list = (item: string): string => `items: # these\n# first\n${indent}- kind: Service\n${item}kind: List\n`;
    assert.ok(isRelevant("/a/b.yaml", list(`${indent}- kind: Deployment\n`)));
    assert.ok(isRelevant("/a/b.yaml", list(`${indent}- metadata: {}\r\n${indent}  kind: "Pod" # ours\r\n`)));
    assert.ok(!isRelevant("/a/b.yaml", list(`${indent}- scaleTargetRef:\n${indent}    kind: Deployment\n`)));
  }
  assert.ok(isRelevant("/a/b.yaml", "kind: List\nitems:\n-\n  kind: Pod\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: List\nitems: []\n"));
  assert.ok(!isRelevant("/a/b.yaml", "kind: ConfigMap\nitems:\n- kind: Pod\n"));
});

void test("only what is a specification as a whole gets its language", () => {
  const specification = "apiVersion: getambassador.io/v1alpha4\nkind: InterceptSpecification\n";
  assert.ok(isSpecification(specification));
  assert.ok(isSpecification(`${specification}---\n${specification}`));
  assert.ok(isSpecification("handlers: []\nworkloads:\n  - name: {{ .x }}\n"));
  assert.ok(!isSpecification(`${specification}---\nkind: Deployment\n`));
  assert.ok(isSpecification(`kind: Deployment\n---\n${specification}name: {{ .x }}\n`));
  assert.ok(!isSpecification("kind: Deployment\nname: {{ .x }}\n"));
  assert.ok(!isSpecification("kind: Deployment\nworkloads: []\nhandlers: []\n"));
  assert.ok(!isSpecification("services: {}\n"));
  assert.ok(!isSpecification(""));
});

void test("many empty lines take no time", () => {
  const before = performance.now();
  const empty = "\n".repeat(300_000);
  assert.ok(!isRelevant("/a/b.yaml", empty));
  assert.ok(!isRelevant("/a/b.yaml", `kind: List\nitems:${empty}`));
  assert.ok(performance.now() - before < 2_000);
});
