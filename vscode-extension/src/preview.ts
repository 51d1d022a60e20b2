// URLs that reach an intercept from anybody's browser.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { pick } from "./menu";
import { inform } from "./problems";

/** From its code lens, which knows the URL, or from the palette. */
export async function openPreview(ctx: Ctx, argument: unknown): Promise<void> {
  const url = (argument as { url?: string } | undefined)?.url ?? (await pickedUrl(ctx));
  if (!url) return;
  const parsed = vscode.Uri.parse(url, true);
  // What a cluster says is no reason to open anything but a page.
  if (parsed.scheme !== "https" && parsed.scheme !== "http") throw new Error(`${url} is no URL of a page`);
  await vscode.env.openExternal(parsed);
}

async function pickedUrl(ctx: Ctx): Promise<string | undefined> {
  const held = await pick(ctx, "Open the preview of which intercept?");
  if (!held) return undefined;
  const { previewUrl, previewDeniedReason, workload } = held.intercepted;
  if (previewUrl) return previewUrl;
  const reason = previewDeniedReason || "none was asked for (previewURL)";
  inform(ctx, `the intercept of ${workload} has no preview URL: ${reason}.`);
  return undefined;
}
