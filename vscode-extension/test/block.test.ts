import assert from "node:assert/strict";
import { test } from "node:test";
import { blockOf, BlockError, paramsOf, type Defaults } from "../src/block";

const DEFAULTS: Defaults = { mechanism: "http", context: "staging", managerNamespace: "" };

void test("without filters an http intercept gets a header of its own", () => {
  const params = paramsOf({ workload: "echo", ports: [8080, "9090:grpc"] }, DEFAULTS);
  assert.equal(params.automaticHeader, true);
  assert.deepEqual(params.ports, [{ local: 8080 }, { local: 9090, service: "grpc" }]);
  assert.equal(params.connection.context, "staging");
});

void test("with filters it gets none, unless that is asked for", () => {
  const block = { workload: "echo", headers: { "x-user": "ada" }, path: { prefix: "/api" } };
  const params = paramsOf(block, DEFAULTS);
  assert.equal(params.automaticHeader, false);
  assert.deepEqual(params.headers, [{ name: "x-user", value: "ada" }]);
  assert.deepEqual(params.path, { kind: "prefix", value: "/api" });
  assert.equal(paramsOf({ ...block, automaticHeader: true }, DEFAULTS).automaticHeader, true);
});

void test("tcp takes everything", () => {
  assert.equal(paramsOf({ workload: "echo", mechanism: "tcp" }, DEFAULTS).automaticHeader, false);
  assert.throws(() => paramsOf({ workload: "echo", mechanism: "tcp", headers: { a: "b" } }, DEFAULTS), BlockError);
});

void test("what is no port is refused", () => {
  for (const port of ["http", 0, 70000, "8080:", "-1"]) {
    assert.throws(() => paramsOf({ workload: "echo", ports: [port] }, DEFAULTS), BlockError, String(port));
  }
});

void test("a block needs a workload", () => {
  assert.equal(blockOf({}), undefined);
  assert.throws(() => blockOf({ telelens: {} }), BlockError);
  assert.throws(() => blockOf({ telelens: "echo" }), BlockError);
  assert.equal(blockOf({ telelens: { workload: "echo" } })?.workload, "echo");
});
