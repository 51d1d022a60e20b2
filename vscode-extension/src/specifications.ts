// The buttons above a specification.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";

interface Argument {
  uri: string;
  handler?: string;
}

export async function runSpecification(ctx: Ctx, argument: unknown): Promise<void> {
  await ctx.runs.start(await documentOf(argument), "");
}

export async function debugSpecification(ctx: Ctx, argument: unknown): Promise<void> {
  const handler = (argument as Argument | undefined)?.handler ?? "*";
  await ctx.runs.start(await documentOf(argument), handler);
}

export async function stopSpecification(ctx: Ctx, argument: unknown): Promise<void> {
  await ctx.runs.stop((await documentOf(argument)).uri);
}

/** From the palette there is no argument: the active editor's. */
async function documentOf(argument: unknown): Promise<vscode.TextDocument> {
  const uri = (argument as Argument | undefined)?.uri;
  if (uri) return vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const active = vscode.window.activeTextEditor?.document;
  if (!active) throw new Error("open a specification first");
  return active;
}
