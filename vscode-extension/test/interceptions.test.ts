import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { setImmediate, setTimeout as pause } from "node:timers/promises";
import { mock, test } from "node:test";
import type * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Block } from "../src/block";
import type { Ctx } from "../src/ctx";
import { HANDLER_VARIABLES, handlerVariables, sealed } from "../src/handlerVariables";
import { HELD, Interceptions, type Held, type Unsaved } from "../src/interceptions";
import { isListening } from "../src/listening";
import { MOVED as OTHER_PORT } from "../src/ports";
import { STOP } from "../src/problems";
import { releaseRequest, type InterceptChanged, type InterceptParams } from "../src/requests";
import { PUT_IN, SPECIFIED } from "../src/sessions";
import { listen, unusedPort } from "./ports";
import { happened, pressed, tasks, telling, told } from "./vscode";

// A session that never starts is waited for.
mock.timers.enable({ apis: ["setInterval"] });

const BLOCK: Block = { workload: "echo", ports: ["8080:http"], headers: { "x-dev": "ada" } };
const MOVED: Block = { ...BLOCK, ports: ["49152:http"] };

/** A server that answers when it is let. */
class Server {
  readonly asked: InterceptParams[] = [];
  readonly left: unknown[] = [];
  private readonly waiting: ((found: unknown) => void)[] = [];

  change: (change: InterceptChanged) => void = () => undefined;

  onNotification = (_: unknown, listener: (change: InterceptChanged) => void): void => {
    this.change = listener;
  };

  onProgress = (): { dispose(): void } => ({ dispose: () => undefined });

  sendRequest = (request: unknown, params: InterceptParams): Promise<unknown> => {
    if (request === releaseRequest) this.left.push(params);
    else this.asked.push(params);
    return new Promise((resolve) => this.waiting.push(resolve));
  };

  answer(...ports: { localPort: number }[]): void {
    for (const [number, resolve] of this.waiting.entries()) {
      resolve({
        id: String(number),
        workload: "echo",
        workloadKind: "Deployment",
        message: "half go elsewhere",
        ports,
        curl: "",
        intercepting: "all requests.",
      });
    }
  }
}

function made(): { interceptions: Interceptions; server: Server } {
  const server = new Server();
  const said = (): void => undefined;
  const ctx = {
    client: () => Promise.resolve(server),
    output: { info: said, warn: said, error: said },
    status: { showIntercepts: said },
  };
  return { interceptions: new Interceptions(ctx as unknown as Ctx), server };
}

void test("who wants it to last has that of a session on another port, also while it is being made", async () => {
  const { interceptions, server } = made();
  const folder = undefined;
  const session = interceptions.take(MOVED, { folder });
  const lasting = interceptions.take(BLOCK, { folder, lasting: true });
  await setImmediate();
  server.answer();
  assert.equal(await lasting, await session);
  assert.deepEqual(
    server.asked.map(({ ports }) => ports),
    [[{ local: 49152, service: "http" }]],
  );
  assert.ok((await session).lasting);
});

void test("a session on another port has one of its own", async () => {
  const { interceptions, server } = made();
  const folder = undefined;
  const first = interceptions.take(MOVED, { folder });
  const second = interceptions.take(BLOCK, { folder });
  await setImmediate();
  server.answer();
  assert.notEqual(await second, await first);
  assert.equal(server.asked.length, 2);
});

void test("a debugger that is at work, and a task that was begun for its session, are waited for; others are not", async () => {
  tasks.taskExecutions.push({ task: { isBackground: false } });
  const { interceptions, server } = made();
  const taken = interceptions.take(BLOCK, { folder: undefined });
  await setImmediate();
  server.answer();
  const session = {
    id: "1",
    configuration: { [HELD]: (await taken).intercepted.id },
  } as unknown as vscode.DebugSession;
  const [former, debugAdapter] = [{}, {}];
  interceptions.arrives(session, debugAdapter);
  interceptions.departs(session, former);
  mock.timers.tick(120_000);
  assert.equal(interceptions.all().length, 1);
  interceptions.departs(session, debugAdapter);
  tasks.taskExecutions.push({ task: { isBackground: true } }, { task: { isBackground: false } });
  mock.timers.tick(120_000);
  assert.equal(interceptions.all().length, 1);
  tasks.taskExecutions.pop();
  mock.timers.tick(19_000);
  assert.equal(interceptions.all().length, 1);
  mock.timers.tick(1000);
  assert.deepEqual(interceptions.all(), [], "no session came");
  tasks.taskExecutions.length = 0;
});

