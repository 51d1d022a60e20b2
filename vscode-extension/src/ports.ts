// Local ports of a program that is about to start: whoever listens there already would get its requests.
import * as vscode from "vscode";
import { paramsOf, withPorts, type Block } from "./block";
import { withVariable } from "./environment";
import { freePorts } from "./listening";
import { defaults } from "./settings";

/** Key of a launch configuration whose ports were looked at before it was started. */
export const ASKED = "telelensPortsAsked";

/** Key of one that was given other ports than those that are written. */
export const MOVED = "telelensPortsMoved";

/** Which local ports a block has, and which others in their place the one that was made of it. */
export function movedPorts(before: Block, after: Block): ReadonlyMap<number, number> {
  const [own, others] = [before, after].map((block) => paramsOf(block, defaults()).ports.map(({ local }) => local));
  return new Map(own?.map((port, place) => [port, others?.[place] ?? port]));
}

/**
 * The configuration with the block, on other ports where somebody listens and the user wants that; undefined: it is not
 * to be started.
 */
export async function withFreePorts(
  given: vscode.DebugConfiguration,
  block: Block,
): Promise<vscode.DebugConfiguration | undefined> {
  const configuration = { ...given, telelens: block };
  if (configuration.request !== "launch") return configuration;
  const wanted = new Set(paramsOf(block, defaults()).ports.map(({ local }) => local));
  const free = await freePorts(wanted);
  if (free.size === 0) return configuration;
  const others = [...free.values()].join(", ");
  // Which of several a program would take for the one is not known.
  const told = wanted.size === 1 ? ` (it is given PORT=${others})` : "";
  const move = `Use Port ${others}`;
  const anyway = "Start Anyway";
  const chosen = await vscode.window.showWarningMessage(
    `Another program listens on port ${[...free.keys()].join(", ")} already.`,
    {
      modal: true,
      detail: `It would get the requests of ${block.workload}. Port ${others} is free; your program then has to listen there${told}.`,
    },
    move,
    anyway,
  );
  if (chosen === anyway) return configuration;
  if (chosen !== move) return undefined;
  const moved = { ...configuration, telelens: withPorts(block, free), [MOVED]: true };
  return told ? withVariable(moved, "PORT", others) : moved;
}
