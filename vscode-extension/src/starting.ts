// A language server that does not start: why, in words that help.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CloseAction,
  ErrorAction,
  type CloseHandlerResult,
  type ErrorHandler,
  type LanguageClient,
} from "vscode-languageclient/node";

const run = promisify(execFile);

/** Starts anew what crashes while it works; what never worked would only crash again. */
export class Restarting implements ErrorHandler {
  /** The client's own handler, once the server has answered. */
  whileItWorks: ErrorHandler | undefined;
  private fail: (why: Error) => void = () => undefined;
  /** Rejects when the server goes before it has answered: the client's own promise may then never settle. */
  private readonly gone = new Promise<never>((_, reject) => (this.fail = reject));

  /** `givenUp` is called when the server crashes again and again. */
  constructor(private readonly givenUp: (why: string) => void) {}

  /** Waits for the server's first answer, or rejects when none can come any more. */
  async answered(client: LanguageClient): Promise<void> {
    await Promise.race([client.start(), this.gone]);
    this.whileItWorks = client.createDefaultErrorHandler();
  }

  error(...given: Parameters<ErrorHandler["error"]>): ReturnType<ErrorHandler["error"]> {
    if (this.whileItWorks) return this.whileItWorks.error(...given);
    this.fail(given[0]);
    return { action: ErrorAction.Shutdown, handled: true };
  }

  async closed(): Promise<CloseHandlerResult> {
    if (!this.whileItWorks) this.fail(new Error("it ended before it answered"));
    const result = await this.whileItWorks?.closed();
    if (result?.action === CloseAction.Restart) return result;
    if (result) this.givenUp(result.message ?? "it crashes again and again");
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}

/** Asks the Python itself. `chosen`: by the user, in a setting. */
export async function startFailure(python: string, chosen: boolean, error: unknown): Promise<Error> {
  const said = await complaint(python);
  const why = said || (error instanceof Error ? error.message : String(error));
  const todo = chosen
    ? "The setting telelens.python names it: clear the setting, or install telelens[server,daemons] there"
    : "Telelens: Restart Language Server tries again; the log says more";
  return new Error(`the language server does not start with ${python}: ${why}. ${todo}`);
}

/** The last line of what Python says when it cannot import the server; empty: it can. */
async function complaint(python: string): Promise<string> {
  try {
    await run(python, ["-P", "-c", "import telelens_server.server"]);
    return "";
  } catch (error) {
    const { stderr, message, code } = error as Error & { stderr?: string; code?: unknown };
    if (code === "ENOENT") return "there is no such program";
    return (stderr?.trim().split("\n").pop() ?? "") || message;
  }
}
