// Programs that listen on ports of this machine.
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";

/** Resolves with the port once the server listens there; 0: any. */
export async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** One on which nobody listens any more. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
