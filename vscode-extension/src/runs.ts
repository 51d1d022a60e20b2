// Specifications that run: their events, their output, the debug sessions of their handlers.
import { randomUUID } from "node:crypto";
import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Ctx } from "./ctx";
import { tellReached, type Reached } from "./curl";
import { untilListening } from "./listening";
import { OutputLines } from "./outputLines";
import { confirms, inform, show, STOP } from "./problems";
import { runEvent, runRequest, type RunEvent } from "./requests";
import { defaults } from "./settings";

interface Run {
  readonly id: string;
  readonly uri: string;
  readonly name: string;
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly debugged: boolean;
  readonly cancel: vscode.CancellationTokenSource;
  readonly over: Promise<void>;
  readonly ready: () => void;
  readonly report: (text: string) => void;
  /** How its intercepts are reached, those that one line can show. */
  readonly reached: Reached[];
  /** Handlers that were started and have ended. */
  readonly ended: Set<string>;
}

/** How long a handler may take until its debugger listens. */
const LISTEN_MS = 30_000;

/** Key of a session's configuration that says which run it belongs to. */
export const RUN = "telelensRun";

export class Runs implements vscode.Disposable {
  private readonly runs = new Map<string, Run>();
  /** Specifications that are about to run. */
  private readonly starting = new Set<string>();
  /** Sessions that end to be started anew. */
  private readonly restarting = new Set<string>();
  private readonly output = vscode.window.createOutputChannel("Telelens: Run");
  private readonly lines = new OutputLines(this.output);
  private readonly listening: vscode.Disposable;

  constructor(private readonly ctx: Ctx) {
    this.listening = vscode.debug.onDidTerminateDebugSession((session) => {
      const run = this.of(session);
      if (run && !session.parentSession && !this.restarting.delete(session.id)) run.cancel.cancel();
    });
  }

  dispose(): void {
    this.listening.dispose();
    this.output.dispose();
  }

  /** Its program goes on, and the debugger comes back to it. */
  restarts(session: vscode.DebugSession): void {
    if (this.of(session)) this.restarting.add(session.id);
  }

  reached(): Reached[] {
    return [...this.runs.values()].flatMap((run) => run.reached);
  }

  names(): string[] {
    return [...this.runs.values()].map((run) => run.name);
  }

  listen(client: LanguageClient): void {
    client.onNotification(runEvent, (event) => {
      const run = this.runs.get(event.id);
      if (run) this.tell(run, event).catch((error: unknown) => show(this.ctx, error));
    });
  }

  /** Run it until it ends or is stopped; what it says goes to the output channel. */
  async start(document: vscode.TextDocument, debugHandler: string): Promise<void> {
    const uri = document.uri.toString();
    if (this.running(uri) || this.starting.has(uri)) {
      inform(this.ctx, `${basename(document.fileName)} is running already.`, this.output);
      return;
    }
    this.starting.add(uri);
    try {
      if (await this.ctx.interceptions.makesRoom(uri)) await this.run(document, debugHandler);
    } finally {
      this.starting.delete(uri);
    }
  }

  private async run(document: vscode.TextDocument, debugHandler: string): Promise<void> {
    const uri = document.uri.toString();
    const client = await this.ctx.client();
    const location = vscode.ProgressLocation.Notification;
    const name = basename(document.fileName);
    const title = `${debugHandler ? "Debugging" : "Running"} ${name}`;
    this.output.show(true);
    await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, cancelled) => {
      const cancel = new vscode.CancellationTokenSource();
      cancelled.onCancellationRequested(() => {
        progress.report({ message: "undoing" });
        cancel.cancel();
      });
      const id = randomUUID();
      const { context, managerNamespace } = defaults();
      let ready: () => void = () => undefined;
      const becameReady = new Promise<void>((resolve) => (ready = resolve));
      const over = client
        .sendRequest(
          runRequest,
          {
            id,
            file: document.fileName,
            text: document.getText(),
            workingDirectory: dirname(document.fileName),
            debugHandler,
            connection: { context, managerNamespace },
          },
          cancel.token,
        )
        .then(
          () => undefined,
          (error: unknown) => {
            // The run is over, whether or not anybody has read why.
            void show(this.ctx, error, this.output);
          },
        )
        .finally(() => {
          this.runs.delete(id);
          this.lines.say(`${name} is over, everything is undone`);
          this.update();
        });
      const report = (message: string): void => {
        progress.report({ message });
      };
      const folder = vscode.workspace.getWorkspaceFolder(document.uri);
      const debugged = debugHandler !== "";
      const ended = new Set<string>();
      const run = { id, uri, name, folder, debugged, cancel, over, ready, report, reached: [], ended };
      this.runs.set(id, run);
      this.update();
      await Promise.race([becameReady, over]);
    });
  }

  async stop(uri: vscode.Uri): Promise<void> {
    const run = this.running(uri.toString());
    if (!run) {
      inform(this.ctx, `${basename(uri.path)} does not run.`, this.output);
      return;
    }
    await this.end(run);
  }

  /** For what the specification intercepts: no if it runs and the user does not want it stopped. */
  async makesRoom(uri: vscode.Uri): Promise<boolean> {
    const run = this.running(uri.toString());
    if (this.starting.has(uri.toString()) && !run) {
      inform(this.ctx, `${basename(uri.path)} is about to run.`, this.output);
      return false;
    }
    if (!run) return true;
    const detail = "Its handlers get the requests. They are ended, and all that it intercepts is left.";
    if (!(await confirms(`${run.name} is running and has its intercepts.`, detail, STOP))) return false;
    await this.end(run);
    return true;
  }

  private async end(run: Run): Promise<void> {
    run.cancel.cancel();
    await run.over;
  }

  stopNamed(name: string): void {
    for (const run of this.runs.values()) if (run.name === name) run.cancel.cancel();
  }

  private of(session: vscode.DebugSession): Run | undefined {
    return this.runs.get(String(session.configuration[RUN]));
  }

  private running(uri: string): Run | undefined {
    return [...this.runs.values()].find((run) => run.uri === uri);
  }

  private async tell(run: Run, event: RunEvent): Promise<void> {
    switch (event.kind) {
      case "output":
        this.lines.write([run.id, event.handler, event.stderr].join(), event.text);
        return;
      case "progress":
      case "active":
        if (event.curl) run.reached.push({ workload: event.workload, curl: event.curl, told: event.text });
        run.report(event.text);
        this.lines.say(event.text);
        return;
      case "ended":
        run.ended.add(event.handler);
        this.lines.say(`handler ${event.handler} ${event.text}`);
        return;
      case "ready":
        this.lines.say("ready");
        run.ready();
        if (!run.cancel.token.isCancellationRequested) tellReached(run.name, run.reached);
        return;
      case "started":
        this.lines.say(`handler ${event.handler} started`);
        if (event.debugPort && run.debugged) await this.attach(run, event);
    }
  }

  private async attach(run: Run, event: RunEvent): Promise<void> {
    const isOver = (): boolean => run.ended.has(event.handler) || !this.runs.has(run.id);
    await untilListening(event.debugPort, LISTEN_MS, isOver);
    if (isOver()) return;
    await vscode.debug.startDebugging(run.folder, {
      name: `${event.handler} (${run.name})`,
      type: "telelens",
      request: "attach",
      connect: { host: event.debugHost, port: event.debugPort },
      [RUN]: run.id,
    });
  }

  private update(): void {
    this.ctx.status.showRuns(this.names());
  }
}
