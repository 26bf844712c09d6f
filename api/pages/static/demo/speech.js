// Reading aloud, by the browser's own voice where it has one.

import { say, isEnglish } from "./words.js";
import { toast } from "./sheets.js";

const SLOWLY = 0.85;

export const canSpeak = () => "speechSynthesis" in window;

export function stopReading() {
  if (canSpeak()) speechSynthesis.cancel();
}

export function speak(text) {
  if (!canSpeak()) {
    toast(say("这个浏览器不会朗读", "This browser cannot read aloud"));
    return;
  }
  stopReading();
  const said = new SpeechSynthesisUtterance(text);
  said.lang = isEnglish() ? "en" : "zh-CN";
  said.rate = SLOWLY;
  speechSynthesis.speak(said);
}

/** Read what is on the screen, a second call stops it. */
export function readAloud() {
  if (canSpeak() && speechSynthesis.speaking) {
    stopReading();
    return;
  }
  const title = document.querySelector("#bar h1").textContent;
  speak(`${title}。${document.getElementById("view").innerText.replace(/\s*\n\s*/g, "。")}`);
}

/** Say a number digit by digit, in pairs, as one reads a code to somebody. */
export const speakDigits = (digits) => speak(digits.match(/..?/g).map((pair) => [...pair].join(" ")).join("，"));
