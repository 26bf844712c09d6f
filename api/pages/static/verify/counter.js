// The counter: the camera and the other ways in which a code can come, and what it is verified for.

import { byId, el, show } from "../shared/dom.js";
import { createCamera, readFile } from "./reading/camera.js";
import { createDecoder } from "./reading/decoder.js";
import { listenForScans } from "./reading/keyboard.js";

const CODE = /^[0-9]{8}$/;

/** Return the counter over `scan(text)` and `checkCode(code)`. */
export function createCounter({ words, scan, checkCode, isOpen }) {
  const { say } = words;
  let decoder = null;
  let camera = null;
  let chosen = 0;

  const cameraSays = (key) => {
    byId("camera-said").dataset.say = key;
    byId("camera-said").textContent = say(key);
  };

  const draw = () => {
    const on = Boolean(camera?.isOn());
    byId("camera").textContent = say(on ? "cameraOff" : "cameraOn");
    byId("camera").classList.toggle("button", !on);
    byId("camera").classList.toggle("second", on);
    document.querySelector(".finder").classList.toggle("on", on);
    show(byId("light"), on && camera.canLight());
    drawPurposes();
  };

  const drawPurposes = () => {
    const texts = [...say("purposes").split("|"), say("purposeOther")];
    byId("purposes").replaceChildren(
      ...texts.map((text, place) =>
        el("label", {},
          el("input", { type: "radio", name: "purpose", value: place, checked: place === chosen, onchange: () => choose(place) }),
          el("span", {}, text),
        ),
      ),
    );
  };

  const choose = (place) => {
    chosen = place;
    const isOther = place === say("purposes").split("|").length;
    show(byId("purpose"), isOther);
    if (isOther) byId("purpose").focus();
  };

  const purpose = () => say("purposes").split("|")[chosen] ?? (byId("purpose").value.trim() || null);

  const open = async () => {
    if (!decoder) return cameraSays("noDecoder");
    camera ??= createCamera(byId("video"), { decoder, onCode: scan });
    try {
      await camera.start();
      cameraSays("cameraHint");
    } catch (error) {
      cameraSays(error.name === "NotAllowedError" ? "cameraRefused" : "cameraNone");
    }
    draw();
  };

  const close = () => {
    camera?.stop();
    cameraSays("cameraIdle");
    draw();
  };

  const readPicture = async (file) => {
    byId("picture-said").textContent = "";
    try {
      const text = decoder && (await readFile(file, decoder));
      if (text) await scan(text);
      else byId("picture-said").textContent = say(decoder ? "pictureNothing" : "noDecoder");
    } catch {
      byId("picture-said").textContent = say("pictureBad");
    }
  };

  const listen = () => {
    byId("camera").addEventListener("click", () => (camera?.isOn() ? close() : open()));
    byId("light").addEventListener("click", ({ currentTarget: button }) => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      camera.light(on);
    });
    byId("code-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const code = byId("code").value.replace(/\s/g, "");
      const isCode = CODE.test(code);
      byId("code-said").textContent = isCode ? "" : say("codeWrong");
      byId("code").setAttribute("aria-invalid", String(!isCode));
      if (!isCode) return;
      byId("code").value = "";
      checkCode(code);
    });
    byId("paste-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = byId("paste").value;
      byId("paste").value = "";
      scan(text);
    });
    byId("picture").addEventListener("change", ({ target }) => {
      if (target.files[0]) readPicture(target.files[0]);
      target.value = "";
    });
    document.addEventListener("paste", (event) => {
      if (!isOpen()) return;
      const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
      const isField = event.target.matches?.("input");
      if (!file && isField) return; // into a field, as anywhere else
      event.preventDefault();
      if (file) readPicture(file);
      else scan(event.clipboardData.getData("text"));
    });
    document.addEventListener("dragover", (event) => isOpen() && event.preventDefault());
    document.addEventListener("drop", (event) => {
      if (!isOpen()) return;
      event.preventDefault();
      if (event.dataTransfer.files[0]) readPicture(event.dataTransfer.files[0]);
    });
    listenForScans(scan, isOpen);
    // Nobody looks at a page in the background; the camera's light would stay on.
    document.addEventListener("visibilitychange", () => document.hidden && close());
  };

  return {
    purpose,
    draw,
    listen,
    open: async () => {
      draw();
      cameraSays("cameraIdle");
      decoder ??= await createDecoder("decoder" in document.body.dataset);
      if (!decoder) cameraSays("noDecoder");
      else if (decoder.name === "browser") cameraSays("builtIn");
      // Who allowed it before is not asked again.
      const allowed = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
      if (allowed?.state === "granted" && isOpen()) await open();
    },
    close,
    pause: (now) => camera?.pause(now),
  };
}
