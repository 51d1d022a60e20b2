// The `telelens` block of a launch configuration. Nothing here knows the editor.
import type { InterceptParams, Port } from "./requests";

export interface Block {
  workload: string;
  kind?: string;
  namespace?: string;
  service?: string;
  container?: string;
  name?: string;
  ports?: (number | string)[];
  mechanism?: "http" | "tcp";
  headers?: Record<string, string>;
  path?: { equal?: string; prefix?: string; regex?: string };
  automaticHeader?: boolean;
  context?: string;
  managerNamespace?: string;
}

/** What the settings say where a block does not. */
export interface Defaults {
  mechanism: "http" | "tcp";
  context: string;
  managerNamespace: string;
}

/** The block cannot be meant; the message is for people. */
export class BlockError extends Error {}

/** The block of a configuration, if it has one. */
export function blockOf(configuration: Record<string, unknown>): Block | undefined {
  const block = configuration["telelens"];
  if (block === undefined || block === null) return undefined;
  if (typeof block !== "object" || typeof (block as Partial<Block>).workload !== "string") {
    throw new BlockError('the "telelens" block of this launch configuration names no "workload"');
  }
  return block as Block;
}

export function paramsOf(block: Block, defaults: Defaults): InterceptParams {
  const mechanism = block.mechanism ?? defaults.mechanism;
  const headers = Object.entries(block.headers ?? {}).map(([name, value]) => ({ name, value }));
  const path = pathOf(block);
  const filtered = headers.length > 0 || path !== undefined;
  if (mechanism === "tcp" && filtered) {
    throw new BlockError('"headers" and "path" of a "telelens" block need "mechanism": "http"');
  }
  const params: InterceptParams = {
    workload: block.workload,
    ports: (block.ports ?? []).map(portOf),
    mechanism,
    headers,
    automaticHeader: mechanism === "http" && (block.automaticHeader ?? !filtered),
    connection: {
      context: block.context ?? defaults.context,
      namespace: block.namespace ?? "",
      managerNamespace: block.managerNamespace ?? defaults.managerNamespace,
    },
  };
  if (path) params.path = path;
  for (const key of ["kind", "namespace", "service", "container", "name"] as const) {
    const value = block[key];
    if (value) params[key] = value;
  }
  return params;
}

function portOf(port: number | string): Port {
  const found = /^(\d{1,5})(?::(.+))?$/.exec(String(port));
  const local = Number(found?.[1]);
  if (!found || local < 1 || local > 65535) {
    throw new BlockError(`"${port}" in "ports" of a "telelens" block is no port: write 8080 or "8080:http"`);
  }
  return found[2] ? { local, service: found[2] } : { local };
}

function pathOf(block: Block): InterceptParams["path"] {
  for (const kind of ["equal", "prefix", "regex"] as const) {
    const value = block.path?.[kind];
    if (value) return { kind, value };
  }
  return undefined;
}
