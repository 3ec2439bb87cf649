/**
 * Sends a frame to each of many sockets. Here and not in Rust, since each call from wasm would carry the frame across
 * again.
 */

const OPEN = 1;

/** @returns what the runtime said where an open socket could not be sent to. */
export function sendToEach(sockets, frame) {
  const errors = [];
  for (const socket of sockets) {
    try {
      socket.send(frame);
    } catch (error) {
      // To one that is closing, nothing can be sent.
      if (socket.readyState === OPEN) errors.push(error);
    }
  }
  return errors;
}
