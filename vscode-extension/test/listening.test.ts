import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { freePorts, isListed, isListening, untilListening } from "../src/listening";
import { listen } from "./ports";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:1F91 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 2
`;

void test("listeners are told from connections", () => {
  assert.ok(isListed(TABLE, 8080));
  assert.ok(!isListed(TABLE, 8081));
  assert.ok(!isListed("", 8080));
});

void test("waits for a listener without connecting to it", async () => {
  let connections = 0;
  const server = createServer(() => {
    connections += 1;
  });
  const before = Date.now();
  await untilListening(1, 120);
  assert.ok(!(await isListening(1)));
  assert.ok(Date.now() - before >= 100);
  const port = await listen(server);
  await untilListening(port, 5_000);
  assert.ok(Date.now() - before < 4_000);
  assert.ok(await isListening(port));
  assert.equal(connections, 0);
  server.close();
});

void test("the next port that nobody has or wants takes the place of one that is taken", async () => {
  const server = createServer();
  const port = await listen(server);
  assert.deepEqual(await freePorts(new Set([1])), new Map());
  const free = (await freePorts(new Set([port, port + 1]))).get(port) ?? 0;
  assert.ok(free > port + 1 && !(await isListening(free)));
  setTimeout(() => server.close(), 100);
  assert.deepEqual(await freePorts(new Set([port])), new Map(), "it ends just now");
});
