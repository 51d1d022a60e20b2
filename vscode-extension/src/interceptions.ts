// The intercepts that are held through the server, and the debug sessions that they are held for.
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Block } from "./block";
import { paramsOf, trafficOf } from "./block";
import type { Ctx } from "./ctx";
import { tellCurl } from "./curl";
import type { Variables } from "./handlerVariables";
import { becomesFree, untilListening } from "./listening";
import { MOVED } from "./ports";
import { confirms, STOP, warn } from "./problems";
import { interceptWithProgress } from "./progress";
import { interceptChanged, releaseRequest, type InterceptParams, type Intercepted } from "./requests";
import { Sessions } from "./sessions";
import { defaults } from "./settings";

/** Within it a debug session must have started that its intercept was made for; tasks that run before it not counted. */
const START_MS = 20_000;
const LOOK_MS = 1000;

/** How long a program may take to listen until its user is told nevertheless where; one may be stopped before that. */
const LISTEN_MS = 5_000;

/** Key of a launch configuration that says which intercept was made for it. */
export const HELD = "telelensIntercept";

/** One intercept that this window holds. */
export interface Held {
  readonly key: string;
  readonly traffic: string;
  readonly intercepted: Intercepted;
  /** Of the launch configuration or the document that it was made for. */
  readonly folder: vscode.WorkspaceFolder | undefined;
  /** The specifications that it was asked for from: their URIs. */
  readonly specifications: Set<string>;
  /** Debug sessions that use it, by their id. */
  readonly sessions: Map<string, vscode.DebugSession>;
  /** Configurations that were resolved with it and whose session has not started yet. */
  expected: number;
  /** Debuggers that are there and have not answered yet, each with the id of its session. */
  readonly arriving: Map<object, string>;
  /** One of them is a session that has ended to be started anew. */
  restarting: boolean;
  /** How often it was used anew after a time without a session. */
  turns: number;
  /** Asked for without a session: ends when the user leaves it, be there sessions that use it or not. */
  lasting: boolean;
  phase: string;
  /** What is wrong with it, though it may be active: nothing listens, or understands the requests. Empty: nothing. */
  message: string;
  /** Of the handler in whose place the last session runs. */
  handlerVariables: Variables;
  /** What was started with it and is in no file. */
  unsaved?: Unsaved;
}

interface Making {
  key: string;
  traffic: string;
  specification: string | undefined;
  held: Promise<Held>;
}

export interface Unsaved {
  configuration: vscode.DebugConfiguration;
  folder: vscode.WorkspaceFolder;
  /** Of the handler in whose place it runs, with its name; empty: there is none. */
  handler: string;
  handlerVariables: Variables;
}

