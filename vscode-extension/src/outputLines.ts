// Several writers in one output channel, each of whose lines stays whole.
import type * as vscode from "vscode";

export class OutputLines {
  /** Whose line, the last one, has no end yet. */
  private unfinished: string | undefined;

  constructor(private readonly channel: Pick<vscode.OutputChannel, "append">) {}

  /** What a handler wrote, as it came: perhaps a piece of a line. */
  write(writer: string, text: string): void {
    if (text === "") return;
    if (this.unfinished !== writer) this.finish();
    this.channel.append(text);
    this.unfinished = text.endsWith("\n") ? undefined : writer;
  }

  /** A line of ours. */
  say(text: string): void {
    this.finish();
    this.channel.append(`-- ${text}\n`);
  }

  private finish(): void {
    if (this.unfinished !== undefined) this.channel.append("\n");
    this.unfinished = undefined;
  }
}
