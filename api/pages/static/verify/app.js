// The scanner (核验台): puts its parts together, and shows the one page of the moment.

import { createClient, Problem, Unreachable } from "../shared/api.js";
import { createClock, inChina } from "../shared/clock.js";
import { byId, show } from "../shared/dom.js";
import { createWords } from "../shared/i18n.js";
import { createCounter } from "./counter.js";
import { createLogin } from "./login.js";
import { createNetwork } from "./network.js";
import { createCarrier } from "./offline/carrying.js";
import { openStore } from "./offline/store.js";
import { createQueue } from "./queue.js";
import { createResult } from "./result.js";
import { createScanning } from "./scanning.js";
import { createSession } from "./session.js";
import { createSignals } from "./signals.js";
import { TABLES } from "./words.js";

const words = createWords(TABLES);
const { say } = words;
const clock = createClock();
const call = createClient({ language: words.language, clock });
const signals = createSignals();
const session = createSession(call, { onEnd: (why) => leave(why) });
const network = createNetwork(call, { onChange: onNetwork });
const store = await openStore();
const carrier = createCarrier({ store, session, clock, onPack: drawState });
const advices = await (await fetch("/verify/words.json")).json();

let atCounter = false;

const queue = createQueue({ words, onOpen: (id) => scanning.reopen(id) });
const result = createResult({ words, clock, onNext: () => counter.pause(false) });
const scanning = createScanning({
  session,
  network,
  carrier,
  clock,
  words,
  advice: (name) => advices[words.language()][name],
  purpose: () => counter.purpose(),
  show: Object.assign(showResult, { photo: result.putPhoto }),
  tell: (key) => (byId("camera-said").textContent = say(key)),
});
const counter = createCounter({ words, scan: scanning.scan, checkCode: scanning.checkCode, isOpen: () => atCounter });
const login = createLogin({ session, words, onReady: () => enter(), onOffline: () => enter() });

/** Show an answer; one that comes later, when the holder has decided, does not push another result away. */
function showResult(answer, { isLater = false } = {}) {
  const isNews = !result.isShown(answer.id) || answer.outcome !== "pending";
  const wasKnown = queue.has(answer.id);
  counter.pause(true);
  queue.put(answer.id, answer);
  if (answer.sent) queue.mark(answer.id.replace("local-", ""), { sent: answer.sent });
  if (isLater && result.isShown() && !result.isShown(answer.id)) return;
  result.put(answer, { keepTime: wasKnown && result.isShown(answer.id) });
  if (isNews) signals.give(answer.signal);
  byId("camera-said").textContent = say("cameraHint");
  drawState();
}

async function enter() {
  atCounter = true;
  signals.wake();
  login.close();
  show(byId("counter"));
  byId("main").focus({ preventScroll: true });
  drawState();
  counter.open();
  if (session.isOpen()) await catchUp();
}

function leave(why) {
  atCounter = false;
  result.close();
  counter.close();
  queue.clear();
  show(byId("counter"), false);
  login.open(why && say(why));
  drawState();
}

/** Fetch the pack, and send what was scanned without a network. */
async function catchUp() {
  try {
    await carrier.renew();
    const brought = await carrier.bringIn();
    for (const { id, outcome, double_use: isDouble } of brought) {
      queue.mark(id, { sent: outcome === "accepted" ? "tagDone" : "tagChanged", double: isDouble });
    }
    if (brought.length) tellBrought(brought);
    drawState();
  } catch (error) {
    if (error instanceof Unreachable) network.lost();
    else if (!(error instanceof Problem)) throw error;
  }
}

function tellBrought(brought) {
  const doubles = brought.filter(({ double_use: isDouble }) => isDouble).length;
  const refused = brought.filter(({ outcome }) => outcome === "rejected").length;
  const key = doubles ? "broughtDouble" : refused ? "broughtChanged" : "brought";
  tellNews(say(key, { n: brought.length, m: doubles || refused }), Boolean(doubles || refused));
  if (doubles || refused) signals.give("red");
}

function tellNews(text, isBad) {
  byId("news").classList.toggle("bad", isBad);
  byId("news-text").textContent = text;
  show(byId("news"));
}

function onNetwork(isThere) {
  drawState();
  if (isThere && session.isOpen()) catchUp();
}

async function drawState() {
  const isThere = network.isThere();
  const staff = session.staff();
  const pack = carrier.pack();
  byId("network").textContent = say(isThere ? "online" : "offline");
  byId("network").title = say(isThere ? "onlineLong" : "offlineLong");
  byId("network").classList.toggle("off", !isThere);
  show(byId("whose"), Boolean(staff));
  byId("whose").textContent = staff ? `${staff.organisation.name} · ${staff.staff_number}` : "";
  show(byId("leave"), atCounter);
  byId("leave").textContent = say(staff ? "leave" : "logInNow");
  byId("quiet").setAttribute("aria-pressed", String(!signals.isQuiet()));
  byId("quiet").setAttribute("aria-label", say(signals.isQuiet() ? "soundOff" : "soundOn"));
  byId("quiet").title = say(signals.isQuiet() ? "soundOff" : "soundOn");
  login.offer(!isThere && Boolean(pack));
  const isOld = pack && clock.now() / 1000 - pack.issuedAt > pack.maxAge;
  const when = pack && inChina(pack.issuedAt * 1000, { seconds: false });
  byId("pack").textContent = pack ? say(isOld ? "packStale" : "packReady", { when }) : say("packNone");
  const waiting = await carrier.waiting();
  show(byId("waiting"), waiting > 0);
  byId("waiting").textContent = say(staff ? "waiting" : "waitingLogin", { n: waiting });
}

words.onChange(() => {
  document.title = say("title");
  counter.draw();
  queue.draw();
  result.again();
  drawState();
});
byId("language").addEventListener("click", () => words.speak(words.language() === "en" ? "zh" : "en"));
byId("quiet").addEventListener("click", () => {
  signals.beQuiet(!signals.isQuiet());
  signals.wake();
  drawState();
});
byId("leave").addEventListener("click", () => (session.isOpen() ? session.logOut() : leave("")));
byId("news-close").addEventListener("click", () => show(byId("news"), false));

counter.listen();
await carrier.recall();
words.speak(words.language());
login.open();
await drawState();
network.ask();
document.body.dataset.ready = "";

if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/verify/worker.js", { scope: "/verify" });
