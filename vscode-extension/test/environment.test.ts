import assert from "node:assert/strict";
import { test } from "node:test";
import {
  lasting,
  literal,
  merged,
  mergedList,
  variableOf,
  withBeneath,
  withMoved,
  without,
  withVariable,
} from "../src/environment";

void test("own variables win", () => {
  assert.deepEqual(merged({ A: "pod", B: "pod" }, { A: "own", C: null }, {}), { A: "own", B: "pod", C: null });
});

void test("the pod's PYTHONPATH comes after one's own", () => {
  assert.equal(merged({ PYTHONPATH: "/pod" }, {}, { PYTHONPATH: "/home" })["PYTHONPATH"], "/home:/pod");
  assert.equal(merged({ PYTHONPATH: "/pod" }, { PYTHONPATH: "/own" }, {})["PYTHONPATH"], "/own:/pod");
  assert.equal(merged({ PYTHONPATH: "/pod" }, {}, {})["PYTHONPATH"], "/pod");
});

void test("what a file of variables says is the workstation's", () => {
  assert.deepEqual(without({ A: "pod", B: "pod" }, ["B", "C"]), { A: "pod" });
});

void test("what would mean something else in launch.json is not written there", () => {
  const pod = {
    GREETING: "Hello ${USER",
    MOTTO: "$5 {each}",
    COMMAND: "${command:workbench.action.quit}",
    TELEPRESENCE_INTERCEPT_ID: "session:echo",
    PYTHONPATH: "/pod",
  };
  assert.deepEqual(lasting(pod), { MOTTO: "$5 {each}" });
  const { GREETING, COMMAND, ...others } = pod;
  assert.ok(GREETING && COMMAND);
  assert.deepEqual(literal(pod), others);
});

void test("lists of names and values join as well", () => {
  const own = [{ name: "A", value: "own" }];
  assert.deepEqual(mergedList({ A: "pod", B: "pod" }, own), [{ name: "B", value: "pod" }, ...own]);
});

void test("variables come beneath one's own, as the type has them", () => {
  const more = { A: "more", B: "more" };
  const own = { type: "node", env: { A: null, C: "own" } };
  assert.deepEqual(withBeneath(own, more), { type: "node", env: { A: null, B: "more", C: "own" } });
  const listed = { type: "cppdbg", environment: [{ name: "A", value: "own" }] };
  assert.deepEqual(withBeneath(listed, more).environment, [
    { name: "B", value: "more" },
    { name: "A", value: "own" },
  ]);
  assert.equal(withBeneath(own, {}), own);
});

void test("what a variable is set to is found, as the type has it", () => {
  assert.equal(variableOf({ type: "node", env: { A: "own", B: null } }, "A"), "own");
  assert.equal(variableOf({ type: "node", env: { A: "own", B: null } }, "B"), undefined);
  assert.equal(variableOf({ type: "node" }, "A"), undefined);
  assert.equal(variableOf({ type: "cppdbg", environment: [{ name: "A", value: "own" }] }, "A"), "own");
});

void test("own variables follow those that were given new values, but for those that say something else", () => {
  const own = { type: "telelens", env: { LISTEN: "9090", PORT: "80", A: "9090" } };
  const moved = withMoved(own, { LISTEN: "9090", PORT: "9090", B: "1" }, { LISTEN: "9091", PORT: "9091", B: "1" });
  assert.deepEqual(moved, { type: "telelens", env: { LISTEN: "9091", PORT: "80", A: "9090" } });
});

void test("a variable is set over one's own, as the type has them", () => {
  assert.deepEqual(withVariable({ type: "telelens", env: { PORT: "1", A: "own" } }, "PORT", "2"), {
    type: "telelens",
    env: { PORT: "2", A: "own" },
  });
  assert.deepEqual(withVariable({ type: "node" }, "PORT", "2"), { type: "node", env: { PORT: "2" } });
  const own = [
    { name: "PORT", value: "1" },
    { name: "A", value: "own" },
  ];
  assert.deepEqual(withVariable({ type: "cppdbg", environment: own }, "PORT", "2"), {
    type: "cppdbg",
    environment: [
      { name: "A", value: "own" },
      { name: "PORT", value: "2" },
    ],
  });
});
