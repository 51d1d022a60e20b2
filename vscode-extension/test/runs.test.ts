import assert from "node:assert/strict";
import { createServer } from "node:net";
import { setImmediate, setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";
import type * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Ctx } from "../src/ctx";
import type { RunEvent } from "../src/requests";
import { Runs } from "../src/runs";
import { listen, unusedPort } from "./ports";
import { copied, debugged, pressed, told } from "./vscode";

const SPECIFICATION = {
  uri: { path: "/shop/kitchen.ispec.yaml", toString: () => "file:///shop/kitchen.ispec.yaml" },
  fileName: "/shop/kitchen.ispec.yaml",
  getText: () => "",
} as unknown as vscode.TextDocument;

/** Who asked for room, and whether they get it. */
const room = { asked: [] as string[], free: Promise.resolve(true) };

/** A run of the specification whose server says what it is told to. */
async function made(): Promise<{ runs: Runs; tell: (event: Partial<RunEvent>) => Promise<void>; end: () => void }> {
  let listener: (event: RunEvent) => void = () => undefined;
  let id = "";
  let end: () => void = () => undefined;
  const client = {
    onNotification: (_: unknown, one: (event: RunEvent) => void) => (listener = one),
    sendRequest: (_: unknown, params: { id: string }): Promise<void> => {
      id = params.id;
      return new Promise((resolve) => (end = resolve));
    },
  };
  const ctx = {
    client: () => Promise.resolve(client),
    interceptions: {
      makesRoom: (specification: string): Promise<boolean> => {
        room.asked.push(specification);
        return room.free;
      },
    },
    output: { info: () => undefined },
    status: { showRuns: () => undefined },
  };
  const runs = new Runs(ctx as unknown as Ctx);
  runs.listen(client as unknown as LanguageClient);
  void runs.start(SPECIFICATION, "*");
  await setImmediate();
  const tell = async (event: Partial<RunEvent>): Promise<void> => {
    listener({ id, text: "", handler: "kitchen", debugHost: "127.0.0.1", debugPort: 0, ...event } as RunEvent);
    await setImmediate();
  };
  return {
    runs,
    tell,
    end: () => {
      end();
    },
  };
}

void test("how a specification that runs is reached is told, and known until it is over", async () => {
  const { runs, tell, end } = await made();
  await tell({
    kind: "active",
    workload: "echo",
    curl: "curl http://echo.shop/",
    text: "Inside: curl http://echo.shop/",
  });
  await tell({ kind: "active", workload: "mail", curl: "", text: "intercepted Deployment mail" });
  assert.deepEqual(told.splice(0), [], "while nobody would answer");
  await tell({ kind: "ready" });
  assert.deepEqual(told.splice(0), ["information: kitchen.ispec.yaml runs. Inside: curl http://echo.shop/"]);
  assert.deepEqual(
    runs.reached().map(({ workload, curl }) => [workload, curl]),
    [["echo", "curl http://echo.shop/"]],
  );
  end();
  await setImmediate();
  assert.deepEqual(runs.reached(), []);
});

void test("the line is copied, or the one of several that is picked; of several none is told for all", async () => {
  pressed.add("Copy");
  for (const workloads of [["echo"], ["echo", "mail"]]) {
    const { tell, end } = await made();
    for (const workload of workloads) {
      await tell({ kind: "active", workload, curl: `curl ${workload}`, text: `Inside: curl ${workload}` });
    }
    await tell({ kind: "ready" });
    await setImmediate();
    end();
  }
  pressed.clear();
  assert.deepEqual(copied.splice(0), ["curl echo", "curl mail"]);
  assert.deepEqual(told.splice(0), [
    "information: kitchen.ispec.yaml runs. Inside: curl echo",
    "information: kitchen.ispec.yaml runs. 2 command lines show its intercepts.",
  ]);
});

void test("what a specification that runs has is given up for another when the user wants that", async () => {
  const { runs, end } = await made();
  const { uri } = SPECIFICATION;
  assert.equal(await runs.makesRoom(uri), false);
  assert.deepEqual(runs.names(), ["kitchen.ispec.yaml"]);

  pressed.add("Stop It First");
  let isOver = false;
  const room = runs.makesRoom(uri).finally(() => (isOver = true));
  await setImmediate();
  assert.equal(isOver, false, "while it is being undone");
  end();
  assert.equal(await room, true);
  assert.deepEqual(runs.names(), []);
  const asked = "warning: kitchen.ispec.yaml is running and has its intercepts.";
  assert.deepEqual(told.splice(0), [asked, asked]);

  assert.equal(await runs.makesRoom(uri), true);
  pressed.clear();
  assert.deepEqual(told, [], "nothing is in the way");
});

void test("it does not run while its intercept is kept, and once alone however often it is asked for", async () => {
  room.asked.splice(0);
  room.free = Promise.resolve(false);
  const refused = await made();
  assert.deepEqual(refused.runs.names(), []);
  assert.deepEqual(room.asked, ["file:///shop/kitchen.ispec.yaml"]);

  let leave: (free: boolean) => void = () => undefined;
  room.free = new Promise((resolve) => (leave = resolve));
  const { runs, end } = await made();
  await runs.start(SPECIFICATION, "");
  assert.deepEqual(told.splice(0), ["information: Telelens: kitchen.ispec.yaml is running already."]);
  assert.equal(await runs.makesRoom(SPECIFICATION.uri), false);
  assert.deepEqual(told.splice(0), ["information: Telelens: kitchen.ispec.yaml is about to run."]);
  leave(true);
  await setImmediate();
  assert.deepEqual(runs.names(), ["kitchen.ispec.yaml"]);
  end();
  room.free = Promise.resolve(true);
});

void test("no debugger is sent to a handler that has ended before it listened", { timeout: 20_000 }, async () => {
  const [next, kitchen] = [createServer(), createServer()];
  const [once, port] = [await unusedPort(), await listen(kitchen)];
  const { tell, end } = await made();
  try {
    await tell({ kind: "started", handler: "early", debugPort: once });
    await tell({ kind: "ended", handler: "early", text: "ended with 3" });
    await listen(next, once);
    await tell({ kind: "started", handler: "kitchen", debugPort: port });
    while (debugged.length === 0) await pause(10);
    await pause(200);
    const names = debugged.splice(0).map(({ name }) => name);
    assert.deepEqual(names, ["kitchen (kitchen.ispec.yaml)"]);
  } finally {
    for (const server of [next, kitchen]) server.close();
    end();
  }
});
