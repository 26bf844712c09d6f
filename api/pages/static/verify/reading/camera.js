// A camera that looks for a code. It gives a code once: again only after it was out of sight for a while.

const EVERY = 110; // milliseconds between two looks
const OUT_OF_SIGHT = 1500; // milliseconds
const SIDE = 720; // pixels of the square that is looked at
const WANTED = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };

/** Return a camera over a video element; `onCode(text)` hears of each code. */
export function createCamera(video, { decoder, onCode }) {
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  let stream = null;
  let timer = null;
  let paused = false;
  let last = { text: null, at: 0 };

  const look = async () => {
    if (!stream) return;
    if (!paused && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      const text = await decoder.read(square());
      const now = performance.now();
      const isNew = text !== null && (text !== last.text || now - last.at > OUT_OF_SIGHT);
      if (text !== null) last = { text, at: now };
      if (isNew && stream && !paused) onCode(text);
    } else if (paused && last.text) {
      last.at = performance.now(); // what lay there when the result came up is no second scan
    }
    timer = setTimeout(look, EVERY);
  };

  const square = () => {
    const { videoWidth: width, videoHeight: height } = video;
    const side = Math.min(width, height);
    canvas.width = canvas.height = Math.min(side, SIDE);
    paper.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
    return paper.getImageData(0, 0, canvas.width, canvas.height);
  };

  const stop = () => {
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
  };

  return {
    /** Open it. Rejects when it may not be used, or when there is none. */
    start: async () => {
      if (stream) return;
      stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
      video.srcObject = stream;
      await video.play();
      look();
    },
    stop,
    pause: (now) => (paused = now),
    isOn: () => stream !== null,
    canLight: () => Boolean(stream?.getVideoTracks()[0]?.getCapabilities?.().torch),
    light: (on) => stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on }] }),
  };
}

/** Return the code in a picture file, null when there is none. */
export async function readFile(file, decoder) {
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  // A photograph of twelve megapixels reads better, and sooner, at a tenth of that.
  for (const longest of [1200, 2400]) {
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const text = await decoder.read(paper.getImageData(0, 0, canvas.width, canvas.height), { hard: true });
    if (text !== null || scale === 1) return text;
  }
  return null;
}
