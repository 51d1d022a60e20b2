// What the extension has: the client, what is held through it, and where it speaks to the user.
import * as vscode from "vscode";
import { State, type LanguageClient } from "vscode-languageclient/node";
import { AdapterFactory } from "./adapter";
import { followArrivals } from "./arrivals";
import { createClient } from "./client";
import { ConfigurationProvider } from "./configurations";
import { SpecificationLanguage } from "./language";
import { HELD, Interceptions } from "./interceptions";
import { followSubprocesses } from "./subprocesses";
import { PrivatePython } from "./privatePython";
import { show } from "./problems";
import { isRelevant, SPECIFICATION } from "./relevance";
import { trustNotification } from "./requests";
import { followRestarts } from "./restarts";
import { RUN, Runs } from "./runs";
import { Stopwatch } from "./speed";
import { Restarting, startFailure } from "./starting";
import { StatusItem } from "./status";

export type Command = (ctx: Ctx, argument: unknown) => unknown;

const DEBUG_TYPE = "telelens";

export class Ctx {
  readonly output = vscode.window.createOutputChannel("Telelens", { log: true });
  readonly status = new StatusItem();
  readonly interceptions = new Interceptions(this);
  readonly runs = new Runs(this);
  readonly python: PrivatePython;
  private readonly stopwatch = new Stopwatch(this.output);
  /** There are documents that concern the server, whether it could be started or not. */
  private wanted = false;
  private starting: Promise<LanguageClient> | undefined;

  constructor(readonly context: vscode.ExtensionContext) {
    this.python = new PrivatePython(context, this.output, this.status);
    context.subscriptions.push(
      this.output,
      this.status,
      this.stopwatch.awaitDiagnostics(),
      this.interceptions,
      this.runs,
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.consider(document);
      }),
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.consider(event.document);
      }),
      vscode.debug.registerDebugConfigurationProvider("*", new ConfigurationProvider(this)),
      vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, new AdapterFactory(this)),
      followSubprocesses(DEBUG_TYPE),
      followArrivals(
        HELD,
        (session, debugAdapter) => {
          this.interceptions.arrives(session, debugAdapter);
        },
        (session, debugAdapter) => {
          this.interceptions.departs(session, debugAdapter);
        },
      ),
      followRestarts([HELD, RUN], (session) => {
        this.interceptions.restarts(session);
        this.runs.restarts(session);
      }),
      new SpecificationLanguage(),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.trusted()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration("telelens.python") || !this.wanted) return;
        this.restart().catch((error: unknown) => show(this, error));
      }),
    );
    vscode.workspace.textDocuments.forEach((document) => {
      this.consider(document);
    });
  }

  /** `allowed` is asked before each. */
  register(
    commands: Readonly<Record<string, Command>>,
    allowed: () => Promise<boolean> = (): Promise<boolean> => Promise.resolve(true),
  ): void {
    for (const [id, command] of Object.entries(commands)) {
      const run = async (argument: unknown): Promise<void> => {
        try {
          if (await allowed()) await command(this, argument);
        } catch (error) {
          await show(this, error);
        }
      };
      this.context.subscriptions.push(vscode.commands.registerCommand(id, run));
    }
  }

  /** The running client; started by whoever needs it first. Rejects when the server cannot be started. */
  client(): Promise<LanguageClient> {
    this.starting ??= this.start().catch((error: unknown) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  async stop(): Promise<void> {
    const client = await this.starting?.catch(() => undefined);
    this.starting = undefined;
    // Before the server ends it undoes what it holds.
    await client?.stop(10_000);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.client();
  }

  private consider(document: vscode.TextDocument): void {
    // Once: what could not be started would be tried, and told, at each key.
    if (this.wanted || !this.concerns(document)) return;
    this.wanted = true;
    this.client().catch((error: unknown) => show(this, error));
  }

  private concerns(document: vscode.TextDocument): boolean {
    const { languageId, uri } = document;
    if (languageId === SPECIFICATION) return true;
    return languageId === "yaml" && uri.scheme === "file" && isRelevant(uri.path, document.getText());
  }

  private async trusted(): Promise<void> {
    const client = await this.starting?.catch(() => undefined);
    await client?.sendNotification(trustNotification, { trusted: true });
  }

  private async start(): Promise<LanguageClient> {
    const python = await this.python.path();
    const failed = (error: unknown): Promise<Error> => startFailure(python, this.python.isChosen, error);
    const restarting = new Restarting((why) => void failed(why).then((error) => show(this, error)));
    const client = createClient(python, this.output, restarting);
    this.interceptions.listen(client);
    this.runs.listen(client);
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped) this.interceptions.lost();
    });
    try {
      await restarting.answered(client);
    } catch (error) {
      throw await failed(error);
    }
    this.stopwatch.lap("the language server is ready");
    return client;
  }
}
