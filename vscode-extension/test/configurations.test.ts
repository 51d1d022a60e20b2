import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { mock, test } from "node:test";
import type { DebugConfiguration } from "vscode";
import { ConfigurationProvider } from "../src/configurations";
import type { Ctx } from "../src/ctx";
import { HANDLER_VARIABLES, sealed } from "../src/handlerVariables";
import { Interceptions } from "../src/interceptions";
import { ASKED } from "../src/ports";
import { releaseRequest } from "../src/requests";
import { told } from "./vscode";

// A session that never starts is waited for.
mock.timers.enable({ apis: ["setInterval"] });

const POD = { DATABASE_URL: "pod", GREETING: "pod", MOTTO: "pod", PYTHONPATH: "/pod" };

/** What a configuration becomes on its way, and what the cluster was asked meanwhile. */
class Way {
  readonly asked: string[] = [];
  readonly provider: ConfigurationProvider;

  constructor() {
    const sendRequest = (request: unknown): Promise<unknown> => {
      this.asked.push(request === releaseRequest ? "leave" : "intercept");
      const id = String(this.asked.length);
      const rest = {
        workload: "echo",
        workloadKind: "Deployment",
        message: "",
        curl: "",
        intercepting: "all requests.",
      };
      return Promise.resolve({ id, ports: [], environment: POD, ...rest });
    };
    const said = (): void => undefined;
    const ctx = {
      client: () => Promise.resolve({ sendRequest, onProgress: () => ({ dispose: said }) }),
      output: { info: said, warn: said, error: said, show: said },
      status: { showIntercepts: said },
    } as unknown as Ctx;
    this.provider = new ConfigurationProvider(Object.assign(ctx, { interceptions: new Interceptions(ctx) }));
  }

  resolved(given: object): Promise<DebugConfiguration | undefined> {
    return this.provider.resolveDebugConfiguration(undefined, {
      type: "node",
      request: "attach",
      name: "echo",
      ...given,
    });
  }
}

const BLOCK = { [ASKED]: true, telelens: { workload: "echo" } };

void test("who takes long to answer what a configuration asks has an intercept all the same", async () => {
  const way = new Way();
  const first = await way.resolved(BLOCK);
  assert.ok(first);
  mock.timers.tick(60_000);
  await setImmediate();
  assert.deepEqual(way.asked, ["intercept", "leave"]);
  const last = await way.provider.resolveDebugConfigurationWithSubstitutedVariables(undefined, first);
  assert.deepEqual(way.asked, ["intercept", "leave", "intercept"]);
  assert.deepEqual(last?.["env"], POD);
});

void test("own variables win, be they in a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "configurations-"));
  try {
    const envFile = join(folder, ".env");
    await writeFile(envFile, "DATABASE_URL=localhost\n");
    const way = new Way();
    const first = await way.resolved({ ...BLOCK, envFile, env: { MOTTO: "own" } });
    assert.ok(first);
    const last = await way.provider.resolveDebugConfigurationWithSubstitutedVariables(undefined, first);
    assert.deepEqual(last?.["env"], { GREETING: "pod", MOTTO: "own", PYTHONPATH: "/pod" });
  } finally {
    await rm(folder, { recursive: true });
  }
});

void test("a handler's variables come between one's own, be they in a file, and the pod's", async () => {
  const folder = await mkdtemp(join(tmpdir(), "configurations-"));
  try {
    const envFile = join(folder, ".env");
    await writeFile(envFile, "DATABASE_URL=localhost\n");
    const handler = { DATABASE_URL: "handler", GREETING: "${HOME}", MOTTO: "handler", PYTHONPATH: "/handler" };
    const way = new Way();
    const first = await way.resolved({
      ...BLOCK,
      envFile,
      env: { MOTTO: "own" },
      [HANDLER_VARIABLES]: sealed(handler),
    });
    assert.ok(first);
    const last = await way.provider.resolveDebugConfigurationWithSubstitutedVariables(undefined, first);
    assert.deepEqual(last?.["env"], { GREETING: "${HOME}", MOTTO: "own", PYTHONPATH: "/handler" });
  } finally {
    await rm(folder, { recursive: true });
  }
});

void test("a variable that is not known yet is refused before the cluster is asked", async () => {
  const way = new Way();
  assert.equal(await way.resolved({ telelens: { workload: "echo", namespace: "${input:ns}" } }), undefined);
  assert.deepEqual(way.asked, []);
  assert.match(told.splice(0).join(), /\$\{input:ns\} is not known/);
});