void test("of one that ended, the server's words are told", async () => {
  const { interceptions, server } = made();
  interceptions.listen(server as unknown as LanguageClient);
  const taken = interceptions.take(BLOCK, { folder: undefined, lasting: true });
  await setImmediate();
  server.answer();
  const { intercepted, message } = await taken;
  assert.equal(message, "half go elsewhere");
  server.change({ id: intercepted.id, phase: "", message: "it is no more: the user daemon died.", ended: true });
  assert.deepEqual(interceptions.all(), []);
  assert.deepEqual(told.splice(0), ["warning: Telelens: it is no more: the user daemon died."]);
});

/** A session with an intercept whose requests arrive at `localPort`. */
async function debugged(localPort: number, lasting = false): Promise<{ end(): void; leave(): void }> {
  for (const listeners of Object.values(happened)) listeners.clear();
  const { interceptions, server } = made();
  const taken = interceptions.take(BLOCK, { folder: undefined, lasting });
  await setImmediate();
  server.answer({ localPort });
  interceptions.listen(server as unknown as LanguageClient);
  const session = { id: "1", configuration: { [HELD]: (await taken).intercepted.id } };
  for (const started of happened.started) started(session);
  return {
    end: (): void => {
      for (const ended of happened.ended) ended(session);
    },
    leave: (): void => {
      server.change({ id: "0", phase: "", message: "it is no more.", ended: true });
    },
  };
}

void test("where requests arrive is told when the program listens there", { timeout: 20_000 }, async () => {
  const port = await unusedPort();
  await debugged(port);
  await pause(200);
  assert.deepEqual(told, []);
  const program = createServer();
  const began = Date.now();
  await Promise.all([once(telling, "told"), listen(program, port)]);
  program.close();
  assert.ok(Date.now() - began < 2000, "not when nobody waits any longer");
  assert.match(told.splice(0).join(), /^warning: Intercepting echo: .* arrive at port \d+/);
});

void test("of a program that ends at once nothing is told", async () => {
  for (const lasting of [false, true]) {
    const port = await unusedPort();
    const session = await debugged(port, lasting);
    session.end();
    const another = createServer();
    await listen(another, port);
    await pause(200);
    another.close();
    assert.deepEqual(told, [], "whoever listens there then");
  }
});

void test("nor of an intercept that is no more when the program listens", async () => {
  const port = await unusedPort();
  const session = await debugged(port);
  session.leave();
  assert.deepEqual(told.splice(0), ["warning: Telelens: it is no more."]);
  const program = createServer();
  await listen(program, port);
  await pause(200);
  program.close();
  assert.deepEqual(told, []);
});

const [KITCHEN, CELLAR] = ["file:///shop/kitchen.ispec.yaml", "file:///shop/cellar.ispec.yaml"];
const ASKED = "warning: Intercepted for this specification already: echo.";