export class Interceptions implements vscode.Disposable {
  readonly sessions = new Sessions();
  private readonly held = new Map<string, Held>();
  private readonly making = new Map<string, Making>();
  /** Those that are being left. */
  private readonly leaving = new Map<string, Promise<void>>();
  /** Those that were given up for a run. */
  private readonly givenUp = new Set<string>();
  /** Those that were left because no session came for long. */
  private readonly late = new Set<string>();
  private readonly unsaved = new Map<string, Unsaved>();
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly ctx: Ctx) {
    this.disposables = [
      vscode.debug.onDidStartDebugSession((session) => {
        this.started(session);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => this.ended(session)),
    ];
  }

  dispose(): void {
    for (const one of this.disposables) one.dispose();
  }

  all(): Held[] {
    return [...this.held.values()];
  }

  listen(client: LanguageClient): void {
    client.onNotification(interceptChanged, (change) => {
      const held = this.held.get(change.id);
      if (!held) return;
      if (change.ended) {
        this.forget(held);
        warn(this.ctx, change.message);
      } else if (change.phase !== held.phase || change.message !== held.message) {
        held.phase = change.phase;
        held.message = change.message;
        this.ctx.output.info(`${held.intercepted.name}: ${change.phase} ${change.message}`);
        this.show();
      }
    });
  }

  /** The server is gone, and with it everything that it held. */
  lost(): void {
    const names = this.all().map((held) => held.intercepted.workload);
    for (const held of this.all()) this.forget(held);
    if (names.length === 0) return;
    warn(this.ctx, `server ended; no longer intercepting ${names.join(", ")}.`);
  }

  /** Make the intercept that the block describes, or share the one that a session of the same block has. */
  async take(
    block: Block,
    {
      folder,
      specification,
      lasting = false,
      token,
    }: {
      folder: vscode.WorkspaceFolder | undefined;
      specification?: string | undefined;
      lasting?: boolean;
      token?: vscode.CancellationToken | undefined;
    },
  ): Promise<Held> {
    const params = paramsOf(block, defaults());
    const key = JSON.stringify(params);
    const traffic = trafficOf(params);
    // Who wants the intercept to last means that of the session, on whichever local port it runs.
    const meant = (one: { key: string; traffic: string }): boolean =>
      one.key === key || (lasting && one.traffic === traffic);
    const known = this.all().find(meant);
    if (known) {
      this.use(known, lasting, specification);
      this.keepUnsaved(known, key);
      return known;
    }
    const making =
      [...this.making.values()].find(meant)?.held ??
      this.make(params, token).then((intercepted) => {
        const held: Held = {
          key,
          traffic,
          intercepted,
          folder,
          specifications: new Set(),
          sessions: new Map(),
          expected: 0,
          arriving: new Map(),
          restarting: false,
          turns: 0,
          lasting,
          phase: "ACTIVE",
          message: intercepted.message,
          handlerVariables: {},
        };
        this.held.set(intercepted.id, held);
        this.tell(held);
        return held;
      });
    this.making.set(key, { key, traffic, specification, held: making });
    try {
      const held = await making;
      this.use(held, lasting, specification);
      this.keepUnsaved(held, key);
      return held;
    } finally {
      this.making.delete(key);
      this.unsaved.delete(key);
    }
  }

  private keepUnsaved(held: Held, key: string): void {
    const unsaved = this.unsaved.get(key);
    if (unsaved) held.unsaved = unsaved;
    this.unsaved.delete(key);
  }

  /** End it; returns when nothing is left of it. */
  async release(held: Held): Promise<void> {
    const { id } = held.intercepted;
    if (this.held.has(id)) {
      this.forget(held);
      this.leaving.set(
        id,
        this.leave(held).finally(() => this.leaving.delete(id)),
      );
    }
    await this.leaving.get(id);
  }

  private async leave({ intercepted: { id, workload, name } }: Held): Promise<void> {
    const client = await this.ctx.client();
    await client.sendRequest(releaseRequest, { id });
    this.ctx.output.info(`left ${workload} (${name})`);
  }

  /** For a specification that is about to run: no if it is intercepted for already and the user wants to keep that. */
  async makesRoom(specification: string): Promise<boolean> {
    // What is being made is known, and can be ended, when it is there.
    const making = [...this.making.values()].filter((one) => one.specification === specification);
    await Promise.allSettled(making.map((one) => one.held));
    const held = this.all().filter((one) => one.specifications.has(specification));
    if (held.length === 0) return true;
    const names = [...new Set(held.map((one) => one.intercepted.workload))].join(", ");
    const detail = "The intercept is left, and a debug session that it was made for ends, before the handlers start.";
    if (!(await confirms(`Intercepted for this specification already: ${names}.`, detail, STOP))) return false;
    await Promise.all(held.map((one) => this.end(one)));
    return true;
  }

  /** Leave it, then end what it was held for: meanwhile the pod answers. Who has the port then, the run finds out. */
  private async end(held: Held): Promise<void> {
    const sessions = [...held.sessions.values()];
    this.givenUp.add(held.intercepted.id);
    try {
      await this.release(held);
    } finally {
      await Promise.all(sessions.map((session) => this.stop(session)));
    }
    if (sessions.length > 0) await Promise.all(held.intercepted.ports.map(({ localPort }) => becomesFree(localPort)));
  }

  private async stop(session: vscode.DebugSession): Promise<void> {
    try {
      await vscode.debug.stopDebugging(session);
    } catch (error) {
      this.ctx.output.info(`${session.name} has ended by itself: ${String(error)}`);
    }
  }

  /** Whether what a configuration was resolved with was given up for a run. */
  isGivenUp(configuration: vscode.DebugConfiguration): boolean {
    return this.givenUp.has(String(configuration[HELD]));
  }

  /** Of a session that is started anew, its configuration changed meanwhile, the former one is not waited for. */
  private async make(params: InterceptParams, token?: vscode.CancellationToken): Promise<Intercepted> {
    const former = this.all().filter((one) => one.restarting && one.intercepted.workload === params.workload);
    for (const held of former) this.expectNoMore(held);
    await Promise.all(former.map((held) => this.releaseUnused(held)));
    return interceptWithProgress(this.ctx, params, token);
  }

  private use(held: Held, lasting: boolean, specification: string | undefined): void {
    if (specification) held.specifications.add(specification);
    if (lasting) held.lasting = true;
    else if (held.restarting) held.restarting = false;
    else this.expect(held);
  }

  /** What it is held for ends to be started anew: with this or another intercept, if it was resolved again for that. */
  restarts(session: vscode.DebugSession): void {
    const held = this.of(session);
    if (!held || held.restarting) return;
    const next = this.get(this.sessions.resolvedWith(session));
    if (!next || next.expected === 0) this.expect(held);
    else if (next !== held) return;
    held.restarting = true;
  }

  private expect(held: Held): void {
    held.expected += 1;
    // Its own tasks begin later than this; one in the background has done its part while it runs.
    const others = new Set(vscode.tasks.taskExecutions);
    const isItsOwn = (one: vscode.TaskExecution): boolean => !others.has(one) && !one.task.isBackground;
    // By turns, not by the clock: that goes on while the machine sleeps.
    let patience = START_MS;
    const timer = setInterval(() => {
      const isUnderWay = held.arriving.size > 0 || vscode.tasks.taskExecutions.some(isItsOwn);
      if (!isUnderWay) patience -= LOOK_MS;
      if (held.expected > 0 && patience > 0) return;
      clearInterval(timer);
      if (held.expected > 0) {
        this.late.add(held.intercepted.id);
        this.expectNoMore(held);
        void this.releaseUnused(held);
      }
    }, LOOK_MS);
  }

  private expectNoMore(held: Held): void {
    held.expected = 0;
    held.restarting = false;
  }

  /** What is about to be started with this block stands in no launch.json. */
  couldBeSaved(block: Block, unsaved: Unsaved): void {
    this.unsaved.set(JSON.stringify(paramsOf(block, defaults())), unsaved);
  }

  /** Nothing came of it. */
  wasNotStarted(block: Block): void {
    this.unsaved.delete(JSON.stringify(paramsOf(block, defaults())));
  }

  /** Whether a session with this block, on whichever local ports, runs or is being started. */
  isUsed(block: Block): boolean {
    const traffic = trafficOf(paramsOf(block, defaults()));
    const used = this.all().filter((one) => one.expected > 0 || one.sessions.size > 0);
    return [...this.making.values(), ...used].some((one) => one.traffic === traffic);
  }

  /** What a configuration with this block is debugged with. */
  heldFor(block: Block): Held | undefined {
    const key = JSON.stringify(paramsOf(block, defaults()));
    return this.all().find((one) => one.key === key);
  }

  /** No session came of a configuration that it was made for. */
  async notStarted(held: Held | undefined): Promise<void> {
    if (!held) return;
    held.expected = Math.max(0, held.expected - 1);
    await this.releaseUnused(held);
  }

  /** Its debugger is there; how long that takes to start the program nobody knows. */
  arrives(session: vscode.DebugSession, debugAdapter: object): void {
    this.of(session)?.arriving.set(debugAdapter, session.id);
  }

  /** That one is gone. Another of the same session, which is started anew, may be there by then. */
  departs(session: vscode.DebugSession, debugAdapter: object): void {
    this.of(session)?.arriving.delete(debugAdapter);
  }

  /** Whether what a configuration was resolved with was left because no session came for long. */
  isLate(configuration: vscode.DebugConfiguration): boolean {
    return this.late.has(String(configuration[HELD]));
  }

  private started(session: vscode.DebugSession): void {
    if (session.parentSession || !session.configuration[HELD]) return;
    this.sessions.started(session);
    // Its task was still at work when the intercept was given up.
    if (this.isGivenUp(session.configuration)) void this.stop(session);
    const held = this.of(session);
    if (!held) return;
    held.expected = Math.max(0, held.expected - 1);
    held.restarting = false;
    const first = held.sessions.size === 0;
    held.sessions.set(session.id, session);
    for (const [debugAdapter, id] of held.arriving) if (id === session.id) held.arriving.delete(debugAdapter);
    if (first) void this.tellOnceItListens(held, session);
  }

  /** With a command line that works by then; of a program that ends before, which has its own words, nothing. */
  private async tellOnceItListens(held: Held, session: vscode.DebugSession): Promise<void> {
    const turn = (held.turns += 1);
    const isOver = (): boolean => held.turns !== turn || held.sessions.size === 0 || !this.get(held.intercepted.id);
    const [port] = held.intercepted.ports;
    if (port) await untilListening(port.localPort, LISTEN_MS, isOver);
    if (!isOver()) tellCurl(this.ctx, held, session.configuration[MOVED] === true);
  }

  private async ended(session: vscode.DebugSession): Promise<void> {
    this.sessions.ended(session);
    const held = this.of(session);
    if (!held?.sessions.delete(session.id)) return;
    await this.releaseUnused(held);
  }

  private async releaseUnused(held: Held): Promise<void> {
    if (held.lasting || held.expected > 0 || held.sessions.size > 0) return;
    try {
      await this.release(held);
    } catch (error) {
      this.ctx.output.error(`leaving ${held.intercepted.name}: ${String(error)}`);
    }
  }

  /** What a session was made with. */
  of(session: vscode.DebugSession): Held | undefined {
    return this.get(session.configuration[HELD]);
  }

  get(id: unknown): Held | undefined {
    return typeof id === "string" ? this.held.get(id) : undefined;
  }

  private forget(held: Held): void {
    this.held.delete(held.intercepted.id);
    this.show();
  }

  private tell(held: Held): void {
    const { workload, workloadKind, intercepting, ports, curl, environmentDeniedReason } = held.intercepted;
    const { previewUrl, previewDeniedReason } = held.intercepted;
    this.ctx.output.info(`intercepted ${workloadKind} ${workload}: ${intercepting}`);
    for (const port of ports)
      this.ctx.output.info(`  ${port.servicePort} arrives at ${port.localHost}:${port.localPort}`);
    if (curl) this.ctx.output.info(`  ${curl}`);
    if (previewUrl) this.ctx.output.info(`  ${previewUrl}`);
    if (previewDeniedReason) this.ctx.output.warn(`  no preview URL: ${previewDeniedReason}`);
    if (environmentDeniedReason)
      warn(this.ctx, `the environment of ${workload} is not imported: ${environmentDeniedReason}`);
    this.show();
  }

  private show(): void {
    this.ctx.status.showIntercepts(
      this.all().map(({ intercepted, phase, message }) => ({ ...intercepted, phase, message })),
    );
  }
}
