// Reading a QR code off a picture: zxing-wasm from our own host, else the browser's BarcodeDetector, else nothing.

const ZXING = "/static/vendor/zxing/reader/index.js";
const WASM = "/static/vendor/zxing/reader/zxing_reader.wasm";

/** Return `{name, read(imageData, {hard})}`, or null where codes can't be read off pictures; `bundled` tells whether zxing is here. */
export async function createDecoder(bundled) {
  if (bundled && typeof WebAssembly === "object") {
    try {
      return await zxing();
    } catch (error) {
      console.warn(error.message);
    }
  }
  return builtIn();
}

async function zxing() {
  const { prepareZXingModule, readBarcodes } = await import(ZXING);
  // Without this it would ask another host for its WebAssembly.
  await prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true });
  const read = async (picture, { hard = false } = {}) => {
    const found = await readBarcodes(picture, {
      formats: ["QRCode"],
      tryHarder: hard,
      tryRotate: hard,
      tryInvert: hard,
      tryDownscale: true,
      maxNumberOfSymbols: 1,
    });
    return found.find((one) => one.isValid)?.text ?? null;
  };
  return { name: "zxing", read };
}

async function builtIn() {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return { name: "browser", read: async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null };
}
