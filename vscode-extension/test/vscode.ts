// Stands in for the editor: what is shown there can be looked at.
import { EventEmitter } from "node:events";

export interface StatusBarItem {
  text: string;
  tooltip: string;
  isShown: boolean;
  show(): void;
  hide(): void;
}

export const items: StatusBarItem[] = [];

/** Notifications, each with its kind before it. */
export const told: string[] = [];

/** Emits "told" with each of them. */
export const telling = new EventEmitter();

export const StatusBarAlignment = { Left: 1 };

export enum ProgressLocation {
  Notification = 15,
}

export class CancellationError extends Error {}

export class CancellationTokenSource {
  readonly token = { isCancellationRequested: false };
  cancel(): void {
    this.token.isCancellationRequested = true;
  }
  dispose(): void {
    // nothing is held
  }
}

const nothing = (): { dispose(): void } => ({
  dispose(): void {
    // nothing is held
  },
});

type Listener = (session: unknown) => unknown;

/** What happens to sessions of debugging, and who listens. */
export const happened = { started: new Set<Listener>(), ended: new Set<Listener>() };

const event =
  (listeners: Set<Listener>) =>
  (listener: Listener): { dispose(): void } => {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  };

/** Configurations of sessions that were started. */
export const debugged: { name: string }[] = [];

export const debug = {
  onDidStartDebugSession: event(happened.started),
  onDidTerminateDebugSession: event(happened.ended),
  stopDebugging: (session: unknown): Promise<void> => {
    for (const listener of happened.ended) void listener(session);
    return Promise.resolve();
  },
  startDebugging: (_: unknown, configuration: { name: string }): Promise<boolean> => {
    debugged.push(configuration);
    return Promise.resolve(true);
  },
};

/** Tasks that run. */
export const tasks = { taskExecutions: [] as unknown[] };

export const Uri = { parse: (text: string): { toString(): string } => ({ toString: () => text }) };

/** Other extensions, by their names. */
export const others = new Map<string, { activate(): Promise<unknown> }>();

export const extensions = { getExtension: (name: string): unknown => others.get(name) };

export const workspace = {
  workspaceFolders: undefined,
  getWorkspaceFolder: (): undefined => undefined,
  getConfiguration: (): { get(key: string, otherwise: unknown): unknown } => ({ get: (_, otherwise) => otherwise }),
};

/** Buttons that are pressed wherever they are offered. */
export const pressed = new Set<string>();

export const copied: string[] = [];

export const env = {
  clipboard: {
    writeText: (text: string): Promise<void> => {
      copied.push(text);
      return Promise.resolve();
    },
  },
};

const tell =
  (kind: string) =>
  (message: string, ...buttons: string[]): Promise<string | undefined> => {
    told.push(`${kind}: ${message}`);
    telling.emit("told");
    return Promise.resolve(buttons.find((button) => pressed.has(button)));
  };

export const window = {
  showInformationMessage: tell("information"),
  showWarningMessage: tell("warning"),
  showErrorMessage: tell("error"),
  /** The last one is picked. */
  showQuickPick: <Item>(items: Item[]): Promise<Item | undefined> => Promise.resolve(items.at(-1)),
  withProgress: (_: unknown, work: (progress: unknown, cancelled: unknown) => unknown): unknown =>
    work({ report: nothing }, { onCancellationRequested: nothing }),
  createOutputChannel: (): unknown => ({ show: nothing, append: nothing, appendLine: nothing, dispose: nothing }),
  createStatusBarItem(): StatusBarItem {
    const item: StatusBarItem = {
      text: "",
      tooltip: "",
      isShown: false,
      show: () => (item.isShown = true),
      hide: () => (item.isShown = false),
    };
    items.push(item);
    return item;
  },
};
