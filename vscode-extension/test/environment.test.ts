import assert from "node:assert/strict";
import { test } from "node:test";
import { lasting, merged, mergedList, without, withVariable } from "../src/environment";

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
});

void test("lists of names and values join as well", () => {
  const own = [{ name: "A", value: "own" }];
  assert.deepEqual(mergedList({ A: "pod", B: "pod" }, own), [{ name: "B", value: "pod" }, ...own]);
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
