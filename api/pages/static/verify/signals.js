// What a verifier hears and feels without looking: two tones up for yes, one for wait, two low ones for no.

const TUNES = {
  green: [[880, 0, 0.11], [1318, 0.12, 0.2]],
  amber: [[660, 0, 0.16], [660, 0.24, 0.16]],
  red: [[220, 0, 0.22], [175, 0.26, 0.36]],
};
const PATTERNS = { green: [60], amber: [60, 80, 60], red: [180, 90, 180] };
const REMEMBERED = "lz-verify-quiet";

/** Return what sounds a signal, unless it was switched off. */
export function createSignals() {
  let audio = null;
  let quiet = remembered();

  return {
    /** Browsers let a page sound only after somebody touched it. */
    wake: () => {
      audio ??= globalThis.AudioContext ? new AudioContext() : null;
      audio?.resume().catch(() => {});
    },
    isQuiet: () => quiet,
    beQuiet: (now) => {
      quiet = now;
      try {
        localStorage.setItem(REMEMBERED, String(now));
      } catch {
        // Where nothing may be kept, it holds until the page is left.
      }
    },
    give: (signal) => {
      if (quiet) return;
      if (audio?.state === "running") for (const tone of TUNES[signal]) sound(audio, ...tone);
      // Not before a touch: the browser would refuse, and say so in its console.
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(PATTERNS[signal]);
    },
  };
}

function sound(audio, hertz, after, seconds) {
  const from = audio.currentTime + after;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(0.25, from + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + seconds);
  tone.connect(volume).connect(audio.destination);
  tone.start(from);
  tone.stop(from + seconds);
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) === "true";
  } catch {
    return false;
  }
}