void test("what a specification is intercepted for is left when it is to run", { timeout: 20_000 }, async () => {
  for (const listeners of Object.values(happened)) listeners.clear();
  const { interceptions, server } = made();
  const program = createServer();
  const localPort = await listen(program);
  const taken = interceptions.take(BLOCK, { folder: undefined, specification: KITCHEN });
  const room = interceptions.makesRoom(KITCHEN);
  await setImmediate();
  assert.deepEqual(told, [], "while it is being made");
  server.answer({ localPort });
  const session = { id: "1", configuration: { [HELD]: (await taken).intercepted.id } };
  assert.equal(await room, false);
  assert.deepEqual(told.splice(0), [ASKED]);
  const isTold = once(telling, "told");
  for (const started of happened.started) started(session);
  await isTold;
  assert.match(told.splice(0).join(), /^warning: Intercepting echo/);
  let ended = false;
  happened.ended.add(() => {
    ended = true;
    telling.emit("ended");
  });

  assert.equal(await interceptions.makesRoom(CELLAR), true);
  assert.deepEqual(told, [], "nothing is in the way");
  assert.equal(await interceptions.makesRoom(KITCHEN), false);
  assert.equal(interceptions.all().length, 1);

  pressed.add(STOP);
  let isFree = false;
  const free = interceptions.makesRoom(KITCHEN).finally(() => (isFree = true));
  const hasEnded = once(telling, "ended");
  await setImmediate();
  assert.equal(server.left.length, 1);
  assert.equal(ended, false, "while it is being left");
  server.answer();
  await hasEnded;
  assert.ok(await isListening(localPort));
  assert.equal(isFree, false, "while its port is taken");
  program.close();
  assert.equal(await free, true);
  pressed.clear();
  assert.deepEqual(interceptions.all(), []);
  assert.deepEqual(told.splice(0), [ASKED, ASKED]);
});

void test("whose intercept is shared is asked, too, and a session that comes late is ended", async () => {
  for (const listeners of Object.values(happened)) listeners.clear();
  const { interceptions, server } = made();
  const folder = undefined;
  const first = interceptions.take(BLOCK, { folder, lasting: true });
  await setImmediate();
  server.answer();
  const { intercepted } = await first;
  assert.equal(await interceptions.makesRoom(KITCHEN), true);
  await interceptions.take(BLOCK, { folder, specification: KITCHEN });
  await interceptions.take(BLOCK, { folder, specification: CELLAR, lasting: true });
  for (const one of [KITCHEN, CELLAR]) assert.equal(await interceptions.makesRoom(one), false);

  pressed.add(STOP);
  const room = interceptions.makesRoom(CELLAR);
  await setImmediate();
  server.answer();
  assert.equal(await room, true);
  pressed.clear();
  told.splice(0);
  const ended: unknown[] = [];
  happened.ended.add((session) => ended.push(session));
  const session = { id: "1", configuration: { [HELD]: intercepted.id } };
  for (const started of happened.started) started(session);
  assert.deepEqual(ended, [session]);
});

/** A session that a button began, with BLOCK. */
async function begun(keys: Record<string, unknown>): Promise<{
  interceptions: Interceptions;
  server: Server;
  held: Held;
  session: vscode.DebugSession;
}> {
  for (const listeners of Object.values(happened)) listeners.clear();
  const { interceptions, server } = made();
  interceptions.listen(server as unknown as LanguageClient);
  const taken = interceptions.take(BLOCK, { folder: undefined, specification: KITCHEN });
  await setImmediate();
  server.answer();
  const held = await taken;
  const configuration = { ...WRITTEN, env: {}, telelens: BLOCK, [HELD]: held.intercepted.id, ...keys };
  const session = { id: "1", configuration } as unknown as vscode.DebugSession;
  for (const started of happened.started) started(session);
  told.splice(0);
  return { interceptions, server, held, session };
}

const WRITTEN = { name: "kitchen", type: "telelens", request: "launch", env: { GREETING: "ahoy" } };

