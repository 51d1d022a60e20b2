// How long people wait for us after VS Code has called us.
import * as vscode from "vscode";

export class Stopwatch {
  private readonly began = Date.now();

  constructor(private readonly output: vscode.LogOutputChannel) {}

  /** Writes it down. */
  lap(what: string): void {
    this.output.info(`${what} ${((Date.now() - this.began) / 1000).toFixed(2)} s after activation`);
  }

  /** The first findings that are shown are worth a line. */
  awaitDiagnostics(): vscode.Disposable {
    const listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const ours = uris
        .flatMap((uri) => vscode.languages.getDiagnostics(uri))
        .some(({ source }) => source === "telelens");
      if (!ours) return;
      listening.dispose();
      this.lap("first diagnostics");
    });
    return listening;
  }
}
