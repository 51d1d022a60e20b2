// Whether somebody listens on a port of this machine, found out without connecting: to debugpy, whoever connects and
// goes away is a debugger that detached.
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
const LISTENING = "0A";
const PAUSE_MS = 50;
/** For a program that was stopped a moment ago. */
const ENDING_MS = 1000;
/** Of those that anybody may listen on. */
const FIRST = 1024;
const LAST = 65535;

/** In the kernel's tables of connections (proc_net_tcp in the kernel's documentation). */
export function isListed(table: string, port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").some((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === LISTENING && local?.endsWith(wanted);
  });
}

/** Whether somebody listens now; no on systems that do not tell. */
export async function isListening(port: number): Promise<boolean> {
  return (await tables()).some((table) => isListed(table, port));
}

/** For each port on which somebody listens, and does not end just now, the next one that nobody has or wants. */
export async function freePorts(wanted: ReadonlySet<number>): Promise<Map<number, number>> {
  const free = new Map<number, number>();
  for (const port of wanted) {
    if (await becomesFree(port)) continue;
    let candidate = port;
    while (wanted.has(candidate) || (await isListening(candidate))) {
      candidate = candidate < LAST ? candidate + 1 : FIRST;
    }
    free.set(port, candidate);
  }
  return free;
}

/** Whether nobody listens before long: who did may have been stopped a moment ago. */
export async function becomesFree(port: number): Promise<boolean> {
  const end = Date.now() + ENDING_MS;
  while (await isListening(port)) {
    if (Date.now() >= end) return false;
    await pause(PAUSE_MS);
  }
  return true;
}

/**
 * Wait until somebody listens; after `patience` milliseconds, when whoever should `isOver`, or on systems that do not tell,
 * do not wait longer.
 */
export async function untilListening(
  port: number,
  patience: number,
  isOver: () => boolean = () => false,
): Promise<void> {
  const end = Date.now() + patience;
  while (Date.now() < end && !isOver()) {
    const known = await tables();
    if (known.every((table) => table === "") || known.some((table) => isListed(table, port))) return;
    await pause(PAUSE_MS);
  }
}

function tables(): Promise<string[]> {
  return Promise.all(TABLES.map((table) => readFile(table, "utf8").catch(() => "")));
}
