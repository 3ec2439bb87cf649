/**
 * The network between the browser and the Worker: a TCP relay that can be cut and mended.
 *
 * Knows bytes only. What the provider sends the Worker does not pass here, and goes on in a cut.
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Wire {
  /** The Worker's address, as the browser knows it. */
  url: string;
  /** Where it leads: a port on this machine. */
  target: number;
  /** Drops every connection, and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function layWire(): Promise<Wire> {
  const ends = new Set<Socket>();
  let isCut = false;

  function hold(socket: Socket): Socket {
    ends.add(socket);
    socket.on("close", () => ends.delete(socket));
    socket.on("error", () => {}); // a close follows
    return socket;
  }

  function drop(): void {
    for (const end of ends) end.destroy();
  }

  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(wire.target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      hold(from).on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const wire: Wire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 0,
    cut() {
      isCut = true;
      drop();
    },
    mend() {
      isCut = false;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      drop();
      await closed;
    },
  };
  return wire;
}