void test("a session that is begun anew keeps the block that no file has, and takes the rest as it is written", async () => {
  const elsewhere = { uri: { toString: () => "file:///cellar" } } as unknown as vscode.WorkspaceFolder;
  const saved = { ...WRITTEN, telelens: MOVED };
  for (const [keys, blocks, env] of [
    [{ [PUT_IN]: true, [SPECIFIED]: KITCHEN }, [BLOCK, BLOCK], { GREETING: "ahoy" }],
    [{ [PUT_IN]: true }, [BLOCK, MOVED], { GREETING: "ahoy" }],
    [{ [PUT_IN]: true, [OTHER_PORT]: true }, [BLOCK, BLOCK], { GREETING: "ahoy", PORT: "8080" }],
    [{}, [undefined, MOVED], { GREETING: "ahoy" }],
  ] as const) {
    const { interceptions, server } = await begun(keys);
    const found = [WRITTEN, saved].map((one) => interceptions.sessions.begunAnew(one, undefined));
    assert.deepEqual(
      found.map((one) => one["telelens"] as unknown),
      blocks,
    );
    assert.deepEqual(found[0]?.["env"], env);
    server.change({ id: "0", phase: "", message: "it is no more.", ended: true });
    assert.deepEqual(interceptions.sessions.begunAnew(WRITTEN, undefined)["telelens"], blocks[0], "to have it again");
    assert.equal(interceptions.sessions.begunAnew(WRITTEN, elsewhere), WRITTEN, "of another folder");
    const another = { ...WRITTEN, name: "cellar" };
    assert.equal(interceptions.sessions.begunAnew(another, undefined), another);
    for (const ended of happened.ended) ended({ id: "1", configuration: {} });
    assert.equal(interceptions.sessions.begunAnew(WRITTEN, undefined), WRITTEN, "none runs");
    told.splice(0);
  }
});

void test("one that is begun anew in a handler's place has that one's variables, and the port that it was given", async () => {
  const variables = { LISTEN: "8080", OWN: "8080", MOTTO: "${HOME}" };
  const env = { LISTEN: "8080", OWN: "7070" };
  const keys = {
    [PUT_IN]: true,
    [SPECIFIED]: KITCHEN,
    [OTHER_PORT]: true,
    [HANDLER_VARIABLES]: sealed(variables),
    env,
  };
  const { interceptions } = await begun(keys);
  const written = { ...WRITTEN, env: { LISTEN: "9090", OWN: "7070" } };
  const anew = interceptions.sessions.begunAnew(written, undefined);
  assert.deepEqual(handlerVariables(anew), variables);
  assert.deepEqual(anew["env"], { LISTEN: "8080", OWN: "7070", PORT: "8080" });
});

void test("what could be saved of a session is of the intercept that was there, and of nothing later", async () => {
  const { interceptions, server, held } = await begun({});
  const unsaved = { configuration: WRITTEN, folder: {}, handler: "", handlerVariables: {} } as unknown as Unsaved;
  interceptions.couldBeSaved(BLOCK, unsaved);
  assert.equal(await interceptions.take(BLOCK, { folder: undefined }), held);
  assert.equal(held.unsaved, unsaved);
  interceptions.couldBeSaved(BLOCK, unsaved);
  interceptions.wasNotStarted(BLOCK);
  server.change({ id: "0", phase: "", message: "it is no more.", ended: true });
  const taken = interceptions.take(BLOCK, { folder: undefined });
  await setImmediate();
  server.answer();
  assert.equal((await taken).unsaved, undefined);
  told.splice(0);
});

void test("one that is begun anew is waited for once, and one of which another intercept came leaves the first", async () => {
  const { interceptions, server, held, session } = await begun({ [PUT_IN]: true });
  const anew = (): void => {
    interceptions.restarts(session);
    for (const one of happened.ended) one(session);
    for (const started of happened.started) started(session);
  };
  anew();
  assert.equal(held.expected, 0, "not resolved again");
  interceptions.sessions.resolved(
    WRITTEN,
    undefined,
    (await interceptions.take(BLOCK, { folder: undefined })).intercepted.id,
  );
  anew();
  assert.equal(held.expected, 0, "resolved again");

  const next = interceptions.take(MOVED, { folder: undefined });
  await setImmediate();
  server.answer();
  interceptions.sessions.resolved(WRITTEN, undefined, (await next).intercepted.id);
  interceptions.restarts(session);
  for (const one of happened.ended) one(session);
  await setImmediate();
  assert.deepEqual(
    interceptions.all().map(({ intercepted }) => intercepted.id),
    [(await next).intercepted.id],
  );
  assert.equal(server.left.length, 1);
  told.splice(0);
});
