import assert from "node:assert/strict";
import { test } from "node:test";
import type { Block } from "../src/block";
import type { Ctx } from "../src/ctx";
import { intercept } from "../src/intercepting";
import type { DebugTarget, DebugTargetParams } from "../src/requests";

const URI = "file:///shop/kitchen.ispec.yaml";
const TARGET = {
  workload: "echo-ada",
  namespace: "shop",
  ports: [{ port: 8080, service: "http", name: "" }],
  service: "",
  container: "",
  headers: [],
  path: null,
  preview: null,
  everything: false,
  handler: "",
  handlerEnvironment: {},
  leftOut: [],
  connection: { context: "", namespace: "", managerNamespace: "", kubeconfig: "", kubeFlags: [] },
} satisfies DebugTarget;

/** What came of a button: what the server was asked, what was intercepted, and which specification was to make room. */
async function pressed(argument: Record<string, unknown>, target: DebugTarget | null = TARGET) {
  const asked: DebugTargetParams[] = [];
  const taken: { block: Block; specification: string | undefined }[] = [];
  const rooms: string[] = [];
  const ctx = {
    client: () =>
      Promise.resolve({
        sendRequest: (_: unknown, params: DebugTargetParams) => {
          asked.push(params);
          return Promise.resolve(target);
        },
      }),
    runs: {
      makesRoom: (uri: { toString(): string }) => {
        rooms.push(uri.toString());
        return Promise.resolve(true);
      },
    },
    interceptions: {
      take: (block: Block, { specification }: { specification: string | undefined }) => {
        taken.push({ block, specification });
        const intercepted = { workload: block.workload, curl: "", curlWorks: "", ports: [], intercepting: "" };
        return Promise.resolve({ intercepted });
      },
    },
  };
  await intercept(ctx as unknown as Ctx, argument);
  return { asked: asked[0], taken: taken[0], rooms };
}

const PLACE = { specification: 1, workload: 0, intercept: 2 };

void test("the server is told which intercept of the file it is", async () => {
  const argument = { uri: URI, intercept: "echo", workload: { name: "echo", namespace: "shop" }, place: PLACE };
  const { asked } = await pressed(argument);
  assert.deepEqual(asked, { uri: URI, name: "echo", kind: "", namespace: "shop", intercept: "echo", place: PLACE });
});

void test("an intercept whose names a template writes is a specification's as any other", async () => {
  const argument = { uri: URI, intercept: "", workload: { name: "" }, place: PLACE };
  const { asked, taken, rooms } = await pressed(argument);
  assert.deepEqual(asked?.place, PLACE);
  assert.deepEqual(taken, {
    block: { workload: "echo-ada", ports: ["8080:http"], namespace: "shop" },
    specification: URI,
  });
  assert.deepEqual(rooms, [URI]);
  await assert.rejects(pressed(argument, null), /^Error: this intercept cannot be read/);
});

void test("the server is told which manifest of the file it is", async () => {
  const argument = { uri: URI, kind: "Deployment", name: "echo", namespace: "staging", occurrence: 0 };
  const { asked, taken, rooms } = await pressed(argument);
  assert.deepEqual(asked, { ...argument, intercept: "" });
  assert.deepEqual(taken, {
    block: { workload: "echo", namespace: "staging", kind: "Deployment", ports: ["8080:http"] },
    specification: undefined,
  });
  assert.deepEqual(rooms, []);
});
