import { workspace, type LogOutputChannel } from "vscode";
import { LanguageClient, RevealOutputChannelOn, TransportKind, type ErrorHandler } from "vscode-languageclient/node";
import { SPECIFICATION } from "./relevance";

/** A client of a server that is not started yet. */
export function createClient(python: string, output: LogOutputChannel, errorHandler: ErrorHandler): LanguageClient {
  const server = {
    command: python,
    args: ["-P", "-m", "telelens_server"],
    transport: TransportKind.stdio,
    options: { env: serverEnvironment() },
  };
  return new QuietClient("telelens", "Telelens", server, {
    documentSelector: [
      { scheme: "file", language: "yaml" },
      // What specifications lead to: their services are renamed there, too.
      { scheme: "file", language: "dockercompose" },
      { scheme: "file", language: SPECIFICATION },
      { scheme: "untitled", language: SPECIFICATION },
    ],
    initializationOptions: () => ({ trusted: workspace.isTrusted, commands: ["editor.action.triggerSuggest"] }),
    outputChannel: output,
    errorHandler,
    initializationFailedHandler: () => false,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
  });
}

/** Failures are told by whoever asked for what failed, once, and what to do. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** The editor's own, without what would lead the private Python to other packages. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV"])
    Reflect.deleteProperty(environment, name);
  return environment;
}
