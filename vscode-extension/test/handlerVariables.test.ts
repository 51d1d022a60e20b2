import assert from "node:assert/strict";
import { test } from "node:test";
import { HANDLER_VARIABLES, handlerVariables, onOtherPorts, sealed } from "../src/handlerVariables";
import { movedPorts } from "../src/ports";

void test("the editor finds no variable of its own in what comes through it", () => {
  const variables = { COMMAND: "${command:quit}", ODD: '\\u0024 "$"\n$$', NONE: "" };
  const text = sealed(variables);
  assert.ok(!text.includes("$"));
  assert.deepEqual(handlerVariables({ [HANDLER_VARIABLES]: text }), variables);
  assert.deepEqual(handlerVariables({ name: "echo" }), {});
});

void test("ports that moved are those of the block in order", () => {
  const before = { workload: "echo", ports: ["8080:http", 9090, "7070"] };
  const after = { workload: "echo", ports: ["8081:http", "9090", 7071] };
  const moved = [...movedPorts(before, after)].filter(([port, other]) => port !== other);
  assert.deepEqual(moved, [
    [8080, 8081],
    [7070, 7071],
  ]);
});

void test("the number of a port that moved is that of the other, whatever the variable is called", () => {
  const variables = { PORT: "8080", LISTEN: "8080", ADMIN: "9090", URL: "http://8080/", OTHER: "80801" };
  const others = new Map([
    [8080, 9090],
    [9090, 9091],
  ]);
  assert.deepEqual(onOtherPorts(variables, others), { ...variables, PORT: "9090", LISTEN: "9090", ADMIN: "9091" });
});
