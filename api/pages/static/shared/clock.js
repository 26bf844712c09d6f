// The server's time on a device whose own clock may be wrong.

/** Return a clock that is the device's until it hears the server's time. */
export function createClock(deviceNow = Date.now) {
  let offset = 0; // milliseconds: the server's time less the device's
  return {
    now: () => new Date(deviceNow() + offset),
    get offset() {
      return offset;
    },
    /** Note a `server_time`, which comes in whole seconds: a difference below one is none. */
    hear(serverTime) {
      const heard = Date.parse(serverTime) - deviceNow();
      if (Math.abs(heard - offset) > 1000) offset = heard;
    },
    /** Take an offset that was noted before. */
    recall(milliseconds) {
      offset = milliseconds;
    },
  };
}

/** Return a moment as people in China read it, such as 2026-11-22 10:00:01. */
export function inChina(moment, { seconds = true } = {}) {
  const shifted = new Date(new Date(moment).getTime() + 8 * 3600 * 1000).toISOString();
  return shifted.slice(0, seconds ? 19 : 16).replace("T", " ");
}
