import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  asSpecified,
  blockOf,
  blockOfSpecification,
  BlockError,
  KEYS,
  paramsOf,
  trafficOf,
  withPorts,
  writtenPort,
  type Defaults,
} from "../src/block";

import type { DebugTarget } from "../src/requests";

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

void test("other local ports get the same requests", () => {
  const block = { workload: "echo", ports: [8080, "9090:grpc"] };
  const moved = withPorts(block, new Map([[9090, 9091]]));
  assert.deepEqual(moved.ports, ["8080", "9091:grpc"]);
  const traffic = trafficOf(paramsOf(block, DEFAULTS));
  assert.equal(trafficOf(paramsOf(moved, DEFAULTS)), traffic);
  assert.notEqual(trafficOf(paramsOf({ workload: "echo", ports: [8080, "9090:http"] }, DEFAULTS)), traffic);
});

void test("a container port is asked for as what the service port leads to", () => {
  const written = writtenPort({ port: 9000, service: "container:9000" });
  const block = { workload: "echo", ports: [written] };
  assert.deepEqual(paramsOf(block, DEFAULTS).ports, [{ local: 9000, service: "container:9000" }]);
  assert.deepEqual(withPorts(block, new Map([[9000, 9001]])).ports, ["9001:container:9000"]);
});

void test("a block needs a workload", () => {
  assert.equal(blockOf({}), undefined);
  assert.throws(() => blockOf({ telelens: {} }), BlockError);
  assert.throws(() => blockOf({ telelens: "echo" }), BlockError);
  assert.equal(blockOf({ telelens: { workload: "echo" } })?.workload, "echo");
});

void test("a key that is misspelt is refused, by the schema as well", () => {
  const misspelt = { name: "echo here", telelens: { workload: "echo", hedaers: {} } };
  assert.throws(() => blockOf(misspelt), /of "echo here" has no key "hedaers"; its keys: workload,/);
  const schema = JSON.parse(readFileSync("schemas/launch.schema.json", "utf8")) as {
    definitions: { intercept: { properties: object } };
  };
  assert.deepEqual(Object.keys(schema.definitions.intercept.properties).sort(), Object.keys(KEYS).sort());
});

const TARGET: DebugTarget = {
  workload: "echo",
  namespace: "shop",
  ports: [{ port: 9090, service: "http", name: "" }],
  service: "echo-web",
  container: "",
  headers: [{ name: "x-user", value: "ada" }],
  path: { kind: "prefix", value: "/api" },
  preview: null,
  everything: false,
  handler: "",
  handlerEnvironment: {},
  leftOut: [],
  connection: {
    context: "there",
    namespace: "shop",
    managerNamespace: "",
    kubeconfig: "./k",
    kubeFlags: [{ name: "as", value: "someone" }],
  },
};

void test("what a specification says is asked for, through its connection, and no header of one's own", () => {
  const params = paramsOf(blockOfSpecification(TARGET), { ...DEFAULTS, mechanism: "tcp" });
  assert.equal(params.automaticHeader, false);
  assert.deepEqual([params.workload, params.namespace, params.service], ["echo", "shop", "echo-web"]);
  assert.deepEqual(params.ports, [{ local: 9090, service: "http" }]);
  assert.deepEqual([params.mechanism, params.headers, params.path], ["http", TARGET.headers, TARGET.path]);
  assert.deepEqual(params.connection, TARGET.connection);
});

void test("a specification without filters leads to a header of one's own, unless it asks for everything", () => {
  const bare = { ...TARGET, headers: [], path: null };
  assert.equal(paramsOf(blockOfSpecification(bare), DEFAULTS).automaticHeader, true);
  const all = paramsOf(blockOfSpecification({ ...bare, everything: true }), DEFAULTS);
  assert.deepEqual([all.mechanism, all.automaticHeader], ["tcp", false]);
});

void test("a preview URL is asked for by a block and by a specification", () => {
  assert.equal(paramsOf(blockOfSpecification(TARGET), DEFAULTS).preview, undefined);
  const preview = { banner: false, ingress: null };
  assert.deepEqual(paramsOf(blockOfSpecification({ ...TARGET, preview }), DEFAULTS).preview, preview);
  assert.deepEqual(paramsOf({ workload: "echo", previewURL: true }, DEFAULTS).preview, {});
  assert.equal(paramsOf({ workload: "echo", previewURL: false }, DEFAULTS).preview, undefined);
});

void test("of a configuration's own block stays what a specification cannot say", () => {
  const specified = blockOfSpecification(TARGET);
  const own = { workload: "echo", ports: [1], headers: { a: "b" }, container: "app", name: "mine" };
  assert.deepEqual(asSpecified(specified, own), { ...specified, container: "app", name: "mine" });
  assert.deepEqual(asSpecified(specified, undefined), specified);
  const said = blockOfSpecification({ ...TARGET, container: "sidecar" });
  assert.equal(asSpecified(said, own).container, "sidecar");
  assert.equal(paramsOf(said, DEFAULTS).container, "sidecar");
});
