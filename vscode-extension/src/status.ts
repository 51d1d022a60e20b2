import * as vscode from "vscode";
import type { Intercepted } from "./requests";

type Shown = Intercepted & { phase: string; message: string };

/** The item in the status bar: there while something is held or prepared. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("telelens", vscode.StatusBarAlignment.Left, 10);
  private intercepts: readonly Shown[] = [];
  private runs: readonly string[] = [];
  private preparing = "";

  constructor() {
    this.item.name = "Telelens";
    this.item.command = "telelens.menu";
  }

  dispose(): void {
    this.item.dispose();
  }

  showIntercepts(intercepts: readonly Shown[]): void {
    this.intercepts = intercepts;
    this.update();
  }

  showRuns(names: readonly string[]): void {
    this.runs = names;
    this.update();
  }

  /** Something long that comes before all others; empty: it is over. */
  showPreparing(text: string): void {
    this.preparing = text;
    this.update();
  }

  private update(): void {
    const away = this.intercepts.some(({ phase, message }) => phase !== "ACTIVE" || message !== "");
    const names = [...this.intercepts.map(({ workload }) => workload), ...this.runs];
    if (this.preparing) {
      this.item.text = `$(loading~spin) Telelens: ${this.preparing}`;
    } else if (names.length > 0) {
      this.item.text = `$(${away ? "warning" : "debug-alt"}) Telelens: ${names.join(", ")}`;
    } else {
      this.item.hide();
      return;
    }
    this.item.tooltip = this.tooltip();
    this.item.show();
  }

  private tooltip(): string {
    const lines = this.intercepts.map(({ workloadKind, workload, namespace, intercepting, phase, message, ports }) => {
      const where = ports.map((port) => `${port.localHost}:${port.localPort}`).join(", ");
      const wrong = message ? `\n${message}` : "";
      return `${workloadKind} ${workload} (${namespace}), ${phase}: ${intercepting} to ${where}${wrong}`;
    });
    return [...lines, ...this.runs.map((name) => `Running ${name}`)].join("\n");
  }
}
